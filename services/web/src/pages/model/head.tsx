// Who the model is, and the verdict about it in one sentence.
import { useQuery } from '@tanstack/react-query';
import { referenceQuery } from '../../api/models';
import type { Model } from '../../api/types';
import { has } from '../../app/has';
import { paths } from '../../app/paths';
import { count, date, index, lastDay } from '../../ui/format';
import { PageHead } from '../../ui/page-head';
import { Aspects } from '../../ui/aspects';
import { StatusBadge } from '../../ui/status';
import { Since, Span } from '../../ui/time';
import { LikelyCause } from './likely-cause';
import { MuteButton } from './mute';
import { ModelNav } from './nav';
import { OpenIncidents } from './open-incidents';
import { Fact, Verdict } from '../../ui/verdict';

const TASK = { binary: 'Binary classifier', multiclass: 'Classifier', regression: 'Regression' } as const;

/** The name of a model and the way to its pages; stands also when nothing else of it could be loaded. */
export function ModelHead({
  name,
  model,
  about,
}: {
  name: string;
  model?: Model | undefined;
  about?: string;
}) {
  const said =
    model &&
    [TASK[model.task], model.owner && `owned by ${model.owner}`, model.tier && `tier ${model.tier}`]
      .filter(Boolean)
      .join(' · ');
  return (
    <>
      <PageHead
        trail={[['Fleet', paths.fleet()]]}
        title={name}
        tag={model?.version == null ? null : `v${model.version}`}
        about={about ?? said}
      >
        {model && has('/mutes') && <MuteButton model={name} />}
      </PageHead>
      <ModelNav model={name} />
    </>
  );
}

export function Head({ model }: { model: Model }) {
  const { summary } = model;
  const { data: reference } = useQuery(referenceQuery(model.name));
  return (
    <>
      <Verdict
        status={summary.status}
        lead={
          <>
            <StatusBadge status={summary.status} large />
            {summary.since !== null && summary.status !== 'fine' && <Since time={summary.since} />}
            <Aspects aspects={summary.aspects} />
          </>
        }
        sentence={summary.sentence}
        below={
          <>
            {has('/lineage/root-cause') && summary.status !== 'fine' && <LikelyCause model={model.name} />}
            {has('/incidents') && <OpenIncidents model={model.name} />}
          </>
        }
      >
        {summary.batch_end !== null && (
          <>
            <Fact name="Drift index" value={summary.score === null ? 'unknown' : index(summary.score)}>
              {summary.threshold !== null && `of 100, act at ${index(summary.threshold)}`}
            </Fact>
            <Fact name="Inputs drifting" value={String(summary.n_drifted)}>
              {`of ${summary.n_features}`}
            </Fact>
            <Fact name="Batches analysed" value={count(summary.batches)}>
              {`up to ${date(lastDay(summary.batch_end), { timeZone: 'UTC' })}`}
            </Fact>
          </>
        )}
        {reference?.state === 'ready' && (
          <Fact name="Compared with" value={count(reference.rows)}>
            rows
            {reference.start !== null && reference.end !== null && (
              <>
                , <Span start={reference.start} end={reference.end} />
              </>
            )}
          </Fact>
        )}
      </Verdict>
    </>
  );
}
