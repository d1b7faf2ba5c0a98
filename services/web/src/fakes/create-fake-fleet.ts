// The fleet: the two demo models, and on request as many more as a test asks for.
import type { Fleet, FleetItem, Status } from '../api/types';
import { batchId, DAYS, dayEnd, dayStart, indexOf, rowsOf } from './scenario';

const LAST = DAYS - 1;

export function createFakeFleetItem(change: Partial<FleetItem> = {}): FleetItem {
  return {
    model: 'flight-delay',
    task: 'binary',
    owner: 'ops-analytics',
    tier: 1,
    version: '3',
    status: 'watch',
    aspects: { drift: 'watch', prediction: 'fine', data: 'fine', performance: 'fine' },
    sentence: 'Two inputs drift since 5 June: temperature and dew_point. They carry 10 % of the decisions.',
    score: indexOf(LAST),
    threshold: 20,
    harmless: null,
    batch_status: 'act',
    since: dayStart(96),
    batch: batchId(LAST),
    batch_start: dayStart(LAST),
    batch_end: dayEnd(LAST),
    rows: rowsOf(LAST),
    batches: DAYS,
    n_features: 16,
    n_drifted: 2,
    spark: Array.from({ length: 30 }, (_, i) => indexOf(LAST - 29 + i)),
    top_features: [
      ['temperature', 'act', 0.31],
      ['dew_point', 'act', 0.3],
    ],
    performance: {
      metric: 'roc_auc',
      kind: 'realised',
      value: 0.653,
      normal: 0.665,
      status: 'fine',
      end: dayEnd(LAST - 3),
    },
    trend: { slope: 0.061, slope_p_value: 0.002, change_points: [] },
    assessed_at: new Date(Date.now() - 4 * 60_000).toISOString(),
    links: {},
    ...change,
  };
}

export function createFakeAirTime(): FleetItem {
  return createFakeFleetItem({
    model: 'air-time',
    owner: 'crew-planning',
    tier: 2,
    task: 'regression',
    version: '1',
    status: 'act',
    aspects: { drift: 'act', prediction: 'watch', data: 'fine', performance: 'unknown' },
    sentence:
      'wind_speed no longer looks like the reference since 30 April. It drives 31 % of the decisions.',
    score: 31.4,
    since: dayStart(60),
    n_features: 12,
    n_drifted: 1,
    spark: Array.from({ length: 30 }, (_, i) => (i === 11 ? null : i < 22 ? 5 + (i % 4) : 29 + (i % 3))),
    top_features: [['wind_speed', 'act', 0.74]],
    performance: {
      metric: 'mae',
      kind: 'estimated',
      value: 9.6,
      normal: 9.2,
      status: 'watch',
      end: dayEnd(LAST),
    },
  });
}

/** A model that was just added. */
export function createFakeNewcomer(): FleetItem {
  return createFakeFleetItem({
    model: 'taxi-out',
    status: 'unknown',
    batch_status: 'unknown',
    aspects: {},
    sentence: 'No batch has been analysed yet.',
    score: null,
    threshold: null,
    since: null,
    batch: null,
    batch_start: null,
    batch_end: null,
    rows: 0,
    batches: 0,
    n_features: 0,
    n_drifted: 0,
    spark: [],
    top_features: [],
    performance: null,
    assessed_at: null,
  });
}

/** The answer to a question: filtered, ordered and paged as the server does it. */
export function createFakeFleet(
  all = [createFakeAirTime(), createFakeFleetItem(), createFakeNewcomer()],
  query = new URLSearchParams(),
): Fleet {
  const counts = { act: 0, watch: 0, unknown: 0, fine: 0 } satisfies Record<Status, number>;
  for (const { status } of all) counts[status] += 1;
  const statuses = query.get('status')?.split(',');
  const found = all.filter(
    ({ model, status, owner, tier, sentence }) =>
      (statuses?.includes(status) ?? true) &&
      [owner, null].includes(query.get('owner')) &&
      [String(tier), null].includes(query.get('tier')) &&
      `${model} ${sentence}`.toLowerCase().includes(query.get('q')?.toLowerCase() ?? ''),
  );
  if (query.get('sort') === 'name') found.sort((a, b) => a.model.localeCompare(b.model));
  const skipped = Number(query.get('cursor') ?? 0);
  const end = skipped + Number(query.get('limit') ?? 50);
  return {
    counts,
    sentence: all.length
      ? '1 model needs action: air-time since 30 Apr 2013 (wind_speed). Nothing is known about 1 model.'
      : 'No models yet.',
    owners: [...new Set(all.flatMap(({ owner }) => owner ?? []))].sort(),
    total: found.length,
    skipped,
    items: found.slice(skipped, end),
    next: end < found.length ? String(end) : null,
  };
}
