// What the flight model looks at, day by day, and why it answered one flight as it did. For the week of the incident
// the wind speed takes the place of the departure time.
import type {
  Asked,
  Cell,
  Contribution,
  Explanations,
  GlobalExplanation,
  LocalExplanation,
  Locals,
  WhatIf,
} from '../api/types';
import { batchId, chance, dayEnd, DAYS, INCIDENT, INPUTS, rowsOf } from './scenario';

const isBad = (day: number) => day >= INCIDENT.from && day < INCIDENT.to;
const TOTAL = INPUTS.reduce((sum, { importance }) => sum + importance, 0);

type Said = Pick<
  GlobalExplanation,
  | 'method'
  | 'reason'
  | 'output'
  | 'output_class'
  | 'perturbation'
  | 'exact'
  | 'base_value'
  | 'additivity'
  | 'background'
  | 'explained'
  | 'isolation'
  | 'versions'
  | 'warnings'
  | 'evaluations'
  | 'cpu_seconds'
  | 'created_at'
>;

const SAID: Said = {
  method: 'tree_tables',
  reason: null,
  output: 'margin',
  output_class: null,
  perturbation: 'interventional',
  exact: true,
  base_value: -1.32,
  additivity: { state: 'exact', max_abs: 2.4e-7, limit: 1e-4, rows: 912 },
  background: { digest: '77aa', rows: 3000, source: 'reference', seed: 7 },
  explained: {
    uri: 'models:/flight-delay/3',
    version: '3',
    digest: 'ab12',
    flavour: 'xgboost',
    kind: 'trees',
  },
  isolation: ['own parser'],
  versions: {},
  warnings: [],
  evaluations: 0,
  cpu_seconds: 0.41,
  created_at: dayEnd(DAYS),
};

function sharesOf(day: number): Map<string, number> {
  const weights = INPUTS.map(({ feature, importance }, f) => {
    const noise = 1 + 0.06 * (chance(f, day, 3) - 0.5);
    return [feature, importance * noise * (feature === 'wind_speed' && isBad(day) ? 2.6 : 1)] as const;
  });
  const sum = weights.reduce((all, [, weight]) => all + weight, 0);
  return new Map(weights.map(([feature, weight]) => [feature, weight / sum]));
}

const reference = new Map(INPUTS.map(({ feature, importance }) => [feature, importance / TOTAL]));
const tvOf = (day: number) =>
  [...sharesOf(day)].reduce((sum, [feature, share]) => sum + Math.abs(share - reference.get(feature)!), 0) /
  2;

export function createFakeExplanations(): Explanations {
  const items = Array.from({ length: DAYS }, (_, i) => DAYS - 1 - i).map((day) => ({
    batch: batchId(day),
    version: '3',
    method: 'tree_tables',
    output: 'margin' as const,
    exact: true,
    rows: rowsOf(day),
    rows_total: rowsOf(day),
    reason: null,
    top: [...sharesOf(day)]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 3)
      .map(([feature]) => feature),
    status: isBad(day) ? ('act' as const) : ('fine' as const),
    tv: tvOf(day),
    created_at: dayEnd(day),
    links: {},
  }));
  return { items, next: null };
}

export function createFakeGlobal(day: number): GlobalExplanation {
  const shares = [...sharesOf(day)].sort((a, b) => b[1] - a[1]);
  return {
    ...SAID,
    batch: batchId(day),
    batches: [batchId(day)],
    left_out: 0,
    left_out_reason: null,
    version: '3',
    rows: rowsOf(day),
    rows_total: rowsOf(day),
    fidelity: null,
    classes: [],
    features: shares.map(([feature, share], i) => ({
      feature,
      importance: share * 1.8,
      share,
      std_error: 0.02 * share,
      interval: [share * 1.8 * 0.94, share * 1.8 * 1.06],
      rank: i + 1,
      rank_interval: [Math.max(1, i), i + 2],
      direction:
        INPUTS.find((one) => one.feature === feature)!.kind === 'numeric' ? 1.6 * chance(i, 5) - 0.8 : null,
      mean: 0.01,
      categories:
        feature === 'carrier'
          ? [
              { category: 'EV', rows: 210, mean: 0.21 },
              { category: 'AS', rows: 44, mean: -0.18 },
            ]
          : [],
    })),
    other: 0,
    against_reference: {
      status: isBad(day) ? 'act' : 'fine',
      reason: null,
      tv: tvOf(day),
      threshold: 0.05,
      normal: 0.02,
      windows: 12,
      p_value: isBad(day) ? 0.001 : 0.44,
      ndcg: isBad(day) ? 0.93 : 0.998,
      rows: rowsOf(day),
      reference_rows: 3000,
      features: shares.map(([feature, share]) => ({
        feature,
        share,
        reference_share: reference.get(feature)!,
        q_value: null,
      })),
    },
    shift: {
      reference: -1.32,
      current: isBad(day) ? -0.97 : -1.3,
      change: isBad(day) ? 0.35 : 0.02,
      features: shares.slice(0, 8).map(([feature], i) => {
        const change = isBad(day) && feature === 'wind_speed' ? 0.38 : 0.04 * (chance(i, day, 9) - 0.6);
        return { feature, change, interval: [change - 0.02, change + 0.02] };
      }),
      other: 0,
    },
    cohorts: [],
    links: {},
  };
}

const VALUES: Record<string, Cell> = {
  sched_dep_minute: 1122,
  wind_speed: 26.4,
  visibility: 10,
  carrier: 'EV',
  humidity: 71.2,
  precipitation: 0,
  temperature: 58.1,
  destination: 'ATL',
  pressure: null,
  is_holiday: false,
};

const EFFECT: Record<string, number> = {
  sched_dep_minute: 0.62,
  wind_speed: 0.44,
  carrier: 0.21,
  visibility: -0.17,
};

export function createFakeLocal(row: string, day = INCIDENT.from + 2): LocalExplanation {
  const contributions: Contribution[] = INPUTS.map(({ feature }, i) => ({
    feature,
    value: feature in VALUES ? VALUES[feature]! : Math.round(100 * chance(i, 77)),
    contribution: EFFECT[feature] ?? 0.12 * (chance(i, row.length, 4) - 0.5),
    std_error: null,
  }));
  const prediction = contributions.reduce((sum, one) => sum + one.contribution, -1.32);
  return {
    ...SAID,
    row_id: row,
    batch: batchId(day),
    prediction,
    answer: 1 / (1 + Math.exp(-prediction)),
    contributions,
    other: 0,
    reasons: [
      'Scheduled departure 18:42 raised the risk of delay (odds × 1.9).',
      'Wind speed 26.4 raised the risk (odds × 1.6).',
      'Carrier EV raised the risk (odds × 1.2).',
    ],
    complete: true,
    links: {},
  };
}

export function createFakeLocals(batch: string): Locals {
  const items = Array.from({ length: 6 }, (_, i) => ({
    row_id: `EWR-${1000 + i * 7}`,
    prediction: -1.3 + i * 0.4,
    contributions: [['sched_dep_minute', 0.4]] as [string, number][],
    other: 0.1,
    links: {},
  }));
  return { items, next: null, batch, base_value: -1.32 };
}

export function createFakeWhatIf(row: string, changes: Readonly<Record<string, Cell>>): WhatIf {
  const before = createFakeLocal(row);
  const change = -0.31 * Object.keys(changes).length;
  const decision = (shift: number) => ({
    prediction: before.prediction! + shift,
    answer: 1 / (1 + Math.exp(-(before.prediction! + shift))),
    base_value: -1.32,
    contributions: before.contributions,
    other: 0,
    reasons: shift === 0 ? before.reasons : ['Wind speed 12 lowered the risk (odds × 0.9).'],
  });
  return {
    ...SAID,
    before: decision(0),
    after: decision(change),
    change,
    differences: Object.entries(changes).map(([feature, after]) => ({
      feature,
      before: VALUES[feature] ?? null,
      after,
      change: -0.31,
    })),
    other: 0,
  };
}

export function createFakeAsked(change: Partial<Asked> = {}): Asked {
  return {
    id: 'e~1f2e',
    model: 'flight-delay',
    state: 'done',
    reason: null,
    errors: [],
    done: 0,
    total: null,
    asked_at: dayEnd(DAYS),
    local: null,
    what_if: null,
    global: null,
    links: {},
    ...change,
  };
}
