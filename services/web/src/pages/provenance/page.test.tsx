import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { problem } from '../../fakes/api';
import { createFakeGraph, createFakeNeighbourhood, ids } from '../../fakes/create-fake-provenance';
import { findings, show } from '../../fakes/render';
import { parse } from './words';

const PATH = '/models/flight-delay/provenance?at=2013-05-02&from=2013-04-27&to=2013-05-09';

describe('provenance', () => {
  it('shows the way from the report of the day to the failed run, with its error', async () => {
    const { asked } = show(PATH);
    const way = await screen.findByRole('list', { name: 'The way to it, sources first' });
    const steps = within(way).getAllByRole('listitem');
    expect(steps[0]!.textContent).toMatch(
      /^APipeline run.*load_features failed: Copy failed.*Open in Data Factory/,
    );
    expect(steps.at(-1)!.textContent).toMatch(/^AReport.*wind_speed drifts/);
    expect(screen.getByRole('button', { pressed: true, name: /^Reports, .*2013/ })).toBeTruthy();
    expect(asked.filter(({ path }) => path.endsWith('/graph')).map(({ query }) => query.get('node'))).toEqual(
      [ids.model, ids.report(62)],
    );
    expect(await findings()).toEqual([]);
  });

  it('begins with the worst report of the newest batch', async () => {
    const body = createFakeGraph();
    const reports = body.lanes.find(({ key }) => key === 'reports')!.marks;
    const last = reports.at(-1)!;
    const fine = last.id.replace('drift/', 'performance/e~');
    reports.push({ ...last, id: fine, verdict: 'fine', stale: false });
    last.verdict = 'act';
    const { asked } = show('/models/flight-delay/provenance', [
      ['GET /lineage/graph', () => ({ status: 200, body })],
    ]);
    await screen.findByRole('list', { name: 'The way to it, sources first' });
    const nodes = asked.filter(({ path }) => path.endsWith('/graph')).map(({ query }) => query.get('node'));
    expect(nodes).toContain(last.id);
    expect(nodes).not.toContain(fine);
  });

  it('shows of a day what was found about that day, though it was known only at its end', async () => {
    const body = createFakeGraph([58, 66]);
    for (const { key, marks } of body.lanes) {
      for (const mark of marks) {
        const day = Math.floor(Date.parse(mark.start ?? '') / 86_400_000);
        const at = (of: number) => new Date(of * 86_400_000).toISOString();
        if (key === 'batches') [mark.start, mark.end] = [at(day), at(day + 1)];
        if (key === 'reports') [mark.start, mark.end] = [at(day + 1), at(day + 1)];
      }
    }
    const { asked } = show('/models/flight-delay/provenance?at=2013-05-02', [
      [
        'GET /lineage/graph',
        ({ query }) => ({
          status: 200,
          body: query.get('node') === ids.model ? body : createFakeNeighbourhood(query.get('node')!),
        }),
      ],
    ]);
    await screen.findByRole('list', { name: 'The way to it, sources first' });
    expect(
      asked
        .filter(({ path }) => path.endsWith('/graph'))
        .at(-1)!
        .query.get('node'),
    ).toBe(ids.report(62));
    // The likely cause is that of the report that is shown.
    await waitFor(() =>
      expect(asked.find(({ path }) => path.endsWith('/root-cause'))!.query.get('report')).toBe(
        ids.report(62),
      ),
    );
    expect(await screen.findByRole('region', { name: 'Likely cause' })).toBeTruthy();
  });

  it('does not call a step fine on its way that ran on old data', async () => {
    const node = createFakeNeighbourhood(ids.report(62));
    const run = node.path.find(({ kind }) => kind === 'dataset_version')!;
    show(PATH, [
      [
        'GET /lineage/graph',
        ({ query }) => ({ status: 200, body: query.get('node') === ids.model ? createFakeGraph() : node }),
      ],
    ]);
    const way = await screen.findByRole('list', { name: 'The way to it, sources first' });
    const step = within(way)
      .getAllByRole('listitem')
      .find((one) => one.textContent.includes(run.sentence))!;
    expect(within(step).getByRole('img', { name: 'Stale' })).toBeTruthy();
  });

  it('leads from the lanes to a run, keeps the lanes, and says all of it in the address', async () => {
    const { address, container } = show(PATH);
    const marks = await screen.findAllByRole('button', { name: /^Data Factory, .*failed/ });
    const where = () =>
      [...container.querySelectorAll('[role=button]')].map((one) => one.getAttribute('transform'));
    const before = where();
    fireEvent.click(marks[0]!);
    expect((await screen.findAllByText(/weather service answered 504/)).length).toBeGreaterThan(0);
    expect(decodeURIComponent(address())).toContain(`node=${ids.run(60)}`);
    expect(screen.getByRole('link', { name: 'Open the run' }).getAttribute('href')).toBe('/runs/run-60');
    expect(where()).toEqual(before);
  });

  it('finds a step by its name', async () => {
    const { address } = show(PATH);
    await userEvent.type(await screen.findByRole('searchbox', { name: 'Find a step' }), 'load');
    const found = await screen.findByRole('list', { name: 'Steps found for load' });
    fireEvent.click(within(found).getAllByRole('button')[1]!);
    expect(decodeURIComponent(address())).toContain(`node=${ids.run(60)}`);
    expect(address()).not.toContain('q=');
  });

  it('tells what rests on a step and what was different before', async () => {
    show(PATH);
    fireEvent.click(await screen.findByRole('button', { name: 'What rests on it' }));
    expect(await screen.findByText(/1 batch and 1 report of 1 model/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Compare with the one before' }));
    const table = await screen.findByRole('table', { name: 'What differs between the two' });
    expect(within(table).getByRole('row', { name: /load_features status SUCCEEDED FAILED/ })).toBeTruthy();
  });

  it('draws the path and lists every step', async () => {
    const { address } = show(PATH);
    fireEvent.click(await screen.findByRole('button', { name: 'Path' }));
    const box = await screen.findByRole('button', { name: /^Pipeline run load_features, Act/ });
    box.focus();
    fireEvent.keyDown(box, { key: 'ArrowRight' });
    expect(document.activeElement!.getAttribute('aria-label')).toMatch(/^Dataset version features, Stale/);
    fireEvent.click(screen.getByRole('button', { name: 'Table' }));
    const table = await screen.findByRole('table', { name: /Steps of the provenance/ });
    expect(within(table).getAllByRole('row').length).toBeGreaterThan(40);
    expect(address()).toContain('view=table');
  });

  it('says which source is not heard from, and what was left out', async () => {
    const body = {
      ...createFakeGraph([58, 66]),
      sources: [{ name: 'adf/flights', last_ok: '2013-05-01T00:00:00Z', state: 'error' }],
      hidden: { activity_run: 38 },
    };
    show(PATH, [['GET /lineage/graph', () => ({ status: 200, body })]]);
    expect(await screen.findByText(/The source adf\/flights cannot be read/)).toBeTruthy();
    expect(screen.getByText(/38 more steps/)).toBeTruthy();
  });

  it('says so when nothing is known, and when it cannot be had', async () => {
    const body = { ...createFakeGraph([0, 1]), lanes: [], edges: [] };
    const { unmount } = show(PATH, [['GET /lineage/graph', () => ({ status: 200, body })]]);
    expect(await screen.findByText('Nothing is known of this stretch of time')).toBeTruthy();
    unmount();
    show(PATH, [['GET /lineage/graph', () => problem(503, 'The store is away')]]);
    expect(await screen.findByText('Could not load the provenance')).toBeTruthy();
  });
});

describe('a node id', () => {
  it('is taken apart at its first two colons and its hash', () => {
    expect(parse('dataset_version:abfss%3A//lake:a/b%3Ac#run~pipeline_run%3Aadf%3A1')).toEqual({
      kind: 'dataset_version',
      namespace: 'abfss://lake',
      name: 'a/b:c',
      version: 'run~pipeline_run:adf:1',
    });
    expect(parse('x').kind).toBe('x');
  });
});
