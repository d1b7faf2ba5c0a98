// What a look at rows, or at a registered model, found: a loan model.
import type { Preview } from '../api/types';

const COLUMNS = [
  ['application_id', 'id', 'categorical', 'string'],
  ['scored_at', 'time', 'datetime', 'timestamp[us, tz=UTC]'],
  ['income', 'feature', 'numeric', 'int64'],
  ['debt_ratio', 'feature', 'numeric', 'double'],
  ['age', 'feature', 'numeric', 'int64'],
  ['region', 'feature', 'categorical', 'string'],
  ['score', 'score', 'numeric', 'double'],
  ['approved', 'prediction', 'boolean', 'int64'],
  ['repaid', 'label', 'boolean', 'int64'],
] as const;

export function createFakePreview(change: Partial<Preview> = {}): Preview {
  return {
    id: '20260101T000000000000Z~preview~0a1b',
    state: 'ready',
    task: 'binary',
    roles: {
      features: ['income', 'debt_ratio', 'age', 'region'],
      prediction: 'approved',
      score: 'score',
      label: 'repaid',
      id: 'application_id',
      time: 'scored_at',
      segments: [],
    },
    kinds: {},
    columns: COLUMNS.map(([name, role, kind, dtype]) => ({ name, role, kind, dtype })),
    left_out: [
      {
        pointer: '/columns/batch_no',
        value: 'the same in every row',
        limit: 'a column that varies',
        fix: 'Nothing to do.',
      },
    ],
    examples: {
      application_id: ['A-1', 'A-2', 'A-3'],
      income: ['31200', '28450', '40110'],
      region: ['North', 'East'],
      batch_no: ['7'],
    },
    offers: [{ column: 'age', kind: 'categorical', why: 'it has few values' }],
    faults: [],
    rows: 3000,
    start: '2026-01-01T00:00:00Z',
    end: '2026-01-02T00:00:00Z',
    mlflow: null,
    source: null,
    name: null,
    version: null,
    aliases: [],
    run: null,
    flavours: [],
    metrics: {},
    datasets: [],
    has_reference: true,
    reference_from: null,
    created_at: '2026-01-01T00:00:00Z',
    completed_at: '2026-01-01T00:00:01Z',
    links: {},
    ...change,
  };
}
