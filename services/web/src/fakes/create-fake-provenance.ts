// The graph of a flight model: every day an export, a Data Factory run, the features, a batch and its report; five
// model versions. For a week the wind speed arrives in another unit; two runs failed, one day is missing.
import type { Flow } from '../graph/walk';
import type { Lane, Mark } from '../graph/layout';
import { DAY, DAYS, FIRST, INCIDENT, iso, statusOf, indexOf } from './scenario';

const HOUR = DAY / 24;

type Step = Mark & { count: number };

export interface FakeGraph {
  lanes: Lane[];
  edges: Flow[];
}

/** `repeats` runs of the pipeline a day. */
export function createFakeGraph(days: [number, number] = [0, DAYS], repeats = 1): FakeGraph {
  const found: Record<string, Step[]> = {};
  const edges: Flow[] = [];
  const add = (
    lane: string,
    id: string,
    label: string,
    start: number,
    status = 'SUCCEEDED',
    end?: number,
  ) => {
    (found[lane] ??= []).push({
      id,
      label,
      start: iso(start),
      end: end === undefined ? null : iso(end),
      status,
      count: 1,
      stale: false,
      on_path: false,
    });
    return id;
  };
  const versionOf = (day: number) => Math.min(4, Math.floor(day / 28));
  for (let v = versionOf(days[0]); v <= versionOf(days[1] - 1); v++) {
    const last = v === 4 ? DAYS : (v + 1) * 28;
    add(
      'versions',
      `model_version:mlflow/ml:flight-delay#${v + 1}`,
      `v${v + 1}`,
      FIRST + v * 28 * DAY,
      'SUCCEEDED',
      FIRST + last * DAY,
    );
  }
  for (let day = days[0]; day < days[1]; day++) {
    const at = FIRST + day * DAY;
    const isBad = day >= INCIDENT.from && day < INCIDENT.to;
    const source = add('source', `dataset:weather:export#${day}`, 'weather.export', at + HOUR);
    const run = add(
      'data_factory',
      `pipeline_run:adf:${day}`,
      'load_features',
      at + 2 * HOUR,
      isBad ? 'FAILED' : 'SUCCEEDED',
      at + 2.3 * HOUR,
    );
    for (let r = 1; r < repeats; r++)
      add(
        'data_factory',
        `pipeline_run:adf:${day}-${r}`,
        `load_features, part ${r}`,
        at + 2 * HOUR + r * 60_000,
      );
    const data = add('datasets', `dataset_version:lake:features#${day}`, 'features', at + 2.3 * HOUR);
    const batch = add('batches', `batch:bellwether/flight-delay:${day}`, 'batch', at + 3 * HOUR);
    const report = add(
      'reports',
      `report:bellwether/flight-delay:drift/${day}`,
      'drift',
      at + 4 * HOUR,
      statusOf(indexOf(day) / 100, 0.06, 0.12),
    );
    edges.push(
      { source, target: run },
      { source: run, target: data },
      { source: data, target: batch },
      { source: `model_version:mlflow/ml:flight-delay#${versionOf(day) + 1}`, target: batch },
      { source: batch, target: report },
    );
  }
  const titles = {
    source: 'Source',
    data_factory: 'Data Factory',
    datasets: 'Datasets',
    versions: 'Versions',
    batches: 'Batches',
    reports: 'Reports',
  };
  const lanes = Object.entries(titles).map(([key, title]) => ({ key, title, marks: found[key] ?? [] }));
  return { lanes, edges };
}
