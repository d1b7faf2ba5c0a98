// A pipeline and its runs: how long each took, what it moved, what failed and why.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { pipelinesQuery, runsQuery } from '../../api/pipelines';
import type { RunBrief } from '../../api/types';
import { paths } from '../../app/paths';
import { oneOf, text, useUrl } from '../../app/url';
import { MarkIcon } from '../../graph/path';
import { markStatus, RUN_WORD } from '../../graph/status';
import { Button } from '../../ui/button';
import { DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { count, duration, percent } from '../../ui/format';
import { Loaded } from '../../ui/loaded';
import { PageHead } from '../../ui/page-head';
import { Panel } from '../../ui/panel';
import { Refusals } from '../../ui/refusals';
import { Segments } from '../../ui/segments';
import { Moment } from '../../ui/time';
import { Fact } from '../../ui/verdict';
import styles from './runs.module.css';

const SPEC = { source: text, show: oneOf(['all', 'troubled'], 'all') };

export function PipelinePage() {
  const { pipeline: name = '' } = useParams();
  const url = useUrl(SPEC);
  const query = useInfiniteQuery(runsQuery(url.values.source, name));
  const known = useQuery(pipelinesQuery()).data?.items.find(
    ({ pipeline, source }) => pipeline === name && (!url.values.source || source === url.values.source),
  );
  return (
    <>
      <title>{`${name} · Bellwether`}</title>
      <PageHead
        trail={[
          ['Fleet', paths.fleet()],
          ['Pipelines', paths.pipelines()],
        ]}
        title={name}
        about={
          known && `${known.factory.replace('adf/', '')}${known.folder === null ? '' : `, ${known.folder}`}`
        }
      />
      <Refusals refused={url.refused} />
      {known && (
        <dl className={styles.facts}>
          <Fact
            name="Succeeded"
            value={
              known.succeeded + known.failed
                ? percent(known.succeeded / (known.succeeded + known.failed))
                : 'unknown'
            }
          >
            {`${known.succeeded} of ${known.succeeded + known.failed} runs`}
          </Fact>
          <Fact
            name="Usual time"
            value={known.median_duration_s === null ? 'not known' : duration(known.median_duration_s)}
          >
            median of those that succeeded
          </Fact>
          <Fact
            name="Runs"
            value={
              known.expected_every_s === null ? 'on demand' : `every ${duration(known.expected_every_s)}`
            }
          >
            {known.late ? 'one is due that has not begun' : known.triggers.map((one) => one.name).join(', ')}
          </Fact>
          <Fact name="Activities" value={count(known.activities.length)}>
            {known.activities.map((one) => one.name).join(' → ')}
          </Fact>
        </dl>
      )}
      <Loaded
        query={query}
        what={`the runs of ${name}`}
        height={360}
        empty={({ pages }) =>
          pages[0]?.items.length ? null : (
            <Empty title="No run has been seen yet">The next one appears here by itself.</Empty>
          )
        }
      >
        {({ pages }) => {
          const runs = pages.flatMap(({ items }) => items);
          const troubled = runs.filter(
            ({ status, slow }) => slow || status === 'FAILED' || status === 'ABORTED',
          );
          return (
            <Panel
              flush
              title="Runs, newest first"
              aside={
                <Segments
                  label="Runs shown"
                  value={url.values.show}
                  options={[
                    ['all', `All (${runs.length})`],
                    ['troubled', `Failed or slow (${troubled.length})`],
                  ]}
                  onChange={(show) => url.set({ show })}
                />
              }
            >
              <RunTable
                runs={url.values.show === 'all' ? runs : troubled}
                usual={known?.median_duration_s ?? null}
              />
              {query.hasNextPage && (
                <div className={styles.more}>
                  <Button onClick={() => void query.fetchNextPage()} disabled={query.isFetchingNextPage}>
                    Show older runs
                  </Button>
                </div>
              )}
            </Panel>
          );
        }}
      </Loaded>
    </>
  );
}

function RunTable({ runs, usual }: { runs: readonly RunBrief[]; usual: number | null }) {
  const most = Math.max(...runs.map(({ duration_s }) => duration_s ?? 0), 1);
  if (!runs.length) return <p className={styles.none}>None failed or took long.</p>;
  return (
    <DataTable stack caption="Runs of the pipeline">
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Began</th>
          <th scope="col">Took</th>
          <th scope="col">What happened</th>
          <th scope="col" data-number>
            Rows written
          </th>
          <th scope="col">Trigger</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => {
          const status = markStatus(run);
          return (
            <tr key={run.run_id}>
              <td className={styles.status}>
                <MarkIcon status={status} size={18} silent /> {RUN_WORD[run.status]}
              </td>
              <th scope="row">
                <Link to={paths.run(run.run_id)}>
                  {run.start === null ? run.run_id : <Moment time={run.start} />}
                </Link>
              </th>
              <td data-label="Took">
                <Took seconds={run.duration_s} most={most} usual={usual} isSlow={run.slow} />
              </td>
              <td className={styles.what} data-wide>
                {run.failed_activity !== null && <b>{run.failed_activity} failed</b>}
                {run.message !== null && <code>{run.message}</code>}
                {run.failed_activity === null && run.message === null && run.slow && 'Much longer than usual'}
                {run.url !== null && <a href={run.url}>Open in Data Factory</a>}
              </td>
              <td data-number data-label="Rows written">
                {run.rows_written === null ? 'not said' : count(run.rows_written)}
              </td>
              <td data-label="Trigger">{run.trigger ?? 'not said'}</td>
            </tr>
          );
        })}
      </tbody>
    </DataTable>
  );
}

interface TookProps {
  seconds: number | null;
  most: number;
  usual: number | null;
  isSlow: boolean;
}

/** A duration as a bar, the usual one as a mark across it. */
function Took({ seconds, most, usual, isSlow }: TookProps) {
  if (seconds === null) return <span className="bw-muted">not ended</span>;
  return (
    <span className={styles.took}>
      <span className={styles.track} aria-hidden="true">
        <i data-slow={isSlow || undefined} style={{ width: `${(100 * seconds) / most}%` }} />
        {usual !== null && usual <= most && <b style={{ left: `${(100 * usual) / most}%` }} />}
      </span>
      <span>
        {duration(seconds)}
        {isSlow && ', slow'}
      </span>
    </span>
  );
}
