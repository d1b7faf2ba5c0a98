// Key figures of the demo's first model, for each reader the same in another order.
import type { Kpi, KpiHistory, Kpis, Persona } from '../api/types';
import { dayStart } from './scenario';

const RANK = {
  score: 0.62,
  relevance: 0.9,
  floor: 0.82,
  urgency: 1.1,
  confidence: 0.8,
  kept: 0.08,
  discount: 1,
  pinned: false,
};

export function createFakeKpi(change: Partial<Kpi> = {}): Kpi {
  return {
    id: 'money_at_risk',
    model: 'flight-delay',
    family: 'value',
    title: 'Money at risk',
    value: 1300,
    unit: 'USD',
    direction: 'lower',
    status: 'watch',
    severity: 0.72,
    delta: 240,
    since: dayStart(96),
    sentence:
      'About $1,300 more than on a normal day is at risk from wrong decisions. temperature: 61 % of it.',
    caveat:
      'The estimate assumes that the meaning of the score has not changed; if the world changed, only labels tell.',
    confidence: 0.8,
    formula: 'expected loss of the decisions, less what it normally is',
    inputs: [
      { name: 'rows', value: 849, unit: '' },
      { name: 'estimated from', value: 'calibrated scores', unit: '' },
    ],
    links: {},
    muted_until: null,
    rank: RANK,
    ...change,
  };
}

const FIGURES: readonly Partial<Kpi>[] = [
  {},
  {
    id: 'changed_inputs',
    family: 'drift',
    title: 'Decisions resting on changed inputs',
    value: 0.1,
    unit: 'share',
    status: 'fine',
    severity: 0.24,
    delta: 0.012,
    sentence:
      '10 % of what drives these decisions comes from inputs that no longer look like training data: temperature, dew_point.',
    caveat: null,
    confidence: 0.7,
  },
  {
    id: 'estimated_performance',
    family: 'performance',
    title: 'Estimated performance',
    value: 0.724,
    unit: 'of the metric',
    direction: 'higher',
    status: 'fine',
    severity: 0.1,
    delta: -0.003,
    sentence: 'We estimate the area under the ROC curve at 0.724 (normally 0.70 to 0.74).',
    confidence: 0.95,
  },
  {
    id: 'outcome_rate_shift',
    family: 'outcome',
    title: 'Shift of the decisions',
    value: 0.062,
    unit: 'share',
    direction: 'zero',
    status: 'act',
    severity: 1,
    delta: 0.02,
    sentence: 'Flights said to be late are up from 19 % to 25 %, beyond ordinary week-to-week change.',
    caveat: null,
    confidence: 1,
  },
  {
    id: 'time_since_healthy',
    family: 'freshness',
    title: 'Time since the last healthy run',
    value: null,
    unit: 'h',
    status: 'unknown',
    severity: null,
    delta: null,
    since: null,
    sentence: 'No run has been healthy since the model was added.',
    caveat: null,
    confidence: 1,
  },
  {
    id: 'decision_volume',
    family: 'volume',
    title: 'Decision volume',
    value: -0.04,
    unit: 'share',
    direction: 'zero',
    status: 'fine',
    severity: 0.1,
    delta: 0,
    sentence: '849 decisions, 4 % fewer than a usual Friday.',
    caveat: null,
    muted_until: dayStart(130),
  },
];

export function createFakeKpis(model: string, persona: Persona = 'business'): Kpis {
  const all = FIGURES.map((one) => createFakeKpi({ ...one, model }));
  const ordered = persona === 'business' ? all : [...all].reverse();
  return {
    model,
    persona,
    items: ordered.slice(0, 5),
    others: ordered.slice(5).map((one) => ({ ...one, rank: null })),
    before: [],
    computed_at: new Date(Date.now() - 60_000).toISOString(),
  };
}

export function createFakeKpiHistory(model: string, kpi: string): KpiHistory {
  return { model, kpi, days: [] };
}
