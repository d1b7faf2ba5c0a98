// Three pipelines of a data factory: one failed last night, one is late, one is well; their runs; two sources.
import type { ActivityRun, Pipeline, Run, RunBrief, Source } from '../api/types';
import { chance, DAY } from './scenario';

const HOUR = DAY / 24;
const iso = (time: number) => new Date(time).toISOString();
const ERROR =
  'ErrorCode=UserErrorFailedFileOperation, Type=HybridDeliveryException, Message=Upload file failed at path features/2013-05-02: the weather service answered 504 after 3 tries.';

/** Midnight before now, so that relative times read as a person would meet them. */
export const LAST_NIGHT = Math.floor(Date.now() / DAY) * DAY;

export function createFakeBrief(pipeline: string, back: number, change: Partial<RunBrief> = {}): RunBrief {
  const start = LAST_NIGHT - back * DAY + 2 * HOUR;
  const seconds = Math.round(640 + 90 * chance(back, pipeline.length));
  return {
    run_id: `${pipeline}-${back}`,
    source: 'adf/flights',
    pipeline,
    status: 'SUCCEEDED',
    start: iso(start),
    end: iso(start + seconds * 1000),
    duration_s: seconds,
    slow: false,
    message: null,
    trigger: 'daily at 02:00',
    rows_read: 912,
    rows_written: 912,
    activities: 3,
    failed_activity: null,
    url: 'https://adf.azure.com/monitoring/run',
    links: {},
    ...change,
  };
}

const FAILED: Partial<RunBrief> = {
  status: 'FAILED',
  message: ERROR,
  failed_activity: 'copy_weather',
  rows_written: 0,
  duration_s: 214,
};

export function createFakeRuns(pipeline: string): RunBrief[] {
  return Array.from({ length: 24 }, (_, back) => {
    if (pipeline === 'load_features' && (back === 0 || back === 1))
      return createFakeBrief(pipeline, back, FAILED);
    if (back === 6) return createFakeBrief(pipeline, back, { slow: true, duration_s: 2310 });
    return createFakeBrief(pipeline, back);
  });
}

export function createFakePipeline(pipeline: string, change: Partial<Pipeline> = {}): Pipeline {
  const runs = createFakeRuns(pipeline);
  return {
    source: 'adf/flights',
    factory: 'adf/0000/flights-rg/flights-df',
    pipeline,
    folder: 'daily',
    activities: ['copy_weather', 'join_flights', 'score'].map((name, i, all) => ({
      name,
      kind: i === 0 ? 'Copy' : 'DatabricksNotebook',
      depends_on: i === 0 ? [] : [all[i - 1]!],
    })),
    triggers: [{ name: 'daily at 02:00', kind: 'ScheduleTrigger', started: true, every_s: 86_400 }],
    runs: runs.length,
    succeeded: runs.filter(({ status }) => status === 'SUCCEEDED').length,
    failed: runs.filter(({ status }) => status === 'FAILED').length,
    aborted: 0,
    running: 0,
    median_duration_s: 668,
    expected_every_s: 86_400,
    late: false,
    last_run: runs[0]!,
    last_failure: runs.find(({ status }) => status === 'FAILED') ?? null,
    links: {},
    ...change,
  };
}

export const createFakePipelines = () => ({
  items: [
    createFakePipeline('archive_old'),
    createFakePipeline('load_features'),
    createFakePipeline('load_labels', { late: true, folder: null }),
  ],
  next: null,
});

function activity(
  name: string,
  start: number,
  seconds: number,
  change: Partial<ActivityRun> = {},
): ActivityRun {
  return {
    run_id: `${name}-1`,
    name,
    kind: 'Copy',
    status: 'SUCCEEDED',
    start: iso(start),
    end: iso(start + seconds * 1000),
    attempt: 0,
    retry_of: null,
    depends_on: [],
    inputs: [],
    outputs: [],
    rows_read: 912,
    rows_written: 912,
    error_code: null,
    error: null,
    url: null,
    workspace_id: null,
    job_id: null,
    job_run_id: null,
    notebook: null,
    ...change,
  };
}

export function createFakeRun(id: string): Run {
  const isMl = id.startsWith('ml');
  const start = LAST_NIGHT + 2 * HOUR;
  const common = {
    run_id: id,
    source: isMl ? 'mlflow/main' : 'adf/flights',
    node: isMl ? `ml_run:mlflow/main:${id}` : `pipeline_run:adf:${id}`,
    start: iso(start),
    observed_at: iso(start + HOUR),
    links: {},
  };
  if (isMl) {
    return {
      ...common,
      kind: 'ml_run',
      title: 'train-flight-delay',
      status: 'SUCCEEDED',
      end: iso(start + 412_000),
      duration_s: 412,
      message: null,
      url: 'https://mlflow.example.com/run',
      pipeline: null,
      ml: {
        experiment_id: '4',
        experiment: 'flight-delay',
        name: 'train-flight-delay',
        user: 'ops-analytics',
        params: { max_depth: '6', n_estimators: '200', learning_rate: '0.1' },
        metrics: { auc: 0.8134, log_loss: 0.3921 },
        tags: { team: 'operations', 'mlflow.user': 'x' },
        datasets: [
          {
            namespace: 'abfss://lake@flights',
            name: 'features/2013-q1',
            evidence: 'exact',
            digest: '9c1d2e',
            rows: 48_210,
            size_bytes: null,
            schema_columns: [],
            columns: {},
            context: 'training',
            uri: null,
            profile: {},
          },
        ],
        model_inputs: [],
        model_outputs: ['m-1'],
        model_versions: [],
        repository: 'https://git.example.com/flights',
        commit: '3f2a91c0b5aa',
        notebook: '/flights/train',
        adf_run_id: 'load_features-0',
        deleted_at: null,
      },
    };
  }
  return {
    ...common,
    kind: 'pipeline_run',
    title: 'load_features',
    status: 'FAILED',
    end: iso(start + 214_000),
    duration_s: 214,
    message: 'Activity copy_weather failed: the weather service answered 504 after 3 tries.',
    url: 'https://adf.azure.com/monitoring/run',
    ml: null,
    pipeline: {
      factory: 'adf/0000/flights-rg/flights-df',
      pipeline: 'load_features',
      parameters: { day: '2013-05-02', region: 'north-east' },
      trigger: 'daily at 02:00',
      trigger_kind: 'ScheduleTrigger',
      parent_run_id: null,
      rerun_of: null,
      definition_newer_than_run: false,
      activities: [
        activity('look_up_day', start, 9, { kind: 'Lookup', rows_written: null }),
        activity('copy_weather', start + 10_000, 62, {
          status: 'FAILED',
          error: ERROR,
          error_code: '2200',
          rows_written: 0,
          depends_on: ['look_up_day'],
        }),
        activity('copy_weather', start + 90_000, 120, {
          run_id: 'copy_weather-2',
          status: 'FAILED',
          attempt: 1,
          retry_of: 'copy_weather-1',
          error: ERROR,
          error_code: '2200',
          rows_written: 0,
          depends_on: ['look_up_day'],
        }),
      ],
    },
  };
}

export function createFakeSource(change: Partial<Source> = {}): Source {
  return {
    source: 'adf/flights',
    kind: 'adf',
    name: 'flights',
    settings: {
      kind: 'adf',
      subscription: '11111111-2222-3333-4444-555555555555',
      group: 'flights-rg',
      factory: 'flights-df',
      endpoint: 'https://management.azure.com',
      identity: null,
    },
    bindings: [],
    since: null,
    history_days: 45,
    poll_seconds: 30,
    overlap_seconds: 900,
    enabled: true,
    condition: 'ok',
    error: null,
    fix: null,
    last_attempt: iso(Date.now() - 20_000),
    last_success: iso(Date.now() - 20_000),
    lag_s: 34,
    version: null,
    runs: 1284,
    bad_items: 0,
    backfills: [
      {
        id: 'b',
        since: iso(LAST_NIGHT - 45 * DAY),
        until: iso(LAST_NIGHT),
        reached: iso(LAST_NIGHT - 18 * DAY),
        state: 'running',
        progress: 0.4,
        runs: 411,
        error: null,
        created_at: iso(LAST_NIGHT),
        completed_at: null,
      },
    ],
    created_at: iso(LAST_NIGHT),
    updated_at: iso(LAST_NIGHT),
    links: {},
    ...change,
  };
}

export const createFakeSources = () => ({
  items: [
    createFakeSource(),
    createFakeSource({
      source: 'mlflow/main',
      kind: 'mlflow',
      name: 'main',
      settings: {
        kind: 'mlflow',
        url: 'https://mlflow.example.com',
        registry: null,
        experiments: [],
        token: 'MLFLOW',
      },
      bindings: [
        {
          model: 'flight-delay',
          experiments: [],
          registered_model: 'flight-delay',
          table: 'predictions',
        },
      ],
      condition: 'credentials',
      error: 'The server answered 401 to the token of BELLWETHER_SECRET_MLFLOW.',
      fix: 'Give the collector a token that may read experiments and registered models.',
      last_success: iso(Date.now() - 5 * HOUR),
      lag_s: 5 * 3600,
      version: '3.17.2',
      bad_items: 2,
      backfills: [],
    }),
  ],
});
