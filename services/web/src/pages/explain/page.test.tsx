import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { createFakeAsked, createFakeGlobal, createFakeLocal } from '../../fakes/create-fake-explanations';
import { problem } from '../../fakes/api';
import { findings, show } from '../../fakes/render';
import { changesParam, parseCell, printCell } from '../decision/changes';

const WEEK = 'at=2013-05-02&from=2013-04-29&to=2013-05-06';

describe('what the model looks at', () => {
  it('says what changed against the reference, over time and input by input', async () => {
    show(`/models/flight-delay/explain?${WEEK}`);
    expect((await screen.findByRole('region', { name: 'Verdict' })).textContent).toMatch(
      /looks first at wind_speed.*wind_speed went from 16% to 3\d% of it \(\+\d/,
    );
    expect(screen.getByRole('img', { name: /Share of the attention that moved, in 7 batches/ })).toBeTruthy();
    const table = screen.getByRole('table', { name: /Inputs by importance/ });
    expect(within(table).getAllByRole('row')[1]!.textContent).toMatch(/^wind_speed3\d%16%\+\d+(\.\d)? pp/);
    expect(within(table).getByRole('link', { name: 'wind_speed' }).getAttribute('href')).toBe(
      '/models/flight-delay/features/wind_speed?at=2013-05-02',
    );
    expect(await screen.findByRole('img', { name: /16 inputs by importance and drift/ })).toBeTruthy();
    expect(screen.getByRole('list', { name: /The mean answer, from the reference to now/ })).toBeTruthy();
  });

  it('tells what moves each class of a model of several', async () => {
    const found = createFakeGlobal(70);
    const classOf = (output_class: string, features: string[]) => ({
      output_class,
      method: 'tables',
      base_value: 0,
      rows: 100,
      features: found.features.filter(({ feature }) => features.includes(feature)),
      other: 0,
      additivity: found.additivity,
      reason: null,
    });
    const classes = [
      classOf('late', ['wind_speed', 'carrier']),
      classOf('lost', ['carrier']),
      { ...classOf('none', []), reason: 'no trees' },
    ];
    show(`/models/flight-delay/explain?${WEEK}`, [
      ['GET /models/flight-delay/explanations/global', () => ({ status: 200, body: { ...found, classes } })],
    ]);
    const table = await screen.findByRole('table', { name: /for each class/ });
    const [head, ...rows] = within(table)
      .getAllByRole('row')
      .map((one) => one.textContent);
    expect(head).toBe('Inputlatelost');
    expect(rows).toHaveLength(2);
    expect(rows.find((one) => one.startsWith('wind_speed'))).toMatch(/%less$/);
  });

  it('takes the whole stretch as one', async () => {
    const { asked, address } = show(`/models/flight-delay/explain?${WEEK}`);
    fireEvent.click(await screen.findByRole('button', { name: 'The whole stretch' }));
    expect(address()).toContain('scope=window');
    await screen.findByText(/batches together/);
    expect(asked.find(({ path, query }) => path.endsWith('/global') && query.get('from'))).toBeTruthy();
  });

  it('leads to a decision by its id', async () => {
    const { address } = show(`/models/flight-delay/explain?${WEEK}`);
    await userEvent.type(
      await screen.findByRole('textbox', { name: 'Id of the prediction' }),
      'EWR 1/7{Enter}',
    );
    await waitFor(() => expect(address()).toBe('/models/flight-delay/explain/EWR%201%2F7'));
    expect(await screen.findByRole('heading', { level: 1, name: /^Why EWR 1\/7\?/ })).toBeTruthy();
  });

  it('says how to begin', async () => {
    show('/models/flight-delay/explain', [
      ['GET /models/*/explanations', () => ({ status: 200, body: { items: [] } })],
    ]);
    expect(await screen.findByText('No batch has been explained yet')).toBeTruthy();
  });
});

describe('one decision', () => {
  it('gives its reasons, their parts, and a warning where it rests on a drifting input', async () => {
    show('/models/flight-delay/explain/EWR-1007');
    const answer = (await screen.findByRole('region', { name: 'Answer' })).textContent;
    expect(answer).toContain('Scheduled departure 18:42 raised the risk');
    expect(answer).toMatch(/^Answer\d+\.\d%/);
    const warning = await screen.findByRole('region', { name: 'Drift warning' });
    // At the time of the decision, not as it is by now.
    expect(within(warning).getByRole('link', { name: 'wind_speed' }).getAttribute('href')).toMatch(
      /features\/wind_speed\?at=2013-/,
    );
    const parts = within(screen.getByRole('list', { name: /input by input/ })).getAllByRole('listitem');
    expect(parts).toHaveLength(15); // the usual answer, 12 inputs, the others, this answer
    expect(parts[1]!.textContent).toMatch(/^sched_dep_minute1,120\+0\.62$/);
    expect(await findings()).toEqual([]);
  });

  it('asks for what is not kept whole, and waits until the answer stands', async () => {
    const kept = { ...createFakeLocal('A-1'), complete: false, reasons: [] };
    const { asked } = show('/models/flight-delay/explain/A-1', [
      ['GET /models/*/explanations/local/*', () => ({ status: 200, body: kept })],
      ['POST /models/*/explanations', () => ({ status: 202, body: createFakeAsked({ state: 'waiting' }) })],
      [
        'GET /models/*/explanations/*',
        () => ({ status: 200, body: createFakeAsked({ local: createFakeLocal('A-1') }) }),
      ],
    ]);
    expect(await screen.findByText('Mainly because')).toBeTruthy();
    expect(asked.find(({ method }) => method === 'POST')?.body).toMatchObject({ id: 'A-1' });
  });

  it('says why there is none', async () => {
    const failed = createFakeAsked({ state: 'failed', reason: 'No prediction of that id is known.' });
    show('/models/flight-delay/explain/none', [
      ['GET /models/*/explanations/local/*', () => problem(404, 'Not explained')],
      ['POST /models/*/explanations', () => ({ status: 200, body: failed })],
    ]);
    expect((await screen.findByRole('alert')).textContent).toContain('No prediction of that id is known.');
  });

  it('lets the model answer a changed row, by the address too', async () => {
    const { asked, address } = show('/models/flight-delay/explain/EWR-1007');
    const field = await screen.findByRole('textbox', { name: 'wind_speed' });
    await userEvent.clear(field);
    await userEvent.type(field, '12');
    fireEvent.click(screen.getByRole('button', { name: 'Ask the model' }));
    expect((await screen.findByText(/The answer would be/)).textContent).toMatch(
      /^The answer would be \d+\.\d% in place of \d+\.\d%\.$/,
    );
    expect(asked.find(({ path }) => path.endsWith('/what-if'))?.body).toMatchObject({
      changes: { wind_speed: 12 },
    });
    expect(decodeURIComponent(address())).toContain('change=wind_speed=12');
    expect(screen.getByText('26.4 → 12')).toBeTruthy();
  });

  it('stands beside another one', async () => {
    show('/models/flight-delay/explain/EWR-1007?compare=EWR-1014');
    expect(
      await screen.findByRole('table', { name: /Contributions of this row and of EWR-1014/ }),
    ).toBeTruthy();
  });
});

describe('changes in the address', () => {
  it.each([{ a: 12, b: 'AA', c: null, d: true }, { 'x & y': '12' }, { q: '"quoted"' }])(
    'come back as %s',
    (changes) => {
      expect(changesParam.parse(changesParam.print(changes))).toEqual(changes);
    },
  );
  it('are texts unless they read as something else', () => {
    expect([parseCell('12'), parseCell('AA'), parseCell('null'), parseCell('[1]')]).toEqual([
      12,
      'AA',
      null,
      '[1]',
    ]);
    expect([printCell('12'), printCell('AA')]).toEqual(['"12"', 'AA']);
  });
});
