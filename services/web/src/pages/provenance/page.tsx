// Where the batches of a model come from: every step by kind and time, the way from a report to the run behind it,
// what rests on a step, and what was different before.
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { graphQuery, modelNode } from '../../api/lineage';
import { modelQuery } from '../../api/models';
import { Problem } from '../../api/problem';
import type { Graph, Model } from '../../api/types';
import { countOf, moment, oneOf, text, useUrl } from '../../app/url';
import { Empty } from '../../ui/empty';
import { Loaded } from '../../ui/loaded';
import { Refusals } from '../../ui/refusals';
import { ModelHead } from '../model/head';
import { TIME, newestOf, windowOf } from '../time/window';
import { ProvenanceView } from './view';

export const PROVENANCE_SPEC = {
  ...TIME,
  range: oneOf(['7d', '30d', '90d', 'all'], '30d'),
  node: text,
  view: oneOf(['lanes', 'path', 'table'], 'lanes'),
  up: countOf(0, 20, 8),
  down: countOf(0, 20, 2),
  level: oneOf(['run', 'job'], 'run'),
  asof: moment,
  /** What is looked for, and what the chosen step is compared with. */
  q: text,
  versus: text,
};
export type ProvenanceUrl = ReturnType<typeof useUrl<typeof PROVENANCE_SPEC>>;

export function ProvenancePage() {
  const { model: name = '' } = useParams();
  const url = useUrl(PROVENANCE_SPEC);
  const model = useQuery(modelQuery(name));
  return (
    <>
      <title>{`Provenance of ${name} · Bellwether`}</title>
      <ModelHead name={name} model={model.data} />
      <Refusals refused={url.refused} />
      <Loaded query={model} what={`the model ${name}`} height={560}>
        {(found) => <InTime model={found} url={url} />}
      </Loaded>
    </>
  );
}

const WHOLE = { up: 8, down: 2 };

function InTime({ model, url }: { model: Model; url: ProvenanceUrl }) {
  const { level, asof } = url.values;
  const window = windowOf(url.values, newestOf(model));
  const view = { ...WHOLE, level, asof: asof === null ? undefined : new Date(asof).toISOString() };
  const query = useQuery({
    ...graphQuery(model.name, modelNode(model.name), view, window),
    placeholderData: (before) => before,
  });
  // A model that nothing was told about yet has no node: that is empty, not a fault.
  if (query.error instanceof Problem && query.error.status === 404) return <Nothing model={model.name} />;
  return (
    <Loaded query={query} what="the provenance" height={560} empty={(graph) => nothing(graph, model.name)}>
      {(graph) => <ProvenanceView model={model} graph={graph} url={url} />}
    </Loaded>
  );
}

function nothing(graph: Graph, model: string) {
  const isEmpty = graph.lanes.every(({ marks }) => marks.every(({ kind }) => kind === 'model'));
  return isEmpty ? <Nothing model={model} /> : null;
}

function Nothing({ model }: { model: string }) {
  return (
    <Empty title="Nothing is known of this stretch of time" command={`bellwether log ${model} today.parquet`}>
      Choose a longer one, or push a batch. What made the data appears once a tracking server or a data
      factory is watched.
    </Empty>
  );
}
