// The models as rows; the whole row leads to the model.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { catalogueQuery } from '../../api/catalogue';
import type { FleetItem } from '../../api/types';
import { paths } from '../../app/paths';
import { Sparkline } from '../../charts/sparkline';
import { compact, count, index, number, score } from '../../ui/format';
import { Aspects } from '../../ui/aspects';
import { StatusBadge, StatusMark, WORD } from '../../ui/status';
import { Ago, Span } from '../../ui/time';
import styles from './table.module.css';

export function FleetTable({ entries }: { entries: readonly FleetItem[] }) {
  return (
    <div className={styles.frame}>
      <table className={styles.table}>
        <caption className="bw-hidden">Models, the most urgent first</caption>
        <thead>
          <tr>
            <th scope="col">Status</th>
            <th scope="col">Model</th>
            <th scope="col">What is happening</th>
            <th scope="col">
              Drift, last {Math.max(...entries.map(({ spark }) => spark.length), 1)} batches
            </th>
            <th scope="col">Performance</th>
            <th scope="col">Last batch</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <Row key={entry.model} entry={entry} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const TASK = { binary: 'yes or no', multiclass: 'classes', regression: 'number' } as const;

function Row({ entry }: { entry: FleetItem }) {
  const { model, status, sentence, score: value, threshold, spark, top_features: top } = entry;
  const drifted = top.filter(([, of]) => of !== 'fine');
  return (
    <tr data-status={status}>
      <td className={styles.status}>
        <StatusBadge status={status} />
      </td>
      <th scope="row" className={styles.model}>
        <Link to={paths.model(model)} data-row>
          {model}
        </Link>
        <span>
          {[
            entry.version && `v${entry.version}`,
            entry.task && TASK[entry.task],
            entry.owner,
            entry.tier && `tier ${entry.tier}`,
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </th>
      <td className={styles.what}>
        <p>{sentence}</p>
        {drifted.length > 0 && (
          <ul aria-label="Inputs that drift most">
            {drifted.slice(0, 3).map(([feature, of, amount]) => (
              <li key={feature}>
                <Link to={paths.feature(model, feature)}>
                  <StatusMark status={of} size={14} />
                  {feature}
                  {amount !== null && <b>{score(amount)}</b>}
                </Link>
              </li>
            ))}
            {entry.aspects.drift === 'fine' && <li className="bw-muted">hardly matters to the decisions</li>}
          </ul>
        )}
        <Aspects aspects={entry.aspects} />
      </td>
      <td className={styles.drift}>
        {value == null ? (
          <span className="bw-muted">no drift known yet</span>
        ) : (
          <div>
            <b>{index(value)}</b>
            <Sparkline
              label={`Drift index ${index(value)}, act line ${threshold == null ? 'not set' : index(threshold)}: ${WORD[status]}`}
              values={spark}
              act={threshold ?? null}
              status={status}
            />
          </div>
        )}
      </td>
      <td className={styles.performance} data-label="Performance">
        <Performance entry={entry} />
      </td>
      <td className={styles.last}>
        {entry.batch_end == null ? (
          <span className="bw-muted">no batch yet</span>
        ) : (
          <>
            <Span start={entry.batch_start ?? null} end={entry.batch_end} />
            <span title={`${count(entry.rows)} rows`}>{`${compact(entry.rows)} rows`}</span>
            {entry.assessed_at !== null && (
              <span>
                checked <Ago time={entry.assessed_at} />
              </span>
            )}
          </>
        )}
      </td>
    </tr>
  );
}

/** The key metric in the newest batch it is known of: from labels, or estimated before they come. */
function Performance({ entry }: { entry: FleetItem }) {
  const { data } = useQuery(catalogueQuery());
  const { performance: found } = entry;
  if (found == null || found.value === null) return <span className="bw-muted">not known yet</span>;
  const title = data?.metrics.find(({ slug }) => slug === found.metric)?.title ?? found.metric;
  return (
    <>
      <span className={styles.value}>
        <StatusMark status={found.status} size={16} />
        <b>{number(found.value)}</b>
        {found.kind === 'estimated' && 'est.'}
      </span>
      <span className={styles.note}>{title}</span>
      {found.normal != null && <span className={styles.note}>{`normally ${number(found.normal)}`}</span>}
    </>
  );
}
