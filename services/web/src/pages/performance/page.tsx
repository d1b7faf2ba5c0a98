// How well the model does: from labels where there are some, estimated where not, both on one axis.
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { modelQuery } from '../../api/models';
import { performanceQuery } from '../../api/performance';
import type { Model } from '../../api/types';
import { text, useUrl } from '../../app/url';
import { Empty } from '../../ui/empty';
import { Loaded } from '../../ui/loaded';
import { Refusals } from '../../ui/refusals';
import { ModelHead } from '../model/head';
import { TIME, newestOf, windowOf } from '../time/window';
import { PerformanceView } from './view';

const SPEC = { ...TIME, metric: text, segment: text };
export type PerformanceUrl = ReturnType<typeof useUrl<typeof SPEC>>;

export function PerformancePage() {
  const { model: name = '' } = useParams();
  const url = useUrl(SPEC);
  const model = useQuery(modelQuery(name));
  return (
    <>
      <title>{`Performance of ${name} · Bellwether`}</title>
      <ModelHead name={name} model={model.data} />
      <Refusals refused={url.refused} />
      <Loaded query={model} what={`the model ${name}`} height={560}>
        {(found) => <Both model={found} url={url} />}
      </Loaded>
    </>
  );
}

function Both({ model, url }: { model: Model; url: PerformanceUrl }) {
  const window = windowOf(url.values, newestOf(model));
  const { metric, segment } = url.values;
  const realised = useQuery(performanceQuery(model.name, 'realised', metric, segment, window));
  const estimated = useQuery(performanceQuery(model.name, 'estimated', metric, segment, window));
  return (
    <Loaded query={estimated} what="the estimated performance" height={560}>
      {(guess) => (
        <Loaded
          query={realised}
          what="the realised performance"
          height={560}
          empty={(real) =>
            real.points.length + guess.points.length ? null : (
              <Empty
                title="Nothing is known about the performance yet"
                command={`bellwether labels ${model.name} labels.parquet`}
              >
                It is estimated from the scores as soon as a batch is analysed, and measured once labels
                arrive: rows of an id and what really happened.
              </Empty>
            )
          }
        >
          {(real) => <PerformanceView model={model} real={real} guess={guess} url={url} />}
        </Loaded>
      )}
    </Loaded>
  );
}
