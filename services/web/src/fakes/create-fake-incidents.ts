// Incidents of the scenario: the wind speed in another unit, and what people decided about it.
import type { Incident, IncidentChange, IncidentItem, Incidents } from '../api/types';
import { batchId, dayEnd, dayStart, INCIDENT } from './scenario';

const ONSET = dayStart(INCIDENT.from);

export function createFakeIncident(change: Partial<Incident> = {}): Incident {
  return {
    id: '20130430T000000000000Z~incident~1f2e',
    model: 'flight-delay',
    family: 'drift',
    state: 'open',
    status: 'act',
    title: 'wind_speed has drifted',
    sentence:
      'wind_speed no longer looks like the reference since 30 April. It drives 16 % of the decisions.',
    since: ONSET,
    until: null,
    opened_at: dayEnd(INCIDENT.from + 1),
    reopened_at: null,
    resolved_at: null,
    muted_until: null,
    impact: { batches: 7, rows: 6120, share: 0.16, money: 4100, currency: 'USD' },
    alerts: 1,
    acknowledged_by: null,
    useful: null,
    updated_at: new Date(Date.now() - 20 * 60_000).toISOString(),
    links: {},
    findings: [
      {
        key: '9f2c',
        rule: 'drift',
        family: 'drift',
        subject: 'wind_speed',
        features: ['wind_speed'],
        version: '3',
        status: 'act',
        since: ONSET,
        seen_at: dayEnd(INCIDENT.from),
        first_batch: batchId(INCIDENT.from),
        last_batch: batchId(INCIDENT.to - 1),
        last_at: dayEnd(INCIDENT.to - 1),
        batches: 7,
        value: 0.74,
        threshold: 0.2,
        sentence: 'Values fell to about half; the shape is unchanged: looks like a change of unit.',
        past: 'Values had fallen to about half; the shape was unchanged.',
        until: null,
        cleared_at: null,
      },
    ],
    next_step:
      'Correct the unit in load_weather, run it again from 30 April, then look at the 7 batches again.',
    timeline: [
      { at: dayEnd(INCIDENT.from + 1), change: 'opened', text: 'Opened after two bad batches.', actor: null },
    ],
    actions: [],
    similar: [
      {
        id: '20130312T000000000000Z~incident~0a0b',
        title: 'humidity has drifted',
        since: dayStart(11),
        resolved_at: dayStart(14),
        useful: false,
      },
    ],
    ...change,
  };
}

export function createFakeIncidents(query = new URLSearchParams()): Incidents {
  const all: Incident[] = [
    createFakeIncident({
      id: '20130430T000000000000Z~incident~2b3c',
      model: 'air-time',
      state: 'acknowledged',
      acknowledged_by: 'ada',
    }),
    createFakeIncident(),
    createFakeIncident({
      id: '20130312T000000000000Z~incident~0a0b',
      title: 'humidity has drifted',
      sentence: 'humidity no longer looked like the reference.',
      state: 'resolved',
      status: 'watch',
      since: dayStart(11),
      until: dayStart(14),
      resolved_at: dayStart(17),
      impact: { batches: 3, rows: 2500, share: null, money: null, currency: null },
    }),
  ];
  const state = query.get('state');
  const isOver = ({ state: of }: IncidentItem) => of === 'resolved' || of === 'noise';
  const items = all.filter(
    (one) =>
      [one.state, null].includes(state as IncidentItem['state'] | null) &&
      [one.model, null].includes(query.get('model')) &&
      !(query.get('open') === 'true' && isOver(one)),
  );
  return { items, next: null };
}

/** What becomes of an incident by a decision. */
export function decided(incident: Incident, change: IncidentChange): Incident {
  const entry = (text: string) => [
    ...incident.timeline,
    { at: dayEnd(70), change: 'joined' as const, text, actor: 'demo' },
  ];
  if (change.acknowledge) {
    return { ...incident, state: 'acknowledged', acknowledged_by: 'demo', timeline: entry('Acknowledged') };
  }
  if (change.expected_change) {
    return {
      ...incident,
      state: 'expected',
      muted_until: change.expected_change.end,
      timeline: entry('Expected'),
    };
  }
  if (change.resolve) return { ...incident, state: 'resolved', timeline: entry('Resolved') };
  if (change.reopen) return { ...incident, state: 'open', timeline: entry('Taken up again') };
  if (change.useful != null) return { ...incident, useful: change.useful };
  if (change.note) return { ...incident, timeline: entry(change.note) };
  if (change.reject_cause) {
    const action = {
      at: dayEnd(70),
      actor: 'demo',
      action: 'reject_cause' as const,
      note: null,
      node: change.reject_cause,
      rule: null,
      job: null,
      until: null,
    };
    return { ...incident, actions: [...incident.actions, action] };
  }
  return incident;
}
