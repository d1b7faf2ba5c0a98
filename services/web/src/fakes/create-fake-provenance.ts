// The graph of a flight model: every day an export, a Data Factory run, the features, a batch and its report; five
// model versions. For a week the run that renews the wind speeds failed, and the batches rest on old data.
import type { Columns, Diff, Found, Impact } from '../api/lineage';
import type { Graph, GraphMark, GraphNode, GraphStep, NodeKind } from '../api/types';
import { batchId, DAY, dayOf, DAYS, FIRST, INCIDENT, indexOf, iso, statusOf } from './scenario';

const HOUR = DAY / 24;
const MODEL = 'flight-delay';
const OWN = `bellwether/${MODEL}`;
const TITLES = {
  source: 'Source',
  data_factory: 'Data Factory',
  compute: 'Compute',
  datasets: 'Datasets',
  mlflow: 'MLflow',
  versions: 'Versions',
  batches: 'Batches',
  reports: 'Reports',
} as const;
type LaneKey = keyof typeof TITLES;
const ERROR = 'Copy failed: the weather service answered 504 after 3 tries';

export const ids = {
  model: `model:bellwether:${MODEL}`,
  source: (day: number) => `dataset_version:https://weather:observations#external-${day}`,
  run: (day: number) => `pipeline_run:adf:run-${day}`,
  data: (day: number) => `dataset_version:abfss://lake@flights:features#run~${day}`,
  version: (v: number) => `model_version:mlflow/main:${MODEL}#${v}`,
  batch: (day: number) => `batch:${OWN}:${batchId(day)}`,
  report: (day: number) => `report:${OWN}:drift/${batchId(day)}`,
};

const isBad = (day: number) => day >= INCIDENT.from && day < INCIDENT.to;
const versionOf = (day: number) => Math.min(4, Math.floor(day / 28)) + 1;

function mark(
  id: string,
  kind: NodeKind,
  label: string,
  start: number,
  more: Partial<GraphMark> = {},
): GraphMark {
  return {
    id,
    kind,
    label,
    start: iso(start),
    end: null,
    status: 'SUCCEEDED',
    verdict: null,
    count: 1,
    stale: false,
    on_path: false,
    standing: false,
    detail: label,
    ...more,
  };
}

/** `repeats` runs of the pipeline a day. */
export function createFakeGraph(days: [number, number] = [0, DAYS], repeats = 1): Graph {
  const found: Record<LaneKey, GraphMark[]> = {
    source: [],
    data_factory: [],
    compute: [],
    datasets: [],
    mlflow: [],
    versions: [],
    batches: [],
    reports: [],
  };
  const edges: Graph['edges'] = [];
  const edge = (source: string, rel: Graph['edges'][number]['rel'], target: string) =>
    edges.push({
      source,
      target,
      rel,
      evidence: rel === 'used' ? 'inferred' : 'exact',
      derived: false,
      runs: 1,
    });
  for (let v = versionOf(days[0]); v <= versionOf(days[1] - 1); v++) {
    const end = FIRST + (v === 5 ? DAYS : v * 28) * DAY;
    found.versions.push(
      mark(ids.version(v), 'model_version', `v${v}`, FIRST + (v - 1) * 28 * DAY, { end: iso(end) }),
    );
  }
  for (let day = days[0]; day < days[1]; day++) {
    const at = FIRST + day * DAY;
    const hasFailed = isBad(day);
    found.source.push(mark(ids.source(day), 'dataset_version', 'weather observations', at + HOUR));
    found.data_factory.push(
      mark(ids.run(day), 'pipeline_run', 'load_features', at + 2 * HOUR, {
        end: iso(at + 2.3 * HOUR),
        status: hasFailed ? 'FAILED' : 'SUCCEEDED',
        detail: hasFailed ? `load_features failed: ${ERROR}` : 'load_features succeeded and wrote 912 rows',
      }),
    );
    for (let r = 1; r < repeats; r++) {
      found.data_factory.push(
        mark(`${ids.run(day)}-${r}`, 'pipeline_run', `load_features, part ${r}`, at + 2 * HOUR + r * 60_000),
      );
    }
    found.datasets.push(
      mark(ids.data(day), 'dataset_version', 'features', at + 2.3 * HOUR, { stale: hasFailed }),
    );
    found.batches.push(
      mark(ids.batch(day), 'batch', 'batch', at + 3 * HOUR, { detail: 'Batch with 912 rows' }),
    );
    const verdict = statusOf(indexOf(day) / 100, 0.06, 0.12);
    found.reports.push(
      mark(ids.report(day), 'report', 'drift', at + 4 * HOUR, {
        verdict,
        detail: `Drift report: ${verdict}`,
      }),
    );
    edge(ids.source(day), 'used', ids.run(day));
    edge(ids.run(day), 'generated', ids.data(day));
    edge(ids.data(day), 'used', ids.batch(day));
    edge(ids.version(versionOf(day)), 'scored', ids.batch(day));
    edge(ids.batch(day), 'evaluated', ids.report(day));
  }
  const last = days[1] - 1;
  return {
    root: ids.model,
    model: MODEL,
    level: 'run',
    from: iso(FIRST + days[0] * DAY),
    to: iso(FIRST + days[1] * DAY),
    version: iso(FIRST + days[1] * DAY),
    truncated: false,
    hidden: {},
    lanes: Object.entries(TITLES).map(([key, title]) => ({
      key: key as LaneKey,
      title,
      marks: found[key as LaneKey],
    })),
    edges,
    path: createFakePath(last),
    sources: [{ name: 'adf/flights', last_ok: iso(FIRST + days[1] * DAY), state: 'ok' }],
  };
}

/** The way from a day's report up to the run behind it, as the server gives it: the report first. */
export function createFakePath(day: number): GraphStep[] {
  const graph = (
    n: number,
    id: string,
    kind: NodeKind,
    sentence: string,
    more: Partial<GraphStep> = {},
  ): GraphStep => ({
    step: n,
    id,
    kind,
    sentence,
    status: 'SUCCEEDED',
    verdict: null,
    at: iso(FIRST + day * DAY + (5 - n) * HOUR),
    evidence: 'exact',
    links: [],
    ...more,
  });
  return [
    graph(1, ids.report(day), 'report', isBad(day) ? 'wind_speed drifts: 0.74' : 'Nothing drifts', {
      verdict: isBad(day) ? 'act' : 'fine',
    }),
    graph(2, ids.batch(day), 'batch', 'Batch with 912 rows', { evidence: 'inferred' }),
    graph(3, ids.data(day), 'dataset_version', 'Dataset features, 912 rows'),
    graph(
      4,
      ids.run(day),
      'pipeline_run',
      isBad(day) ? `load_features failed: ${ERROR}` : 'load_features succeeded',
      {
        status: isBad(day) ? 'FAILED' : 'SUCCEEDED',
        links: [{ title: 'Open in Data Factory', href: 'https://adf.azure.com/monitoring/run' }],
      },
    ),
  ];
}

/** The neighbourhood of one node: its day. */
export function createFakeNeighbourhood(node: string): Graph {
  if (node === ids.model) return createFakeGraph();
  const day = dayOfNode(node);
  return { ...createFakeGraph([day, day + 1]), root: node, path: createFakePath(day) };
}

function dayOfNode(node: string): number {
  const number = /(?:run-|external-|run~)(\d+)/.exec(node);
  return number ? Number(number[1]) : node.includes('~batch~') ? dayOf(node) : DAYS - 1;
}

export function createFakeNode(id: string): GraphNode {
  const day = dayOfNode(id);
  const all = createFakeGraph([day, day + 1]).lanes.flatMap(({ marks }) => marks);
  const { kind, label, status, verdict, start, end } = all.find((one) => one.id === id) ?? all[0]!;
  const said = (name: string, value: GraphNode['attributes'][number]['value']) => ({
    name,
    value,
    source: 'adf/flights',
    time: iso(FIRST + day * DAY + 3 * HOUR),
  });
  return {
    id,
    kind,
    label,
    job: null,
    status,
    verdict,
    start,
    end,
    last: iso(FIRST + day * DAY + 3 * HOUR),
    known: true,
    deleted_at: null,
    clock_skew_s: null,
    attributes: [
      ...(status === 'FAILED' ? [said('error', ERROR), said('activity', 'copy_weather')] : []),
      said('rows', 912),
      said('trigger', 'daily at 02:00'),
    ],
    neighbours: [
      { rel: 'used', direction: 'up', count: 1, more: false, newest: [ids.source(day)] },
      { rel: 'generated', direction: 'down', count: 1, more: false, newest: [ids.data(day)] },
    ],
    links: [{ title: 'Open in Data Factory', href: 'https://adf.azure.com/monitoring/run' }],
  };
}

export function createFakeFound(text: string): Found {
  const { lanes } = createFakeGraph([INCIDENT.from - 1, INCIDENT.to]);
  const items = lanes
    .flatMap(({ marks }) => marks)
    .filter(({ label, id }) => label.includes(text) || id === text)
    .map(({ id, kind, label, status, verdict, start }) => ({
      id,
      kind,
      label,
      status,
      verdict,
      last: start!,
    }));
  return { items: items.slice(0, 50), truncated: items.length > 50 };
}

export function createFakeImpact(node: string): Impact {
  const day = dayOfNode(node);
  const { lanes } = createFakeGraph([day, day + 1]);
  const of = (lane: LaneKey) =>
    lanes
      .find(({ key }) => key === lane)!
      .marks.map(({ id, kind, label, status, verdict, start }) => ({
        id,
        kind,
        label,
        status,
        verdict,
        last: start!,
      }));
  return {
    node,
    sentence: '1 batch and 1 report of 1 model rest on it.',
    models: [{ model: MODEL, batches: 1, reports: 1, verdict: 'act', newest: iso(FIRST + day * DAY) }],
    batches: of('batches'),
    reports: of('reports'),
    others: of('datasets'),
    foreign: 0,
    truncated: false,
  };
}

export function createFakeDiff(a: string, b: string): Diff {
  return {
    a,
    b,
    sentence: 'Two things differ in how they came about.',
    only_a: [],
    only_b: [],
    changed: [
      {
        role: 'pipeline_run load_features',
        kind: 'pipeline_run',
        label: 'load_features',
        a: ids.run(INCIDENT.from),
        b: ids.run(INCIDENT.from - 1),
        changes: [
          { field: 'status', a: 'FAILED', b: 'SUCCEEDED' },
          { field: 'rows', a: null, b: 912 },
        ],
      },
    ],
    same: 4,
  };
}

export function createFakeColumns(feature: string): Columns {
  const [features, feed] = ['dataset:abfss://lake@flights:features', 'dataset:abfss://lake@flights:weather'];
  const source = feature === 'wind_speed' ? 'wind_speed_mph' : feature;
  return {
    node: `feature:${OWN}:${feature}`,
    column: feature,
    direction: 'up',
    sentence: `${feature} comes from weather.${source}.`,
    columns: [
      { node: features, label: 'features', column: feature, type: 'Double', depth: 0 },
      { node: feed, label: 'weather', column: source, type: null, depth: 1 },
    ],
    edges: [
      {
        source: feed,
        source_column: source,
        target: features,
        target_column: feature,
        by: 'activity_run:adf:run-62/copy',
        evidence: 'exact',
      },
    ],
    truncated: false,
  };
}
