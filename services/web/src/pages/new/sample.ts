// A sample to try everything with, made here: a model of loans whose income arrives monthly, not yearly, in the last
// three days. The same day always gives the same rows.
import type { Rows } from '../../api/onboard';

const DAY = 86_400_000;
const REFERENCE_ROWS = 3000;
const REFERENCE_DAYS = 30;
const ROWS = 400;
const DAYS = 14;
const WRONG_DAYS = 3;
const REGIONS = ['North', 'East', 'South', 'West'] as const;
const HEAD = 'id,time,income,debt_ratio,age,region,score,prediction';

/** Random numbers in [0, 1) from a seed (mulberry32). */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const normal = (next: () => number) => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

function rows(
  seed: number,
  size: number,
  from: number,
  days: number,
  isMonthly: boolean,
  hasLabel: boolean,
): Rows {
  const next = chance(seed);
  const lines = [hasLabel ? `${HEAD},label` : HEAD];
  for (let i = 0; i < size; i++) {
    const income = Math.round(Math.exp(10.5 + 0.45 * normal(next)));
    const debt = Math.min(0.95, Math.max(0.02, 0.35 + 0.15 * normal(next)));
    const age = Math.round(21 + 45 * next());
    const region = REGIONS[Math.floor(next() * REGIONS.length)]!;
    const seen = isMonthly ? Math.round(income / 12) : income;
    const score = 1 / (1 + Math.exp(-(1.4 * (Math.log(seen) - 10.2) - 3 * (debt - 0.35) + 0.6)));
    const time = new Date(from + ((i + 0.5) / size) * days * DAY).toISOString().slice(0, 19) + 'Z';
    const line = [
      `A-${seed}-${i}`,
      time,
      seen,
      debt.toFixed(3),
      age,
      region,
      score.toFixed(4),
      score >= 0.5 ? 1 : 0,
    ];
    if (hasLabel) line.push(next() < score ? 1 : 0);
    lines.push(line.join(','));
  }
  return { body: lines.join('\n'), type: 'text/csv' };
}

const midnight = (now: number) => Math.floor(now / DAY) * DAY;

export function sampleReference(now = Date.now()): Rows {
  const from = midnight(now) - (DAYS + REFERENCE_DAYS) * DAY;
  return rows(1, REFERENCE_ROWS, from, REFERENCE_DAYS, false, true);
}

export interface SampleBatch {
  key: string;
  start: string;
  end: string;
  rows: Rows;
}

export function sampleBatches(now = Date.now()): SampleBatch[] {
  return Array.from({ length: DAYS }, (_, i) => {
    const from = midnight(now) - (DAYS - i) * DAY;
    const iso = (time: number) => new Date(time).toISOString();
    return {
      key: `sample-${iso(from).slice(0, 10)}`,
      start: iso(from),
      end: iso(from + DAY),
      rows: rows(100 + i, ROWS, from, 1, i >= DAYS - WRONG_DAYS, false),
    };
  });
}
