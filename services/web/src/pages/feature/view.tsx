// The parts of the page about one input.
import type { DriftPoint, Feature, FeatureDrift, Model } from '../../api/types';
import { printMoment } from '../../app/url';
import { count, percent, score, window as windowWords } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { StatusBadge } from '../../ui/status';
import { Fact, Verdict } from '../../ui/verdict';
import { IssueList } from '../issues/list';
import { Drives } from './drives';
import { FeatureHistory } from './history';
import { Methods } from './methods';
import type { FeatureUrl } from './page';
import { Origin } from './origin';
import { Others } from './others';
import { Shape } from './shape';

interface Props {
  model: Model;
  feature: Feature;
  points: readonly DriftPoint[];
  at: number;
  url: FeatureUrl;
}

export function FeatureView({ model, feature, points, at, url }: Props) {
  const { drift } = feature;
  const point = points[at]!;
  const name = windowWords(point.start, point.end);
  return (
    <>
      <Verdict
        status={drift.status}
        lead={
          <>
            <StatusBadge status={drift.status} large />
            <span>{`in the batch of ${name}`}</span>
          </>
        }
        sentence={drift.sentence || drift.reason || 'Nothing is said about this input.'}
      >
        <Fact name="Drift" value={drift.score === null ? 'unknown' : score(drift.score)}>
          {line(drift)}
        </Fact>
        <Fact
          name="Usual share of the decisions"
          value={drift.importance === null ? 'not known' : percent(drift.importance)}
        >
          {drift.harmless
            ? 'drifting, but it hardly matters'
            : drift.importance !== null && 'of what the model looks at'}
        </Fact>
        <Fact name="Missing" value={rate(drift.missing.current)}>
          {`was ${rate(drift.missing.reference)}`}
        </Fact>
        {drift.below_min_rate !== null && drift.above_max_rate !== null ? (
          <Fact name="Outside the known range" value={percent(drift.below_min_rate + drift.above_max_rate)}>
            {`${percent(drift.below_min_rate)} below, ${percent(drift.above_max_rate)} above`}
          </Fact>
        ) : (
          <Fact name="New categories" value={count(drift.new_categories_total)}>
            {drift.new_categories.slice(0, 5).join(', ')}
          </Fact>
        )}
      </Verdict>
      {drift.issues.length > 0 && (
        <Panel title="What is wrong with its values" lead="Against the reference, beyond luck.">
          <IssueList issues={drift.issues} />
        </Panel>
      )}
      <Origin model={model.name} feature={feature.feature} status={drift.status} at={point} />
      <Shape feature={feature} name={name} url={url} />
      <Drives
        model={model.name}
        batch={feature.batch}
        drift={drift}
        at={printMoment(Date.parse(point.start ?? point.end))}
      />
      <FeatureHistory model={model} feature={feature} points={points} at={at} url={url} />
      <Methods drift={drift} />
      <Others model={model.name} batch={feature.batch} feature={feature.feature} at={point} />
    </>
  );
}

const rate = (value: number | null) => (value === null ? 'no rows' : percent(value));

function line({ methods }: FeatureDrift): string | null {
  const threshold = methods[0]?.threshold;
  return threshold == null ? null : `watch from ${score(threshold)}`;
}
