// What the model looks at: now against the reference, and over time; where what matters has moved; and the way to one
// decision.
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { trendQuery } from '../../api/drift';
import { explanationsQuery, globalQuery } from '../../api/explanations';
import { modelQuery } from '../../api/models';
import type { DriftPoint, Explanations, Model } from '../../api/types';
import { oneOf, useUrl } from '../../app/url';
import { nearest, slots } from '../../charts/scale';
import { Empty } from '../../ui/empty';
import { Loaded } from '../../ui/loaded';
import { Refusals } from '../../ui/refusals';
import { ModelHead } from '../model/head';
import { TIME, newestOf, windowOf } from '../time/window';
import { ExplainView } from './view';

const SPEC = { ...TIME, scope: oneOf(['batch', 'window'], 'batch') };
export type ExplainUrl = ReturnType<typeof useUrl<typeof SPEC>>;

export function ExplainPage() {
  const { model: name = '' } = useParams();
  const url = useUrl(SPEC);
  const model = useQuery(modelQuery(name));
  return (
    <>
      <title>{`Explanations of ${name} · Bellwether`}</title>
      <ModelHead name={name} model={model.data} />
      <Refusals refused={url.refused} />
      <Loaded query={model} what={`the model ${name}`} height={560}>
        {(found) => <Listed model={found} url={url} />}
      </Loaded>
    </>
  );
}

function Listed({ model, url }: { model: Model; url: ExplainUrl }) {
  const window = windowOf(url.values, newestOf(model));
  const list = useQuery(explanationsQuery(model.name));
  const trend = useQuery(trendQuery(model.name, window));
  return (
    <Loaded
      query={list}
      what="the explanations"
      height={560}
      empty={({ items }) =>
        items.length ? null : (
          <Empty title="No batch has been explained yet">
            {model.mlflow === null
              ? 'Name the model’s version in MLflow in its settings, and every batch is explained as it arrives. Until then a batch with enough rows is described by a line through its answers.'
              : 'The next batch is explained as it arrives.'}
          </Empty>
        )
      }
    >
      {(explanations) => (
        <Loaded query={trend} what="the batches" height={560}>
          {(drift) => <Chosen model={model} list={explanations} points={drift.trend.points} url={url} />}
        </Loaded>
      )}
    </Loaded>
  );
}

interface ChosenProps {
  model: Model;
  list: Explanations;
  points: readonly DriftPoint[];
  url: ExplainUrl;
}

function Chosen({ model, list, points, url }: ChosenProps) {
  const isKnown = new Set(list.items.map(({ batch }) => batch));
  const explained = points.filter(({ batch }) => isKnown.has(batch));
  const at = url.values.at === null ? explained.length - 1 : nearest(slots(explained), url.values.at);
  const batch = explained[at]?.batch ?? null;
  const window = windowOf(url.values, newestOf(model));
  const isWindow = url.values.scope === 'window';
  const query = useQuery({
    ...globalQuery(model.name, isWindow ? null : batch, window),
    enabled: isWindow || batch !== null,
    placeholderData: (before) => before,
  });
  if (!explained.length) {
    return (
      <Empty title="No batch of this stretch of time is explained">
        Choose a longer one: 90 days, or all of it.
      </Empty>
    );
  }
  return (
    <Loaded query={query} what="what the model looks at" height={560}>
      {(found) => (
        <ExplainView model={model} found={found} list={list} points={explained} at={at} url={url} />
      )}
    </Loaded>
  );
}
