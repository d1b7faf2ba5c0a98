// All inputs of the chosen batch at once: they may move together though none moves alone.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { catalogueQuery } from '../../api/catalogue';
import type { JointDrift, Report } from '../../api/types';
import { paths, withSearch } from '../../app/paths';
import { DataTable } from '../../ui/data-table';
import { count, number, percent, pValue } from '../../ui/format';
import { Panel } from '../../ui/panel';
import styles from './together.module.css';

/** Inputs that are named of those a method keys on. */
const NAMED = 3;

export function Together({ model, report, at }: { model: string; report: Report; at: string }) {
  const { data } = useQuery(catalogueQuery());
  const known = new Map(data?.methods.map((one) => [one.slug, one]));
  const first = report.multivariate[0];
  if (!first) return null;
  return (
    <Panel
      flush
      title="All inputs together"
      lead={`Inputs may change how they go together though none changes alone. Looked at: ${count(first.rows[1])} rows against ${count(first.rows[0])} of the reference.`}
    >
      <DataTable stack caption="Methods on all inputs together">
        <thead>
          <tr>
            <th scope="col">Method</th>
            <th scope="col">Drifted</th>
            <th scope="col" data-number>
              Value
            </th>
            <th scope="col" data-number>
              Watch from
            </th>
            <th scope="col" data-number>
              p-value
            </th>
            <th scope="col">It keys on</th>
          </tr>
        </thead>
        <tbody>
          {report.multivariate.map((one) => (
            <tr key={one.method}>
              <th scope="row" data-wide>
                {known.get(one.method)?.title ?? one.method}
                <span className={styles.what}>{known.get(one.method)?.definition}</span>
              </th>
              <td data-label="Drifted">{one.value === null ? 'unknown' : one.drifted ? 'yes' : 'no'}</td>
              <td data-number data-label="Value">
                {one.value === null ? (one.reason ?? 'unknown') : number(one.value)}
                {one.interval && (
                  <span className={styles.what}>
                    {`${number(one.interval[0])} to ${number(one.interval[1])}`}
                  </span>
                )}
              </td>
              <td data-number data-label="Watch from">
                {one.threshold === null ? 'no line' : number(one.threshold)}
              </td>
              <td data-number data-label="p-value">
                {one.p_value === null ? 'none' : pValue(one.p_value)}
              </td>
              <td data-label="It keys on">
                <Keys model={model} found={one} at={at} />
              </td>
            </tr>
          ))}
        </tbody>
      </DataTable>
    </Panel>
  );
}

function Keys({ model, found, at }: { model: string; found: JointDrift; at: string }) {
  const named = found.contributions.slice(0, NAMED);
  if (named.length === 0) return <span className="bw-muted">not known</span>;
  return (
    <ul className={styles.keys}>
      {named.map(({ bin: input, share }) => (
        <li key={input}>
          <Link to={withSearch(paths.feature(model, input), { at })}>{input}</Link> {percent(share)}
        </li>
      ))}
    </ul>
  );
}
