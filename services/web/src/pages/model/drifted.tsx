// What drifted in the chosen batch: in words, with its size, its weight in the decisions and the missing values.
import { useState } from 'react';
import { Link } from 'react-router';
import type { FeatureDrift, Report } from '../../api/types';
import { paths, withSearch } from '../../app/paths';
import { printMoment } from '../../app/url';
import { Button } from '../../ui/button';
import { DataTable } from '../../ui/data-table';
import { Field } from '../../ui/field';
import { count, percent, score, window as windowWords } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { Segments } from '../../ui/segments';
import { STATUSES, StatusBadge } from '../../ui/status';
import { useTyped } from '../../ui/use-typed';
import { ReportMenu } from '../time/report';
import styles from './drifted.module.css';
import type { ModelUrl } from './page';

/** Rows that are listed at once. */
const PAGE = 50;
/** From so many inputs on they can be searched. */
const MANY = 12;

interface Props {
  model: string;
  report: Report;
  url: ModelUrl;
}

export function Drifted({ model, report, url }: Props) {
  const { inputs, q } = url.values;
  const [listed, setListed] = useState(PAGE);
  const [typed, type] = useTyped(q, (next) => url.set({ q: next, inputs: next ? 'all' : inputs }));
  const answers = [report.prediction, report.target].filter((one) => one !== null);
  const ordered = [...answers, ...rank(report.features)];
  const drifted = ordered.filter(({ status }) => status !== 'fine');
  const wanted = q.trim().toLowerCase();
  const found = (inputs === 'all' ? ordered : drifted).filter(({ feature }) =>
    feature.toLowerCase().includes(wanted),
  );
  const name = report.end == null ? 'this batch' : windowWords(report.start, report.end);
  return (
    <Panel
      flush
      title={`What drifted: ${name}`}
      lead={report.overall.sentence}
      aside={
        <>
          {ordered.length > MANY && (
            <Field
              label="Search inputs"
              bare
              type="search"
              placeholder="Search inputs"
              value={typed}
              onChange={(event) => type(event.currentTarget.value)}
            />
          )}
          <Segments
            label="Inputs shown"
            value={inputs}
            options={[
              ['drifted', `Not fine (${count(drifted.length)})`],
              ['all', `All (${count(ordered.length)})`],
            ]}
            onChange={(next) => url.set({ inputs: next })}
          />
          <ReportMenu model={model} id={report.batch} />
        </>
      }
    >
      {found.length > 0 && (
        <InputTable model={model} report={report} name={name} shown={found.slice(0, listed)} all={ordered} />
      )}
      {found.length === 0 && wanted !== '' && <p className={styles.fine}>No input is called like that.</p>}
      {found.length === 0 && wanted === '' && (
        <p className={styles.fine}>
          <StatusBadge status="fine" /> None of {count(ordered.length)} columns differs from the reference
          more than usual.
        </p>
      )}
      {found.length > listed && (
        <p className={styles.more}>
          <Button
            onClick={() => setListed(listed + PAGE)}
          >{`Show ${Math.min(PAGE, found.length - listed)} more`}</Button>
          <span className="bw-muted">{`${count(listed)} of ${count(found.length)} are listed.`}</span>
        </p>
      )}
    </Panel>
  );
}

interface TableProps {
  model: string;
  report: Report;
  name: string;
  shown: readonly FeatureDrift[];
  all: readonly FeatureDrift[];
}

function InputTable({ model, report, name, shown, all }: TableProps) {
  const at = printMoment(Date.parse(report.start ?? report.end ?? report.created_at));
  const most = Math.max(...all.map(({ importance }) => importance ?? 0), 1e-9);
  return (
    <DataTable stack caption={`Inputs in ${name}, the most urgent first`}>
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Input</th>
          <th scope="col">Reading</th>
          <th scope="col" data-number>
            Drift
          </th>
          <th scope="col">Usual share of the decisions</th>
          <th scope="col" data-number>
            Missing, then and now
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map((one) => (
          <tr key={`${one.role} ${one.feature}`}>
            <td>
              <StatusBadge status={one.status} />
            </td>
            <th scope="row">
              <Link to={withSearch(paths.feature(model, one.feature), { at })}>{one.feature}</Link>
              <span className={styles.kind}>
                {one.role === 'feature' ? one.kind : `${one.role}, ${one.kind}`}
              </span>
            </th>
            <td className={styles.reading} data-wide>
              {one.sentence || one.reason || ''}
              {one.harmless && <em> Drifting, but it hardly matters to the decisions.</em>}
            </td>
            <td data-number data-label="Drift">
              {one.score == null ? 'unknown' : score(one.score)}
            </td>
            <td data-label="Usual share of the decisions">
              {one.importance == null ? (
                <span className="bw-muted">{one.role === 'feature' ? 'not known' : 'is the answer'}</span>
              ) : (
                <span className={styles.weight}>
                  <i style={{ width: `${(one.importance / most) * 72}px` }} />
                  {percent(one.importance)}
                </span>
              )}
            </td>
            <td data-number data-label="Missing, then and now">
              {rate(one.missing.reference)} → {rate(one.missing.current)}
            </td>
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}

const rate = (value: number | null) => (value === null ? 'no rows' : percent(value));

/** The most urgent first, then the most important, then the most drifted. */
function rank(features: readonly FeatureDrift[]): FeatureDrift[] {
  const order = (one: FeatureDrift) => STATUSES.indexOf(one.status);
  return [...features].sort(
    (a, b) =>
      order(a) - order(b) || (b.importance ?? 0) - (a.importance ?? 0) || (b.score ?? 0) - (a.score ?? 0),
  );
}
