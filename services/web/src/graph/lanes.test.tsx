import { fireEvent, render, screen, within } from '@testing-library/react';
import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import { DAY } from '../charts/scale';
import { createFakeGraph, ids } from '../fakes/create-fake-provenance';
import { findings } from '../fakes/render';
import { FIRST, INCIDENT } from '../fakes/scenario';
import { Lanes } from './lanes';

const DAYS: [number, number] = [INCIDENT.from - 3, INCIDENT.to + 3];
const EXTENT = { from: FIRST + DAYS[0] * DAY, to: FIRST + DAYS[1] * DAY };

function Shown({ chosen = null }: { chosen?: string | null }) {
  const [selected, select] = useState<string | null>(chosen);
  const { lanes, edges } = createFakeGraph(DAYS);
  return (
    <Lanes
      label="Where the batches come from."
      lanes={lanes}
      edges={edges}
      extent={EXTENT}
      width={400}
      selected={selected}
      onSelect={select}
    />
  );
}

const focused = () => document.activeElement!.getAttribute('aria-label')!;
const press = (key: string) => fireEvent.keyDown(document.activeElement!, { key });

describe('provenance lanes', () => {
  it('are one tab stop, walk time and path by arrows, and choose by Enter', async () => {
    const { container } = render(<Shown chosen={ids.report(62)} />);
    expect(container.querySelectorAll('[tabindex="0"]')).toHaveLength(1);
    const chosen = screen.getByRole('button', { pressed: true });
    expect(chosen.getAttribute('aria-label')).toMatch(/^Reports, .*: Drift.*Act/);
    chosen.focus();
    press('ArrowUp');
    expect(focused()).toMatch(/^Batches/);
    press('ArrowUp');
    press('ArrowUp');
    expect(focused()).toMatch(/^Data Factory, .*load_features.*Act/);
    press('ArrowLeft');
    press('ArrowDown');
    expect(focused()).toMatch(/^Datasets/);
    expect(screen.getByRole('button', { pressed: true })).toBe(chosen); // walking chooses nothing
    press('Enter');
    expect(screen.getByRole('button', { pressed: true })).toBe(document.activeElement);
    expect(await findings()).toEqual([]);
  });

  it('draw the path of what is chosen, and move nothing by it', () => {
    const { container } = render(<Shown />);
    const where = () =>
      [...container.querySelectorAll('[role=button]')].map((one) => one.getAttribute('transform'));
    const before = where();
    expect(container.querySelectorAll('[data-on]')).toHaveLength(0);
    fireEvent.click(within(container).getAllByRole('button', { name: /^Reports/ })[2]!);
    expect(container.querySelectorAll('[data-on]')).toHaveLength(6);
    expect(where()).toEqual(before);
  });

  it('reach every lane by keys, also where nothing connects them', () => {
    const { lanes } = createFakeGraph(DAYS);
    render(
      <Lanes
        label="x"
        lanes={lanes}
        edges={[]}
        extent={EXTENT}
        width={400}
        selected={ids.report(62)}
        onSelect={() => {}}
      />,
    );
    screen.getByRole('button', { pressed: true }).focus();
    const filled = lanes.filter(({ marks }) => marks.length);
    const seen = [focused()];
    for (let i = 1; i < filled.length; i++) {
      press('ArrowUp');
      seen.push(focused());
    }
    expect(seen.map((name) => name.split(',')[0])).toEqual(filled.map(({ title }) => title).reverse());
  });
});
