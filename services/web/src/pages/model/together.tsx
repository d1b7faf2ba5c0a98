// All inputs of the chosen batch at once: they may move together though none moves alone.
import { Link } from 'react-router';
import type { JointDrift, Report } from '../../api/types';
import { paths, withSearch } from '../../app/paths';
import { DataTable } from '../../ui/data-table';
import { count, number, percent } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { READING_HEADS, Reading } from '../methods/reading';
import styles from './together.module.css';

/** Inputs that are named of those a method keys on. */
const NAMED = 3;

export function Together({ model, report, at }: { model: string; report: Report; at: string }) {
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
            {READING_HEADS}
            <th scope="col">Drifted</th>
            <th scope="col">It keys on</th>
          </tr>
        </thead>
        <tbody>
          {report.multivariate.map((one) => (
            <tr key={one.method}>
              <Reading
                found={one}
                more={one.interval && `${number(one.interval[0])} to ${number(one.interval[1])}`}
              />
              <td data-label="Drifted">{one.value === null ? 'unknown' : one.drifted ? 'yes' : 'no'}</td>
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
