// One model as its owner described it, and what its batches are compared with.
import type { Model, Reference } from '../api/types';
import { createFakeFleetItem } from './create-fake-fleet';
import { dayStart, INPUTS } from './scenario';

export function createFakeModel(change: Partial<Model> = {}): Model {
  const name = change.name ?? 'flight-delay';
  const item = createFakeFleetItem({ model: name });
  return {
    name,
    task: 'binary',
    roles: {
      features: null,
      prediction: 'prediction',
      score: 'score',
      label: 'late',
      id: 'flight_id',
      time: 'scheduled',
      segments: [],
    },
    thresholds: { index: null, features: {}, headline: {} },
    kinds: {},
    methods: [],
    words: {},
    mlflow: 'models:/flight-delay/3',
    value: null,
    owner: 'ops-analytics',
    tier: 1,
    expected_interval_s: 86_400,
    compare: null,
    sequential: false,
    version: '3',
    summary: {
      status: item.status,
      sentence: item.sentence,
      aspects: item.aspects,
      score: item.score,
      threshold: item.threshold,
      since: item.since,
      batch: item.batch,
      batch_end: item.batch_end,
      batches: item.batches,
      n_features: item.n_features,
      n_drifted: item.n_drifted,
    },
    created_at: dayStart(0),
    updated_at: dayStart(0),
    links: {},
    ...change,
  };
}

/** A model that was added, but has no batch. */
export function createFakeNewModel(name: string): Model {
  return createFakeModel({
    name,
    version: null,
    summary: {
      status: 'unknown',
      sentence: 'No batch has been analysed yet.',
      aspects: {},
      score: null,
      threshold: null,
      since: null,
      batch: null,
      batch_end: null,
      batches: 0,
      n_features: 0,
      n_drifted: 0,
    },
  });
}

export function createFakeReference(change: Partial<Reference> = {}): Reference {
  return {
    id: 'reference~9c1d2e3f4a5b',
    state: 'ready',
    reasons: [],
    digest: '9c1d2e3f4a5b',
    rows: 48_210,
    start: '2013-01-01T00:00:00Z',
    end: '2013-03-01T00:00:00Z',
    columns: INPUTS.map(({ feature, kind }) => ({ name: feature, role: 'feature', kind, dtype: 'double' })),
    profile_digest: null,
    submitted_at: dayStart(0),
    completed_at: dayStart(0),
    pending: null,
    links: {},
    ...change,
  };
}
