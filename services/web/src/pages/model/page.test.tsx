import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { problem } from '../../fakes/api';
import { createFakeDrift } from '../../fakes/create-fake-drift';
import { findings, show } from '../../fakes/render';

const INCIDENT = '/models/flight-delay?at=2013-05-02&from=2013-04-29&to=2013-05-06';

describe('a model', () => {
  it('says its verdict, then the trend, the inputs and what drifted in the chosen batch', async () => {
    show(INCIDENT);
    expect((await screen.findByRole('region', { name: 'Verdict' })).textContent).toContain(
      'Two inputs drift since 5 June',
    );
    expect(await screen.findByRole('img', { name: /Drift index of 7 batches/ })).toBeTruthy();
    expect(await screen.findByRole('gridcell', { name: /wind_speed.*(2 May|May 2).*Act/ })).toBeTruthy();
    const table = await screen.findByRole('table', { name: /Inputs in .*(2 May|May 2)/ });
    expect(within(table).getByRole('link', { name: 'wind_speed' }).getAttribute('href')).toBe(
      '/models/flight-delay/features/wind_speed?at=2013-05-02',
    );
    expect(await findings()).toEqual([]);
  });

  it('takes the time along to the other pages of the model, and back from an input', async () => {
    const { unmount } = show(INCIDENT);
    const time = 'from=2013-04-29&to=2013-05-06&at=2013-05-02';
    const link = async (name: string) => (await screen.findByRole('link', { name })).getAttribute('href');
    expect(await link('Performance')).toBe(`/models/flight-delay/performance?${time}`);
    expect(screen.getByRole('link', { name: 'Drift' }).getAttribute('aria-current')).toBe('page');
    unmount();
    show(`/models/flight-delay/features/wind_speed?shape=table&${time}`);
    expect(await link('flight-delay')).toBe(`/models/flight-delay?${time}`);
  });

  it('says what is wrong with the values, and what all inputs together say', async () => {
    show(INCIDENT);
    const wrong = await screen.findByRole('region', { name: 'What is wrong with the values' });
    expect(
      within(wrong)
        .getAllByRole('listitem')
        .map((one) => one.textContent),
    ).toEqual([
      expect.stringMatching(/Act.*13 % of the rows repeat others/),
      expect.stringMatching(/Act.*21 % of the values of wind_speed are below/),
    ]);
    const joint = await screen.findByRole('table', { name: 'Methods on all inputs together' });
    const row = within(joint).getByRole('row', { name: /pca_error/ });
    expect(row.textContent).toMatch(/0.410.36 to 0.460.1< 0.001yes/);
    expect(within(row).getByRole('link', { name: 'wind_speed' }).getAttribute('href')).toBe(
      '/models/flight-delay/features/wind_speed?at=2013-05-02',
    );
    expect(row.textContent).toContain('61%');
    expect(row.textContent).not.toContain('humidity');
  });

  it('offers the evidence pack of the days that are shown', async () => {
    show(INCIDENT);
    await screen.findByRole('img', { name: /Drift index of 7 batches/ });
    await userEvent.click(screen.getByRole('button', { name: 'Evidence pack…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Evidence pack' }));
    expect(dialog.getByRole('link', { name: 'Download' }).getAttribute('href')).toBe(
      '/api/v1/models/flight-delay/evidence?from=2013-04-29&to=2013-05-05',
    );
    fireEvent.change(dialog.getByLabelText('Last day'), { target: { value: '2013-04-01' } });
    expect(dialog.getByText(/The last day is before the first: choose 2013-04-29 or later/)).toBeTruthy();
    expect(dialog.getByRole<HTMLButtonElement>('button', { name: 'Download' }).disabled).toBe(true);
    expect(await findings()).toEqual([]);
  });

  it('walks the batches by keys and keeps the batch in the address', async () => {
    const { address } = show(INCIDENT);
    const frame = await screen.findByRole('group', { name: /Drift by batch/ });
    frame.focus();
    await userEvent.keyboard('{ArrowRight}');
    expect(address()).toContain('at=2013-05-03');
    await userEvent.keyboard('{Home}');
    expect(address()).toContain('at=2013-04-29');
    await userEvent.keyboard('{End}');
    expect(address()).not.toContain('at=');
  });

  it('opens an input from the map by keys', async () => {
    const { address } = show(INCIDENT);
    const grid = await screen.findByRole('grid');
    grid.focus();
    await userEvent.keyboard('{ArrowDown}{ArrowLeft}{Enter}');
    await waitFor(() => expect(address()).toBe('/models/flight-delay/features/wind_speed?at=2013-05-04'));
  });

  it('shows the numbers on demand', async () => {
    const { address } = show(INCIDENT);
    await userEvent.click(await screen.findByRole('button', { name: 'Table' }));
    expect(address()).toContain('view=table');
    const table = await screen.findByRole('table', { name: /Drift by input and batch/ });
    expect(within(table).getAllByRole('row')).toHaveLength(8);
    expect(await findings()).toEqual([]);
  });

  it('draws what ran on the same axis, and tells of a step that is chosen', async () => {
    const { address } = show(INCIDENT);
    const lanes = await screen.findByRole('group', { name: /steps in \d lanes, \d+ failed/ });
    const failed = within(lanes).getAllByRole('button', { name: /^Data Factory, .*Act/ });
    await userEvent.click(failed[0]!);
    expect(address()).toMatch(/node=pipeline_run/);
    const step = await screen.findByRole('region', { name: 'Chosen step' });
    expect(await within(step).findByRole('link', { name: 'Open the run' })).toBeTruthy();
    expect(await findings()).toEqual([]);
    await userEvent.click(within(step).getByRole('button', { name: 'Close' }));
    expect(address()).not.toContain('node=');
  });

  it('lists all inputs on demand, and keeps that in the address', async () => {
    const { address } = show(INCIDENT);
    await userEvent.click(await screen.findByRole('button', { name: /^All \(/ }));
    expect(address()).toContain('inputs=all');
  });

  it('names what of the address it does not understand', async () => {
    show('/models/flight-delay?range=1y');
    expect(await screen.findByText(/range=1y, which is not understood/)).toBeTruthy();
  });

  it('says how to go on before the first batch', async () => {
    show('/models/taxi-out');
    expect(await screen.findByText('No batches yet')).toBeTruthy();
    expect(screen.getByText('bellwether log taxi-out today.parquet')).toBeTruthy();
  });

  it('says so when a stretch of time holds nothing', async () => {
    show('/models/flight-delay?from=2020-01-01&to=2020-02-01');
    expect(await screen.findByText('No batches in this stretch of time')).toBeTruthy();
  });

  it('shows the rest when one part fails', async () => {
    show(INCIDENT, [['GET /models/*/heatmap', () => problem(503, 'The store is away')]]);
    expect(await screen.findByText('Could not load the drift of the inputs')).toBeTruthy();
    expect(await screen.findByRole('img', { name: /Drift index/ })).toBeTruthy();
  });

  it('says that there is no such model', async () => {
    show('/models/none', [['GET /models/*', () => problem(404, 'There is no model none.')]]);
    expect((await screen.findByRole('alert')).textContent).toContain('There is no model none.');
  });

  it('draws a batch without a score as unknown, not as zero', async () => {
    const drift = createFakeDrift();
    drift.trend.points = drift.trend.points
      .slice(-3)
      .map((one) => ({ ...one, score: null, status: 'unknown' }));
    show('/models/flight-delay', [['GET /models/*/drift', () => ({ status: 200, body: drift })]]);
    expect(await screen.findByText('Drift index unknown')).toBeTruthy();
  });
});
