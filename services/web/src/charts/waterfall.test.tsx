import { render, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { findings } from '../fakes/render';
import { place } from './quadrant';
import { stack, Waterfall } from './waterfall';

const PARTS = [
  { key: 'a', name: 'wind_speed', note: '26', change: 0.31 },
  { key: 'b', name: 'carrier', note: 'AA', change: -0.08, interval: [-0.1, -0.06] as const },
];

describe('a waterfall', () => {
  it('begins every bar where the one before ended, and ends at the sum', () => {
    const bars = stack(0.12, PARTS);
    expect(bars.map(({ start, end }) => [start, end].map((one) => Number(one.toFixed(6))))).toEqual([
      [0.12, 0.43],
      [0.43, 0.35],
    ]);
    expect([bars[1]!.low, bars[1]!.high].map((one) => Number(one.toFixed(6)))).toEqual([0.33, 0.37]);
  });

  it('is read part by part', async () => {
    render(
      <Waterfall
        label="Why"
        from={{ name: 'Usual answer', value: 0.12 }}
        to={{ name: 'This answer', value: 0.35 }}
        parts={PARTS}
        format={String}
        signed={(one) => (one > 0 ? `+${one}` : String(one))}
      />,
    );
    const items = within(screen.getByRole('list', { name: 'Why' })).getAllByRole('listitem');
    expect(items.map(({ textContent }) => textContent)).toEqual([
      'Usual answer0.12',
      'wind_speed26+0.31',
      'carrierAA-0.08',
      'This answer0.35',
    ]);
    expect(await findings()).toEqual([]);
  });
});

describe('the names of a quadrant', () => {
  const dots = [
    { name: 'first', x: 0.5, y: 3, status: 'act' as const },
    { name: 'second', x: 0.5, y: 3, status: 'act' as const },
    { name: 'far', x: 0.1, y: 0.2, status: 'fine' as const },
  ];
  it('never cover each other', () => {
    const names = place(
      dots,
      (v) => 50 + v * 300,
      (v) => 300 - v * 80,
      400,
    );
    expect(names.map(({ name }) => name)).toEqual(['first', 'second', 'far']);
    expect(names[0]!.side).not.toBe(names[1]!.side);
  });
});
