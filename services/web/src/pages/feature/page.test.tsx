import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { problem } from '../../fakes/api';
import { createFakeFeature } from '../../fakes/create-fake-report';
import { findings, show } from '../../fakes/render';

const PATH = '/models/flight-delay/features/wind_speed?at=2013-05-02';

describe('an input', () => {
  it('says what changed, and shows it then and now, over time and by method', async () => {
    const { asked } = show(PATH);
    expect((await screen.findByRole('region', { name: 'Verdict' })).textContent).toContain('change of unit');
    expect(screen.getByRole('heading', { level: 1, name: 'wind_speed' })).toBeTruthy();
    expect(screen.getByRole('img', { name: /Share of the rows in 11 bins/ })).toBeTruthy();
    expect(screen.getByRole('img', { name: /Jensen-Shannon of wind_speed/ })).toBeTruthy();
    const methods = screen.getByRole('table', { name: /Methods/ });
    expect(within(methods).getAllByRole('row')).toHaveLength(5);
    expect(asked.find(({ path }) => path.endsWith('/wind_speed'))?.query.get('batch')).toMatch(/^20130503T/);
    expect(await findings()).toEqual([]);
  });

  it('shows the numbers of the distribution', async () => {
    const { address } = show(PATH);
    await userEvent.click(await screen.findByRole('button', { name: 'Table' }));
    const table = await screen.findByRole('table', { name: /Share of the rows by bin/ });
    expect(address()).toContain('shape=table');
    expect(within(table).getByRole('row', { name: /to 4.6 10% 4\d% \+/ })).toBeTruthy();
    expect(within(table).getByRole('row', { name: /missing 0.4%/ })).toBeTruthy();
  });

  it('changes the method in the address', async () => {
    const { address } = show(PATH);
    await userEvent.click(await screen.findByRole('button', { name: 'PSI' }));
    expect(address()).toContain('method=psi');
    expect(await screen.findByRole('img', { name: /PSI of wind_speed/ })).toBeTruthy();
  });

  it('says so when the distribution is not kept', async () => {
    const body = { ...createFakeFeature('wind_speed', 62), distribution: null };
    show(PATH, [['GET /models/*/features/*', () => ({ status: 200, body })]]);
    expect(await screen.findByText('The distribution of this batch is not kept')).toBeTruthy();
  });

  it('takes names with reserved characters', async () => {
    const name = 'speed (m/s) 50%';
    const { asked } = show(`/models/flight-delay/features/${encodeURIComponent(name)}`, [
      ['GET /models/*/features/*', () => problem(404, 'There is no such column.')],
    ]);
    expect(await screen.findByRole('heading', { level: 1, name })).toBeTruthy();
    expect((await screen.findByRole('alert')).textContent).toContain('There is no such column.');
    expect(asked.at(-1)!.path).toBe(`/api/v1/models/flight-delay/features/${encodeURIComponent(name)}`);
  });
});
