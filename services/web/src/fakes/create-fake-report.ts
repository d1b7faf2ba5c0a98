// The full report of one day, and one feature of it with its distributions.
import type { Distribution, Feature, FeatureDrift, Issue, JointDrift, Report } from '../api/types';
import { daysBetween } from './create-fake-drift';
import {
  ACT,
  batchId,
  chance,
  dayEnd,
  dayStart,
  indexOf,
  INPUTS,
  type Input,
  rowsOf,
  scoreOf,
  statusOf,
  WATCH,
} from './scenario';

function sentenceOf(input: Input, value: number): string {
  if (input.feature === 'wind_speed' && value > 0.5) {
    return 'Values fell to about half; the shape is unchanged: looks like a change of unit.';
  }
  if (value >= ACT) return 'Values are higher than in the reference: the median rose from 41 to 73.';
  if (value >= 0.1) return 'A little more often true than in the reference.';
  return 'Looks like the reference.';
}

export function createFakeFeatureDrift(input: Input, day: number): FeatureDrift {
  const value = scoreOf(input.feature, day);
  const isNumeric = input.kind === 'numeric';
  return {
    feature: input.feature,
    role: 'feature',
    kind: input.kind,
    status: statusOf(value),
    reason: null,
    score: value,
    score_observed: value * 0.98,
    q_value: value > 0.1 ? 0.00002 : 0.41,
    importance: input.importance,
    harmless: value >= 0.1 && input.importance < 0.01,
    rows_needed: null,
    missing: { reference: 0.004, current: input.feature === 'pressure' ? 0.112 : 0.004 },
    issues:
      input.feature === 'wind_speed' && value > 0.5
        ? [issue('below_min', 0.21, '21 % of the values of wind_speed are below the range of the reference.')]
        : [],
    below_min_rate: isNumeric ? (value > 0.5 ? 0.21 : 0) : null,
    above_max_rate: isNumeric ? 0.001 : null,
    new_categories: input.feature === 'carrier' && day % 9 === 0 ? ['OO'] : [],
    new_categories_total: input.feature === 'carrier' && day % 9 === 0 ? 1 : 0,
    vanished_categories: [],
    contributions:
      value > 0.1
        ? [
            { bin: '(-inf, 4.6]', share: 0.72 },
            { bin: '(4.6, 6.9]', share: 0.17 },
          ]
        : [],
    methods: [
      {
        method: 'js',
        value,
        threshold: WATCH,
        p_value: value > 0.1 ? 1e-30 : 0.3,
        drifted: value >= 0.1,
        floor: 0.065,
        detectable: 0.08,
        reason: null,
      },
      {
        method: 'psi',
        value: value * value * 7,
        threshold: 0.25,
        p_value: value > 0.1 ? 1e-30 : 0.3,
        drifted: value >= 0.2,
        floor: 0.023,
        detectable: 0.031,
        reason: null,
      },
      isNumeric
        ? {
            method: 'ks',
            value: value * 0.8,
            threshold: 0.2,
            p_value: 0.0001,
            drifted: value >= 0.2,
            floor: 0.05,
            detectable: null,
            reason: null,
          }
        : {
            method: 'chi2',
            value: 4 + 600 * value,
            threshold: null,
            p_value: 0.02,
            drifted: value >= 0.2,
            floor: null,
            detectable: null,
            reason: null,
          },
      ...(isNumeric
        ? [
            {
              method: 'wasserstein',
              value: value * 1.4,
              threshold: 0.3,
              p_value: null,
              drifted: value >= 0.2,
              floor: null,
              detectable: null,
              reason: null,
            },
          ]
        : []),
    ],
    sentence: sentenceOf(input, value),
  };
}

const issue = (kind: Issue['kind'], current: number, sentence: string): Issue => ({
  kind,
  status: current >= 0.1 ? 'act' : 'watch',
  reference: 0.002,
  current,
  q_value: 1e-9,
  detail: '',
  sentence,
});

const joint = (method: string, value: number, interval: [number, number]): JointDrift => ({
  method,
  value,
  threshold: 0.1,
  p_value: 1e-12,
  drifted: true,
  floor: 0.03,
  detectable: null,
  reason: null,
  interval,
  rows: [20_000, 812],
  beside: {},
  contributions: [
    { bin: 'wind_speed', share: 0.61 },
    { bin: 'visibility', share: 0.17 },
    { bin: 'pressure', share: 0.08 },
    { bin: 'humidity', share: 0.05 },
  ],
});

export function createFakeReport(day: number): Report {
  const features = INPUTS.map((input) => createFakeFeatureDrift(input, day));
  const drifted = features.filter(({ status }) => status === 'act' || status === 'watch');
  const value = indexOf(day);
  return {
    batch: batchId(day),
    reference: 'reference~9c1d2e3f4a5b',
    compared: null,
    beside: null,
    version: '3',
    rows: rowsOf(day),
    reference_rows: 48_210,
    start: dayStart(day),
    end: dayEnd(day),
    overall: {
      score: value,
      threshold: 20,
      watch: 10,
      status: statusOf(value, 10, 20),
      reason: null,
      harmless: false,
      method: 'importance',
      weights: {
        source: 'explanation',
        batch: batchId(day),
        method: 'tree_shap',
        rows: 'reference',
        fidelity: null,
      },
      reach: null,
      rows_needed: null,
      p_value: 1e-12,
      interval: [value - 1.1, value + 1.2],
      n_features: INPUTS.length,
      n_drifted: drifted.length,
      share_drifted: drifted.length / INPUTS.length,
      sentence: 'Most of the drift is wind_speed, temperature and dew_point.',
    },
    issues: [
      issue(
        'repeated_rows',
        0.13,
        '13 % of the rows repeat others; of the reference 0.2 % did: they may have been sent twice.',
      ),
    ],
    multivariate: [joint('pca_error', 0.41, [0.36, 0.46]), joint('domain_auc', 0.22, [0.18, 0.26])],
    prediction: createFakeFeatureDrift({ feature: 'score', kind: 'numeric', importance: 0 }, day),
    target: {
      ...createFakeFeatureDrift({ feature: 'delayed', kind: 'boolean', importance: 0 }, day),
      role: 'label',
      importance: null,
      sentence: 'Of 640 rows with a label: delayed differs from the reference no more than usual.',
    },
    features,
    created_at: dayEnd(day),
    links: {},
  };
}

const EDGES = [4.6, 5.75, 6.9, 8.06, 9.21, 10.4, 12.7, 15, 18.4];
const CARRIERS = ['UA', 'B6', 'EV', 'DL', 'AA', 'MQ', 'US', 'other'];

export function createFakeDistribution(input: Input, day: number): Distribution {
  const isNumeric = input.kind === 'numeric';
  const bins: Distribution['bins'] = isNumeric
    ? [null, ...EDGES].map((low, i) => {
        const high = EDGES[i] ?? null;
        return {
          label: low === null ? `to ${high}` : high === null ? `above ${low}` : `${low} to ${high}`,
          low,
          high,
        };
      })
    : CARRIERS.map((label) => ({ label, low: null, high: null }));
  const value = scoreOf(input.feature, day);
  const raw = bins.map((_, i) =>
    Math.max(0.002, 0.1 + value * (i < 3 ? 1.2 - i * 0.3 : -0.1 * (i - 2)) + 0.01 * chance(i, day)),
  );
  const total = raw.reduce((sum, one) => sum + one, 0);
  return {
    batch: batchId(day),
    low: isNumeric ? 0 : null,
    high: isNumeric ? 31.1 : null,
    bins: [...bins, { label: 'missing', low: null, high: null }],
    reference: [...bins.map(() => 0.996 / bins.length), 0.004],
    current: [...raw.map((one) => (one * 0.996) / total), 0.004],
    reference_rows: 48_210,
    current_rows: rowsOf(day),
  };
}

export function createFakeFeature(name: string, day: number, days = daysBetween()): Feature {
  const input = INPUTS.find(({ feature }) => feature === name) ?? INPUTS[0]!;
  const drift = createFakeFeatureDrift(input, day);
  return {
    feature: input.feature,
    kind: input.kind,
    batch: batchId(day),
    drift,
    series: days.slice(-120).map((one) => {
      const said = createFakeFeatureDrift(input, one);
      return {
        batch: batchId(one),
        start: dayStart(one),
        end: dayEnd(one),
        rows: rowsOf(one),
        status: said.status,
        score: said.score,
        missing: said.missing,
        methods: said.methods,
      };
    }),
    distribution: createFakeDistribution(input, day),
    history: null,
  };
}
