// One model as its owner described it.
import type { FleetEntry, Model } from '../api/types';
import { createFakeFleetEntry } from './create-fake-fleet';
import { DAYS, dayEnd, dayStart, INPUTS } from './scenario';

export function createFakeModel(change: Partial<Model> = {}): Model {
  const name = change.name ?? 'flight-delay';
  const summary: FleetEntry = createFakeFleetEntry({ model: name });
  return {
    schema_version: 1,
    id: 'model',
    pk: name,
    type: 'model',
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
    thresholds: { index: null, features: {} },
    kinds: {},
    mlflow: 'models:/flight-delay/3',
    value: null,
    owner: 'ops-analytics',
    expected_interval_s: 86_400,
    created_at: dayStart(0),
    updated_at: dayStart(0),
    version: {
      schema_version: 1,
      id: 'version~3',
      pk: name,
      type: 'model_version',
      model: name,
      version: '3',
      mlflow: 'models:/flight-delay/3',
      run: '3f2a91c0',
      alias: 'champion',
      created_at: dayStart(0),
    },
    reference: {
      schema_version: 1,
      id: 'reference',
      pk: name,
      type: 'reference',
      model: name,
      reference: 'reference~9c1d2e3f4a5b',
      state: 'ready',
      reasons: [],
      media_type: 'application/vnd.apache.parquet',
      encoding: null,
      raw_uri: 'raw/flight-delay/9c1d',
      digest: '9c1d2e3f4a5b',
      rows: 48_210,
      start: '2013-01-01T00:00:00Z',
      end: '2013-03-01T00:00:00Z',
      columns: INPUTS.map(({ feature, kind }) => ({ name: feature, role: 'feature', kind, dtype: 'double' })),
      rows_uri: null,
      profile_uri: null,
      profile_digest: null,
      submitted_at: dayStart(0),
      completed_at: dayStart(0),
    },
    summary: { ...summary, batches: DAYS, batch_end: dayEnd(DAYS - 1) },
    ...change,
  };
}
