// Performance of the scenario: labels come three days late; a bad week costs a little.
import type { BatchPerformance, MetricInfo, MetricValue, Performance, PerformanceKind } from '../api/types';
import { batchId, chance, dayEnd, DAYS, dayStart, INCIDENT, rowsOf } from './scenario';

const DELAY = 3;
const TITLES = { roc_auc: 'Area under the ROC curve', accuracy: 'Accuracy', log_loss: 'Log loss' };
const NORMAL: Record<string, number> = { roc_auc: 0.72, accuracy: 0.78, log_loss: 0.51 };

export const METRICS: MetricInfo[] = Object.entries(TITLES).map(([slug, title]) => ({
  slug,
  task: 'binary',
  title,
  unit: slug === 'log_loss' ? 'nats' : '1',
  better: slug === 'log_loss' ? 'lower' : 'higher',
  definition: `What ${title} measures`,
  source: 'a paper',
}));

function valueOf(slug: string, kind: PerformanceKind, day: number): MetricValue {
  const normal = NORMAL[slug] ?? 0.7;
  const sign = slug === 'log_loss' ? 1 : -1;
  const isIncident = day >= INCIDENT.from && day < INCIDENT.to;
  const noise = (kind === 'realised' ? 0.04 : 0.012) * (chance(day, slug.length) - 0.5);
  const value = normal + noise + sign * (isIncident ? 0.07 : 0);
  return {
    metric: slug,
    value,
    interval: kind === 'realised' ? [value - 0.025, value + 0.025] : null,
    normal,
    watch: normal + sign * 0.04,
    act: normal + sign * 0.06,
    status: isIncident ? 'act' : 'fine',
    reason: null,
  };
}

export function createFakePerformance(
  kind: PerformanceKind,
  slug: string,
  days: readonly number[],
): Performance {
  const metric = METRICS.find((one) => one.slug === slug) ?? METRICS[0]!;
  const known = days.filter((day) => kind === 'estimated' || day < DAYS - DELAY);
  const points = known.map((day) => {
    const { value, interval, normal, watch, act, status, reason } = valueOf(metric.slug, kind, day);
    const labelled = kind === 'realised' ? Math.round(rowsOf(day) * (0.95 + 0.05 * chance(3, day))) : 0;
    return {
      batch: batchId(day),
      start: dayStart(day),
      end: dayEnd(day),
      rows: rowsOf(day),
      labelled,
      coverage: kind === 'realised' ? labelled / rowsOf(day) : null,
      ...{ value, interval, normal, watch, act, status, reason },
    };
  });
  const last = points.at(-1);
  return {
    kind,
    metric,
    segment: null,
    status: last?.status ?? 'unknown',
    sentence: last
      ? `${metric.title} is ${kind === 'estimated' ? 'estimated at ' : ''}${last.value?.toFixed(3)}, normally ${last.normal}.`
      : 'No batch has been scored yet.',
    caveat:
      kind === 'estimated'
        ? 'The estimate assumes that the meaning of the score has not changed; if the world changed, only labels tell.'
        : null,
    points,
  };
}

export function createFakeBatchPerformance(day: number): BatchPerformance {
  const part = (kind: PerformanceKind) => ({
    method: kind,
    status: valueOf('roc_auc', kind, day).status,
    sentence: '',
    caveat: null,
    key_metric: 'roc_auc',
    rows: rowsOf(day),
    labelled: kind === 'realised' ? rowsOf(day) - 12 : 0,
    metrics: METRICS.map(({ slug }) => valueOf(slug, kind, day)),
    calibration:
      kind === 'realised'
        ? {
            ece: 0.034,
            normal_ece: 0.021,
            observed_to_expected: 1.12,
            bins: Array.from({ length: 10 }, (_, i): [number, number, number] => {
              const score = 0.05 + i * 0.09;
              return [score, Math.min(1, score * 1.12 + 0.03 * (chance(i, day) - 0.5)), 40 + i * 9];
            }),
          }
        : null,
    money: { currency: 'USD', cost: 13_400, normal_cost: 12_100, excess: 1300 },
    segments:
      kind === 'realised'
        ? ['EWR', 'JFK', 'LGA'].map((value, i) => ({
            column: 'origin',
            value,
            rows: 300 - i * 40,
            metric: valueOf('roc_auc', kind, day - i),
          }))
        : [],
    created_at: dayEnd(day),
  });
  return {
    batch: batchId(day),
    realised: day < DAYS - DELAY ? part('realised') : null,
    estimated: part('estimated'),
  };
}
