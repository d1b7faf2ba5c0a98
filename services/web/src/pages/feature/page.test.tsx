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
    expect(screen.getByRole('region', { name: 'What is wrong with its values' }).textContent).toContain(
      '21 % of the values of wind_speed are below the range of the reference.',
    );
    expect(screen.getByRole('img', { name: /Share of the rows in 11 bins/ })).toBeTruthy();
    expect(screen.getByRole('img', { name: /Jensen-Shannon of wind_speed/ })).toBeTruthy();
    const methods = screen.getByRole('table', { name: /Methods/ });
    expect(within(methods).getAllByRole('row')).toHaveLength(5);
    expect(asked.find(({ path }) => path.endsWith('/wind_speed'))?.query.get('batch')).toMatch(/^20130503T/);
    expect(await findings()).toEqual([]);
  });

  it('says why it changed, what it is made of and what rests on it', async () => {
    const { asked } = show(PATH);
    const cause = await screen.findByRole('region', { name: 'Likely cause of the change' });
    expect(await within(cause).findByText(/load_weather delivered wind_speed in another unit/)).toBeTruthy();
    const made = screen.getByRole('region', { name: 'Columns it is made of' });
    expect((await within(made).findAllByRole('listitem')).map((one) => one.textContent)).toEqual([
      'wind_speedthe input',
      'wind_speedin features, Doublewritten by the newest run',
      'wind_speed_mphin weather',
    ]);
    const run = within(made).getByRole('link', { name: 'the newest run' });
    expect(run.getAttribute('href')).toBe('/runs/run-62?activity=copy');
    const rests = await screen.findByRole('region', { name: 'What rests on it' });
    expect(rests.textContent).toMatch(/% of the decisions in this batch, rank \d+ of/);
    expect(screen.getByRole('region', { name: 'Where the change sits' }).textContent).toContain('72%');
    const told = asked.find(({ path }) => path.endsWith('/root-cause'))!.query;
    expect(told.get('feature')).toBe('wind_speed');
    expect(told.get('report')).toMatch(/^report:bellwether\/flight-delay:drift\/20130503T/);
  });

  it('says what all batches together say, where evidence is carried over', async () => {
    const feature = createFakeFeature('wind_speed', 61);
    const evidence = {
      alarm: true,
      value: 5.7,
      threshold: 3.3,
      since: '2013-04-15T00:00:00Z',
      score: 0.07,
    };
    const history = {
      feature: 'wind_speed',
      status: 'fine',
      since: null,
      trend: { change_points: [] },
      evidence,
    } as unknown as NonNullable<typeof feature.history>;
    show(PATH, [
      ['GET /models/*/features/wind_speed', () => ({ status: 200, body: { ...feature, history } })],
    ]);
    const said = await screen.findByText(/All batches together/);
    expect(said.parentElement!.textContent).toMatch(
      /in fewer than 1 of 501K histories \(an alarm from 1 of 2K\). Most of it since .*2013, a distance of 0.07/,
    );
    expect(await findings()).toEqual([]);
  });

  it('says so where no source knows of its columns', async () => {
    show(PATH, [['GET /lineage/columns', () => problem(404, 'There is no such node.')]]);
    expect(await screen.findByText(/No source says which columns wind_speed is made of/)).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
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
