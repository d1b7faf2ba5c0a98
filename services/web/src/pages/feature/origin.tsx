// Where the input comes from: the likely cause of its change with the run behind it, and the columns it is made of.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { inputCausesQuery } from '../../api/causes';
import { columnsQuery, type Columns } from '../../api/lineage';
import { Problem } from '../../api/problem';
import type { Cause, DriftPoint, Status } from '../../api/types';
import { has } from '../../app/has';
import { paths, withSearch } from '../../app/paths';
import { printMoment } from '../../app/url';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { Moment } from '../../ui/time';
import { pageOf } from '../provenance/words';
import styles from './origin.module.css';

interface Props {
  model: string;
  feature: string;
  status: Status;
  at: DriftPoint;
}

export function Origin({ model, feature, status, at }: Props) {
  const moment = printMoment(Date.parse(at.start ?? at.end));
  if (!has('/lineage/columns')) return null;
  return (
    <Panel
      title="Where it comes from"
      aside={
        <Link to={withSearch(paths.provenance(model), { at: moment })}>Everything behind this batch</Link>
      }
    >
      <div className={styles.origin}>
        {(status === 'act' || status === 'watch') && (
          <LikelyCause model={model} feature={feature} batch={at.batch} />
        )}
        <Made model={model} feature={feature} />
      </div>
    </Panel>
  );
}

function LikelyCause({ model, feature, batch }: { model: string; feature: string; batch: string }) {
  const query = useQuery(inputCausesQuery(model, feature, batch));
  return (
    <section aria-label="Likely cause of the change">
      <h3>Why it changed</h3>
      <Loaded query={query} what="the likely cause" height={80}>
        {({ causes, sentence, reason }) => {
          const [first] = causes.filter(({ rejected }) => !rejected);
          return first ? (
            <Told model={model} cause={first} />
          ) : (
            <p className="bw-muted">{sentence || reason || 'No step before this batch stands out.'}</p>
          );
        }}
      </Loaded>
    </section>
  );
}

function Told({ model, cause }: { model: string; cause: Cause }) {
  const run = pageOf(cause.node);
  return (
    <>
      <p>
        {cause.sentence}. <span className={styles.strength}>{`${cause.strength} evidence`}</span>
      </p>
      <p className={styles.ways}>
        {run && <Link to={run.to}>{run.title}</Link>}
        <Link to={withSearch(paths.provenance(model), { node: cause.node })}>See its way to this batch</Link>
        {cause.at !== null && (
          <span className="bw-muted">
            {cause.label}, <Moment time={cause.at} />
          </span>
        )}
      </p>
    </>
  );
}

function Made({ model, feature }: { model: string; feature: string }) {
  const query = useQuery({ ...columnsQuery(model, feature), retry: false });
  // A model whose batches name no run has no history of columns: that is said, it is no fault.
  const isUnknown = query.error instanceof Problem && query.error.status === 404;
  return (
    <section aria-label="Columns it is made of">
      <h3>What it is made of</h3>
      {isUnknown ? (
        <Unsaid feature={feature} />
      ) : (
        <Loaded query={query} what="the columns" height={80}>
          {(found) => (found.edges.length ? <Chain found={found} /> : <Unsaid feature={feature} />)}
        </Loaded>
      )}
    </section>
  );
}

function Unsaid({ feature }: { feature: string }) {
  return (
    <p className="bw-muted">
      No source says which columns {feature} is made of. A data factory that is watched tells it of its copies
      and data flows; other jobs can send OpenLineage events.
    </p>
  );
}

/** From the input down to its sources: each column with the step that made it. */
function Chain({ found }: { found: Columns }) {
  const columns = [...found.columns].sort((a, b) => a.depth - b.depth);
  return (
    <ol className={styles.chain}>
      <li>
        <b>{found.column}</b>
        <span className="bw-muted">the input</span>
      </li>
      {columns.map(({ node, label, column, type }) => {
        const made = found.edges.find((edge) => edge.target === node && edge.target_column === column);
        const run = made?.by == null ? null : pageOf(made.by);
        return (
          <li key={`${node} ${column}`}>
            <b>{column}</b>
            <span>
              in {label}
              {type !== null && `, ${type}`}
            </span>
            {run && (
              <span className="bw-muted">
                written by <Link to={run.to}>the newest run</Link>
              </span>
            )}
            {made?.evidence === 'inferred' && <span className="bw-muted">inferred</span>}
          </li>
        );
      })}
    </ol>
  );
}
