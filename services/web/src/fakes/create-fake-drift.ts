// Trend and heatmap of the scenario, over any window of days.
import type { Drift, Heatmap } from '../api/types';
import {
  batchId,
  dayEnd,
  dayStart,
  DAYS,
  FIRST,
  DAY,
  INCIDENT,
  indexOf,
  type Input,
  INPUTS,
  rowsOf,
  scoreOf,
  statusOf,
  WATCH,
} from './scenario';

/** The days that end in (from, to]. */
export function daysBetween(from?: string | null, to?: string | null): number[] {
  const low = from ? Date.parse(from) : -Infinity;
  const high = to ? Date.parse(to) : Infinity;
  return Array.from({ length: DAYS }, (_, day) => day).filter((day) => {
    const end = FIRST + (day + 1) * DAY;
    return end > low && end <= high;
  });
}

export function createFakeDrift(days = daysBetween()): Drift {
  const points = days.map((day) => ({
    batch: batchId(day),
    start: dayStart(day),
    end: dayEnd(day),
    score: indexOf(day),
    status: statusOf(indexOf(day), 10, 20),
    harmless: false,
    rows: rowsOf(day),
    threshold: 20,
  }));
  const last = points.at(-1);
  return {
    latest: last
      ? {
          batch: last.batch,
          status: last.status,
          batch_status: last.status,
          harmless: null,
          score: last.score,
          threshold: 20,
          since: dayStart(96),
          sentence:
            'Two inputs drift since 5 June: temperature and dew_point. They carry 10 % of the decisions.',
          n_features: INPUTS.length,
          n_drifted: 2,
        }
      : null,
    trend: {
      slope: 0.061,
      slope_p_value: 0.002,
      change_points: days.includes(INCIDENT.from)
        ? [
            {
              batch: batchId(INCIDENT.from),
              time: dayStart(INCIDENT.from),
              interval: [dayStart(INCIDENT.from - 1), dayStart(INCIDENT.from)],
              p_value: 0.002,
              before: 4.8,
              after: 16.4,
            },
          ]
        : [],
      points,
    },
  };
}

export function createFakeHeatmap(days = daysBetween(), inputs: readonly Input[] = INPUTS): Heatmap {
  const features = inputs.map(({ feature }) => feature);
  const isAbsent = (feature: string, day: number) => feature === 'is_holiday' && day < 50;
  const scores = features.map((feature) =>
    days.map((day) => (isAbsent(feature, day) || day === 77 ? null : scoreOf(feature, day))),
  );
  return {
    batches: days.map((day) => ({
      batch: batchId(day),
      start: dayStart(day),
      end: dayEnd(day),
      rows: rowsOf(day),
      status: statusOf(indexOf(day), 10, 20),
      score: indexOf(day),
    })),
    features,
    thresholds: features.map(() => WATCH),
    scores,
    statuses: scores.map((row, f) =>
      row.map((value, i) => (isAbsent(features[f]!, days[i]!) ? null : statusOf(value))),
    ),
    hidden_features: 0,
  };
}
