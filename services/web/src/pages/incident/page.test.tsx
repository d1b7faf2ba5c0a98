import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { problem } from '../../fakes/api';
import { createFakeRootCause } from '../../fakes/create-fake-causes';
import { createFakeIncident } from '../../fakes/create-fake-incidents';
import { findings, show } from '../../fakes/render';

const PATH = '/incidents/20130430T000000000000Z~incident~1f2e';
const sent = (asked: { method: string; body: unknown }[]) =>
  asked.filter(({ method }) => method === 'PATCH').at(-1)?.body;

describe('incidents', () => {
  it('are listed by what calls for a person, the filters being the address', async () => {
    const { address } = show('/incidents');
    expect(await screen.findAllByRole('link', { name: 'wind_speed has drifted' })).toHaveLength(2);
    expect(screen.queryByText('humidity has drifted')).toBeNull();
    expect(screen.getAllByText(/16% of the decisions · 7 batches/)).toHaveLength(2);
    await userEvent.click(screen.getByRole('button', { name: 'Resolved' }));
    expect(await screen.findByText('humidity has drifted')).toBeTruthy();
    expect(address()).toBe('/incidents?state=resolved');
    expect(await findings()).toEqual([]);
  });

  it('say so when nothing calls for a person', async () => {
    show('/incidents', [['GET /incidents', () => ({ status: 200, body: { items: [], next: null } })]]);
    expect(await screen.findByText('Nothing calls for a person')).toBeTruthy();
  });
});

describe('an incident', () => {
  it('says what, since when, why and what next', async () => {
    show(PATH);
    expect((await screen.findByRole('region', { name: 'Verdict' })).textContent).toContain('since 30 April');
    const cause = await screen.findByText(/load_weather delivered wind_speed in another unit/);
    const tests = within(cause.closest('li')!).getByRole('list', { name: 'Tests' });
    expect(within(tests).getByText(/its onset matches/).textContent).toContain('holds');
    expect(within(tests).getByText(/what does not rest on it is fine/).textContent).toContain(
      'cannot be tested',
    );
    expect(screen.getByText(/Correct the unit in load_weather/)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'humidity has drifted' })).toBeTruthy();
    expect(await findings()).toEqual([]);
  });

  it('shows the rivals, and a cause can be rejected', async () => {
    const rejected = () => (sent(asked) as { reject_cause?: string } | undefined)?.reject_cause;
    const { asked } = show(PATH, [
      [
        'GET /lineage/root-cause',
        ({ query }) => {
          expect(query.get('incident')).toBe(PATH.split('/').at(-1));
          return { status: 200, body: createFakeRootCause(query.get('model')!, rejected()) };
        },
      ],
    ]);
    await userEvent.click(await screen.findByRole('button', { name: 'Others: 1' }));
    expect(screen.getByText(/load_planes ran later/)).toBeTruthy();
    expect(screen.getByText('Rated lower: one like it was rejected in 1 other incident.')).toBeTruthy();
    await userEvent.click(screen.getAllByRole('button', { name: 'Reject' })[0]!);
    await waitFor(() =>
      expect(sent(asked)).toEqual({ reject_cause: 'run:adf/demo:load_weather/2013-04-30' }),
    );
    expect(await screen.findByText('rejected')).toBeTruthy();
  });

  it('is acknowledged, expected until a day, resolved and taken up again', async () => {
    const { asked } = show(PATH);
    await userEvent.click(await screen.findByRole('button', { name: 'Acknowledge' }));
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Acknowledge' })).toBeNull());
    await userEvent.click(screen.getByRole('button', { name: 'Expected change' }));
    await userEvent.type(screen.getByLabelText('Why'), 'new sensors');
    await userEvent.click(screen.getByRole('button', { name: 'Expect it' }));
    await waitFor(() =>
      expect(sent(asked)).toMatchObject({
        expected_change: { reason: 'new sensors', features: ['wind_speed'] },
      }),
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Resolve' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Take up again' }));
    await waitFor(() => expect(sent(asked)).toEqual({ reopen: true }));
  });

  it('speaks of what is over in the past, and says how long it lasted', async () => {
    const over = createFakeIncident({
      state: 'resolved',
      until: '2013-05-07T06:00:00Z',
      resolved_at: '2013-05-09T00:00:00Z',
    });
    over.findings = over.findings.map((one) => ({
      ...one,
      until: '2013-05-07T06:00:00Z',
      cleared_at: '2026-11-27T00:00:00Z',
    }));
    show(PATH, [['GET /incidents/*', () => ({ status: 200, body: over })]]);
    expect((await screen.findByRole('region', { name: 'Verdict' })).textContent).toMatch(
      /from .*30.* to .*7.*: it lasted 7 days 6 hr/,
    );
    // By the clock of the data, as the verdict, not by that of the server.
    const findings = screen.getByRole('table', { name: 'Findings of this incident' });
    expect(findings.textContent).toMatch(/Over since .*2013/);
    expect(findings.textContent).not.toContain('2026');
  });

  it('says of what was closed by hand how long that took', async () => {
    const over = createFakeIncident({
      state: 'noise',
      opened_at: '2013-05-02T00:00:00Z',
      resolved_at: '2013-05-02T03:00:00Z',
    });
    show(PATH, [['GET /incidents/*', () => ({ status: 200, body: over })]]);
    expect((await screen.findByRole('region', { name: 'Verdict' })).textContent).toContain(
      'closed by hand 3 hr after it was opened',
    );
  });

  it('tells what people decided among what happened, by whom', async () => {
    const act = (action: 'acknowledge' | 'note' | 'useful', note: string | null) => ({
      at: '2013-05-02T00:00:00Z',
      actor: 'ada',
      action,
      note,
      node: null,
      rule: null,
      job: null,
      until: null,
    });
    const actions = [act('acknowledge', null), act('note', 'On it.'), act('useful', null)];
    const timeline = [
      { at: '2013-05-01T00:00:00Z', change: 'escalated' as const, text: 'told to night shift.', actor: null },
    ];
    show(PATH, [
      ['GET /incidents/*', () => ({ status: 200, body: createFakeIncident({ actions, timeline }) })],
    ]);
    const panel = (await screen.findByRole('region', { name: 'What happened' })).textContent;
    expect(panel).toMatch(/Called useful by ada.*“On it.” by ada.*Acknowledged by ada.*told to night shift/);
  });

  it('says why a decision was refused', async () => {
    show(PATH, [['PATCH /incidents/*', () => problem(403, 'This key may not do that.')]]);
    await userEvent.click(await screen.findByRole('button', { name: 'Resolve' }));
    expect((await screen.findByRole('alert')).textContent).toContain('This key may not do that.');
  });
});
