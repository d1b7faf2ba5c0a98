// One input: what is said about it in the chosen batch, its shape then and now, and how it came there over time.
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { featureQuery, trendQuery } from '../../api/drift';
import { modelQuery } from '../../api/models';
import type { Model } from '../../api/types';
import { paths } from '../../app/paths';
import { oneOf, useUrl } from '../../app/url';
import { nearest, slots } from '../../charts/scale';
import { Empty } from '../../ui/empty';
import { Loaded } from '../../ui/loaded';
import { PageHead } from '../../ui/page-head';
import { Refusals } from '../../ui/refusals';
import { useSameTime } from '../time/same-time';
import { TIME, newestOf, windowOf } from '../time/window';
import { FeatureView } from './view';

export const FEATURE_SPEC = {
  ...TIME,
  shape: oneOf(['over', 'beside', 'table'], 'over'),
  method: oneOf(['score', 'psi', 'ks', 'wasserstein', 'chi2', 'tvd', 'cramer_v'], 'score'),
};
export type FeatureUrl = ReturnType<typeof useUrl<typeof FEATURE_SPEC>>;

export function FeaturePage() {
  const { model: name = '', feature = '' } = useParams();
  const url = useUrl(FEATURE_SPEC);
  const model = useQuery(modelQuery(name));
  const sameTime = useSameTime();
  return (
    <>
      <title>{`${feature} in ${name} · Bellwether`}</title>
      <PageHead
        trail={[
          ['Fleet', paths.fleet()],
          [name, sameTime(paths.model(name))],
        ]}
        title={feature}
      />
      <Refusals refused={url.refused} />
      <Loaded query={model} what={`the model ${name}`} height={560}>
        {(found) => <InTime key={feature} model={found} feature={feature} url={url} />}
      </Loaded>
    </>
  );
}

function InTime({ model, feature, url }: { model: Model; feature: string; url: FeatureUrl }) {
  const window = windowOf(url.values, newestOf(model));
  const trend = useQuery(trendQuery(model.name, window));
  const points = trend.data?.trend.points ?? [];
  const at = url.values.at === null ? points.length - 1 : nearest(slots(points), url.values.at);
  const batch = points[at]?.batch;
  const query = useQuery({
    ...featureQuery(model.name, feature, batch, window),
    enabled: batch !== undefined,
    placeholderData: (before) => before,
  });
  return (
    <Loaded
      query={trend}
      what="the batches"
      height={560}
      empty={(drift) =>
        drift.trend.points.length ? null : (
          <Empty title="No batches in this stretch of time">Choose a longer one.</Empty>
        )
      }
    >
      {() => (
        <Loaded query={query} what={`the input ${feature}`} height={560}>
          {(found) => <FeatureView model={model} feature={found} points={points} at={at} url={url} />}
        </Loaded>
      )}
    </Loaded>
  );
}
