// What administrators see: keys, rules, channels, given-up work, known changes.
import type {
  Annotations,
  Batches,
  Channels,
  DeadLetters,
  Deliveries,
  Keys,
  Mutes,
  NewKey,
  Rule,
  Rules,
} from '../api/types';
import { dayEnd, dayStart } from './scenario';

export function createFakeKeys(): Keys {
  const common = { models: null, created_by: null, expires_at: null, created_at: dayStart(0) };
  return {
    items: [
      { ...common, id: 'a1b2', name: 'admin', roles: ['admin'], last_used_at: dayEnd(119) },
      {
        ...common,
        id: 'c3d4',
        name: 'nightly scoring',
        roles: ['ingest'],
        last_used_at: null,
        models: ['flight-delay'],
      },
    ],
    next: null,
  };
}

export const createFakeNewKey = (): NewKey => ({
  ...createFakeKeys().items[1]!,
  id: 'e5f6',
  key: 'bw_e5f6_0123456789abcdef',
});

export function createFakeRule(change: Partial<Rule> = {}): Rule {
  return {
    rule: 'drift',
    model: null,
    title: 'The data has drifted',
    family: 'drift',
    meaning: 'the drift index of a batch is past its act line',
    next_step: 'Open the features that add most.',
    enabled: true,
    opens_after: 2,
    closes_after: 3,
    channels: null,
    changed: [],
    updated_at: null,
    by: null,
    precision: {
      useful: 3,
      noise: 9,
      share: 0.25,
      proposal: 'Most were noise: act from 30 would have told 4 of 12.',
    },
    ...change,
  };
}

export function createFakeRules(): Rules {
  const precision = { useful: 0, noise: 0, share: null, proposal: null };
  return {
    items: [
      createFakeRule(),
      createFakeRule({
        rule: 'no_data',
        title: 'No data arrives',
        family: 'freshness',
        meaning: 'no batch came for more than two expected intervals',
        opens_after: 1,
        closes_after: 1,
        enabled: false,
        precision,
      }),
    ],
    next: null,
  };
}

export function createFakeChannels(): Channels {
  return {
    items: [
      {
        id: 'ch1',
        name: 'on-call',
        kind: 'webhook',
        enabled: true,
        target: 'hooks.example.org',
        models: null,
        tiers: null,
        hears: 'everything',
        digest: 'none',
        created_at: dayStart(0),
        created_by: 'admin',
        links: {},
      },
    ],
    next: null,
  };
}

export function createFakeDeliveries(): Deliveries {
  return {
    items: [
      {
        id: 'd1',
        channel: 'ch1',
        model: 'flight-delay',
        incident: null,
        change: 'opened',
        title: 'wind_speed has drifted',
        state: 'failed',
        attempts: [{ at: dayEnd(61), seconds: 5, error: 'The receiver did not answer within 5 s.' }],
        created_at: dayEnd(61),
        delivered_at: null,
      },
    ],
    next: null,
  };
}

export function createFakeDeadLetters(): DeadLetters {
  return {
    items: [
      {
        id: 'dl1',
        handler: 'explain.batch',
        model: 'flight-delay',
        subject: '20130430T000000000000Z~batch~00000000003c',
        event: 'batch_accepted',
        error_type: 'ModelUnreadable',
        error: 'The model asks for a library that is not there.',
        attempts: 5,
        published_at: dayEnd(60),
        buried_at: dayEnd(60),
        trace_id: null,
      } as DeadLetters['items'][number],
    ],
    next: null,
  };
}

export function createFakeAnnotations(model: string): Annotations {
  const common = { model, end: null, link: null, created_by: null } as const;
  return {
    items: [
      { ...common, id: 'a1', kind: 'deployment', time: dayStart(40), text: 'version 3', source: 'system' },
      {
        ...common,
        id: 'a2',
        kind: 'note',
        time: dayStart(61),
        text: 'asked the weather team',
        source: 'person',
      },
    ],
    next: null,
  };
}

export function createFakeMutes(model: string): Mutes {
  return {
    items: [
      {
        id: 'm1',
        model,
        reason: 'summer timetable',
        start: dayStart(96),
        end: dayStart(110),
        features: ['temperature', 'dew_point'],
        rules: [],
        kpis: [],
        incident: null,
        active: false,
        created_at: dayStart(96),
        created_by: 'ada',
      },
    ],
    next: null,
  };
}

export function createFakeBatches(): Batches {
  const common = {
    rows: 400,
    version: null,
    run: null,
    digest: '',
    reference: null,
    extra_columns: [],
    duplicate_ids: 0,
    completed_at: null,
    links: {},
  };
  return {
    items: (['analysed', 'analysed', 'received'] as const).map((state, i) => ({
      ...common,
      id: `b${i}`,
      key: `sample-${i}`,
      state,
      reasons: [],
      start: dayStart(i),
      end: dayEnd(i),
      submitted_at: dayEnd(i),
    })) as Batches['items'],
    next: null,
  };
}
