// Kinds of nodes in words, and the pages of the app that tell more about one.
import type { Graph, NodeKind } from '../../api/types';
import { has } from '../../app/has';
import { paths, withSearch } from '../../app/paths';

export const KIND: Readonly<Record<NodeKind, string>> = {
  pipeline: 'Pipeline',
  activity: 'Activity',
  job: 'Job',
  notebook: 'Notebook',
  dataset: 'Dataset',
  model: 'Model',
  feature: 'Input',
  pipeline_run: 'Pipeline run',
  activity_run: 'Activity run',
  compute_run: 'Compute run',
  ml_run: 'MLflow run',
  run: 'Run',
  dataset_version: 'Dataset version',
  code_version: 'Code version',
  logged_model: 'Logged model',
  model_version: 'Model version',
  reference: 'Reference',
  batch: 'Batch',
  labels: 'Labels',
  profile: 'Profile',
  report: 'Report',
  incident: 'Incident',
};

/** A node id taken apart: `kind:namespace:name#version`, each part percent-encoded. */
export function parse(id: string): { kind: string; namespace: string; name: string; version: string | null } {
  const [kind = '', namespace = '', rest = ''] = split(id);
  const hash = rest.indexOf('#');
  const [name, version] = hash < 0 ? [rest, null] : [rest.slice(0, hash), rest.slice(hash + 1)];
  return {
    kind,
    namespace: decode(namespace),
    name: decode(name),
    version: version === null ? null : decode(version),
  };
}

function split(id: string): string[] {
  const first = id.indexOf(':');
  const second = id.indexOf(':', first + 1);
  return first < 0 || second < 0
    ? [id]
    : [id.slice(0, first), id.slice(first + 1, second), id.slice(second + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The page of the app about a node; null where there is none. */
export function pageOf(id: string): { title: string; to: string } | null {
  const { kind, namespace, name } = parse(id);
  if ((kind === 'pipeline_run' || kind === 'ml_run') && has('/runs/{run}')) {
    return { title: 'Open the run', to: paths.run(name) };
  }
  if (kind === 'activity_run' && has('/runs/{run}')) {
    const [run = '', activity] = name.split('/');
    return { title: 'Open the run', to: withSearch(paths.run(run), { activity }) };
  }
  if (kind === 'pipeline' && has('/pipelines'))
    return { title: 'Open the pipeline', to: paths.pipeline(name) };
  const model = namespace.split('/')[1];
  if (kind === 'model' && namespace === 'bellwether')
    return { title: 'Open the model', to: paths.model(name) };
  if (kind === 'feature' && model) return { title: 'Open the input', to: paths.feature(model, name) };
  return null;
}

/** Edges that tell a step: that a batch is of the model is why it is shown, not a step of its way. */
export const isTold =
  ({ root }: Graph) =>
  ({ derived, target }: Graph['edges'][number]) =>
    !(derived && target === root);
