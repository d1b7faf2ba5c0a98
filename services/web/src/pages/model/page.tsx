// One model: the verdict in a sentence, then everything on one time axis, then what drifted in the chosen batch.
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { modelQuery, referenceQuery } from '../../api/models';
import type { Model } from '../../api/types';
import { oneOf, text, useUrl } from '../../app/url';
import { Empty } from '../../ui/empty';
import { Faults } from '../../ui/faults';
import { count } from '../../ui/format';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { Refusals } from '../../ui/refusals';
import { has } from '../../app/has';
import { PERSONAS } from '../insights/personas';
import { Head, ModelHead } from './head';
import { History } from './history';
import { TopFive } from './top-five';
import { TIME } from '../time/window';

export const MODEL_SPEC = {
  ...TIME,
  view: oneOf(['map', 'table'], 'map'),
  persona: oneOf(PERSONAS, 'business'),
  /** The inputs listed of the chosen batch, and what is looked for among them. */
  inputs: oneOf(['drifted', 'all'], 'drifted'),
  q: text,
  /** How many inputs are drawn over time, and the chosen step of the provenance. */
  map: oneOf(['top', 'all'], 'top'),
  node: text,
};
export type ModelUrl = ReturnType<typeof useUrl<typeof MODEL_SPEC>>;

export function ModelPage() {
  const { model: name = '' } = useParams();
  const query = useQuery(modelQuery(name));
  const url = useUrl(MODEL_SPEC);
  return (
    <>
      <title>{`${name} · Bellwether`}</title>
      <ModelHead name={name} model={query.data} />
      <Loaded query={query} what={`the model ${name}`} height={420}>
        {(model) => (
          <>
            <Head model={model} />
            <Refusals refused={url.refused} />
            {model.summary.batch_end === null ? (
              <NoBatches model={model} />
            ) : (
              <>
                {has('/models/{model}/kpis') && (
                  <TopFive
                    model={name}
                    persona={url.values.persona}
                    onPersona={(persona) => url.set({ persona })}
                  />
                )}
                <History model={model} url={url} />
              </>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}

function NoBatches({ model }: { model: Model }) {
  const { data } = useQuery(referenceQuery(model.name));
  if (data?.state === 'rejected') {
    return (
      <Panel title="The reference was rejected" lead="Push it again once these are mended.">
        <Faults faults={data.reasons} />
      </Panel>
    );
  }
  return data?.state === 'ready' ? (
    <Empty title="No batches yet" command={`bellwether log ${model.name} today.parquet`}>
      The reference stands: {count(data.rows)} rows. Push the first batch of predictions and its drift appears
      here.
    </Empty>
  ) : (
    <Empty
      title={data ? 'The reference is being read' : 'No reference yet'}
      {...(!data && { command: `bellwether model add ${model.name} --reference reference.parquet` })}
    >
      Drift is the difference from a reference: usually the rows the model was trained on.
    </Empty>
  );
}
