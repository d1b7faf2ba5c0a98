// The pipelines of every watched data factory: how the newest run went, what failed and why, what is late or slow.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { pipelinesQuery } from '../../api/pipelines';
import type { Pipeline } from '../../api/types';
import { paths, withSearch } from '../../app/paths';
import { oneOf, text, useUrl } from '../../app/url';
import { MarkIcon } from '../../graph/path';
import { MARK_WORD } from '../../graph/status';
import { DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Field } from '../../ui/field';
import { count, duration } from '../../ui/format';
import { Loaded } from '../../ui/loaded';
import { PageHead } from '../../ui/page-head';
import { Panel } from '../../ui/panel';
import { Refusals } from '../../ui/refusals';
import { Segments } from '../../ui/segments';
import { Ago } from '../../ui/time';
import { useTyped } from '../../ui/use-typed';
import styles from './page.module.css';
import { byUrgency, isTroubled, standingOf } from './standing';

const SPEC = { q: text, show: oneOf(['all', 'troubled'], 'all') };

export function PipelinesPage() {
  const url = useUrl(SPEC);
  const query = useQuery(pipelinesQuery());
  return (
    <>
      <title>Pipelines · Bellwether</title>
      <PageHead
        trail={[['Fleet', paths.fleet()]]}
        title="Pipelines"
        about="Data Factory runs that feed the models: what failed, what is late, what took long."
      >
        <Link to={paths.sources()}>Sources</Link>
      </PageHead>
      <Refusals refused={url.refused} />
      <Loaded
        query={query}
        what="the pipelines"
        height={360}
        empty={({ items }) =>
          items.length ? null : (
            <Empty title="No pipeline is watched yet">
              Add a data factory under <Link to={paths.sources()}>Sources</Link>: its pipelines, their runs
              and the errors of failed activities then appear here.
            </Empty>
          )
        }
      >
        {({ items }) => <Listed items={items} url={url} />}
      </Loaded>
    </>
  );
}

function Listed({ items, url }: { items: readonly Pipeline[]; url: ReturnType<typeof useUrl<typeof SPEC>> }) {
  const { q, show } = url.values;
  const [typed, type] = useTyped(q, (next) => url.set({ q: next }));
  const troubled = items.filter(isTroubled);
  const shown = (show === 'troubled' ? troubled : [...items])
    .filter(({ pipeline }) => pipeline.toLowerCase().includes(q.toLowerCase()))
    .sort(byUrgency);
  return (
    <Panel
      flush
      title={
        troubled.length
          ? `${count(troubled.length)} of ${count(items.length)} ${troubled.length === 1 ? 'needs' : 'need'} a look`
          : 'All run as they should'
      }
      lead="Judged by the newest 50 runs of each."
      aside={
        <>
          <Field
            label="Search pipelines"
            bare
            type="search"
            placeholder="Search"
            value={typed}
            onChange={(event) => type(event.currentTarget.value)}
          />
          <Segments
            label="Pipelines shown"
            value={show}
            options={[
              ['all', `All (${items.length})`],
              ['troubled', `Need a look (${troubled.length})`],
            ]}
            onChange={(next) => url.set({ show: next })}
          />
        </>
      }
    >
      {shown.length === 0 ? (
        <p className={styles.none}>No pipeline is called like that.</p>
      ) : (
        <DataTable stack caption="Pipelines, the most urgent first">
          <thead>
            <tr>
              <th scope="col">Last run</th>
              <th scope="col">Pipeline</th>
              <th scope="col">What happened</th>
              <th scope="col" data-number>
                Succeeded
              </th>
              <th scope="col" data-number>
                Usual time
              </th>
              <th scope="col">Every</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((one) => (
              <Row key={`${one.source} ${one.pipeline}`} pipeline={one} />
            ))}
          </tbody>
        </DataTable>
      )}
    </Panel>
  );
}

function Row({ pipeline: one }: { pipeline: Pipeline }) {
  const { status, words } = standingOf(one);
  const last = one.last_run;
  return (
    <tr>
      <td className={styles.standing}>
        <MarkIcon status={status} size={18} silent />
        <b>{MARK_WORD[status]}</b>
        {last?.start != null && (
          <span className="bw-muted">
            <Ago time={last.start} />
          </span>
        )}
      </td>
      <th scope="row">
        <Link to={withSearch(paths.pipeline(one.pipeline), { source: one.source })}>{one.pipeline}</Link>
        <span className={styles.factory}>{one.source}</span>
      </th>
      <td className={styles.what} data-wide>
        {words}
        {last?.status === 'FAILED' && last.message !== null && <code>{last.message}</code>}
        {last?.status === 'FAILED' && <Link to={paths.run(last.run_id)}>Open the failed run</Link>}
      </td>
      <td data-number data-label="Succeeded">{`${one.succeeded} of ${one.succeeded + one.failed}`}</td>
      <td data-number data-label="Usual time">
        {one.median_duration_s === null ? 'not known' : duration(one.median_duration_s)}
      </td>
      <td data-label="Every">
        {one.expected_every_s === null ? 'on demand' : duration(one.expected_every_s)}
      </td>
    </tr>
  );
}
