// One run: of a pipeline, activity by activity with what failed and its error; or of a tracking server, with what it
// logged.
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { runQuery } from '../../api/pipelines';
import type { Run } from '../../api/types';
import { paths, withSearch } from '../../app/paths';
import { text, useUrl } from '../../app/url';
import { MarkIcon } from '../../graph/path';
import { markStatus, RUN_WORD } from '../../graph/status';
import { duration } from '../../ui/format';
import { Loaded } from '../../ui/loaded';
import { PageHead } from '../../ui/page-head';
import { Ago, Moment } from '../../ui/time';
import { Fact } from '../../ui/verdict';
import { Activities } from './activities';
import { Logged } from './logged';
import { Named } from './named';
import styles from './page.module.css';
import facts from './runs.module.css';

const SPEC = { activity: text };

export function RunPage() {
  const { run = '' } = useParams();
  const url = useUrl(SPEC);
  const query = useQuery(runQuery(run));
  const found = query.data;
  return (
    <>
      <title>{`${found?.title ?? run} · Bellwether`}</title>
      <PageHead
        trail={trailOf(found)}
        title={found?.title ?? run}
        about={found && <code>{found.run_id}</code>}
      >
        {found?.url != null && (
          <a href={found.url}>{found.kind === 'pipeline_run' ? 'Open in Data Factory' : 'Open in MLflow'}</a>
        )}
      </PageHead>
      <Loaded query={query} what="this run" height={420}>
        {(one) => <Shown run={one} activity={url.values.activity} />}
      </Loaded>
    </>
  );
}

function trailOf(run: Run | undefined): [string, string][] {
  const trail: [string, string][] = [['Fleet', paths.fleet()]];
  if (run?.kind === 'ml_run') return [...trail, ['Sources', paths.sources()]];
  trail.push(['Pipelines', paths.pipelines()]);
  if (run?.pipeline) {
    trail.push([
      run.pipeline.pipeline,
      withSearch(paths.pipeline(run.pipeline.pipeline), { source: run.source }),
    ]);
  }
  return trail;
}

function Shown({ run, activity }: { run: Run; activity: string }) {
  const status = markStatus(run);
  return (
    <>
      <section className={styles.verdict} data-status={status} aria-label="How it went">
        <p className={styles.status}>
          <MarkIcon status={status} size={24} silent />
          <b>{RUN_WORD[run.status]}</b>
        </p>
        {run.message !== null && <p className={styles.message}>{run.message}</p>}
      </section>
      <dl className={facts.facts}>
        <Fact name="Began" value={run.start === null ? 'not yet' : <Moment time={run.start} />} />
        <Fact name="Took" value={run.duration_s === null ? 'not ended' : duration(run.duration_s)} />
        <Fact name="Source" value={run.source}>
          seen <Ago time={run.observed_at} />
        </Fact>
        {run.pipeline && (
          <Fact name="Started by" value={run.pipeline.trigger ?? 'not said'}>
            {run.pipeline.trigger_kind ?? ''}
          </Fact>
        )}
        {run.ml && (
          <Fact name="Experiment" value={run.ml.experiment ?? run.ml.experiment_id}>
            {run.ml.user !== null && run.ml.user !== 'unknown' && `by ${run.ml.user}`}
          </Fact>
        )}
      </dl>
      {run.pipeline && (
        <>
          <Activities run={run.pipeline} chosen={activity} />
          <Named title="Parameters" values={run.pipeline.parameters} />
        </>
      )}
      {run.ml && <Logged run={run.ml} />}
    </>
  );
}
