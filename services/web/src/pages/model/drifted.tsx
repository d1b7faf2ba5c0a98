// What drifted in the chosen batch: in words, with its size, its weight in the decisions and the missing values.
import { useState } from 'react';
import { Link } from 'react-router';
import type { FeatureDrift, Report } from '../../api/types';
import { paths, withSearch } from '../../app/paths';
import { printMoment } from '../../app/url';
import { DataTable } from '../../ui/data-table';
import { count, percent, score, window as windowWords } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { Segments } from '../../ui/segments';
import { STATUSES, StatusBadge } from '../../ui/status';
import styles from './drifted.module.css';

export function Drifted({ model, report }: { model: string; report: Report }) {
  const [view, setView] = useState<'drifted' | 'all'>('drifted');
  const ordered = [...(report.prediction ? [report.prediction] : []), ...rank(report.features)];
  const drifted = ordered.filter(({ status }) => status !== 'fine');
  const shown = view === 'all' ? ordered : drifted;
  const at = printMoment(Date.parse(report.start ?? report.end ?? report.created_at));
  const name = report.end == null ? 'this batch' : windowWords(report.start, report.end);
  const most = Math.max(...ordered.map(({ importance }) => importance ?? 0), 1e-9);
  return (
    <Panel
      flush
      title={`What drifted: ${name}`}
      lead={report.overall.sentence}
      aside={
        <Segments
          label="Inputs shown"
          value={view}
          options={[
            ['drifted', `Not fine (${drifted.length})`],
            ['all', `All (${ordered.length})`],
          ]}
          onChange={setView}
        />
      }
    >
      {shown.length === 0 ? (
        <p className={styles.fine}>
          <StatusBadge status="fine" /> None of {count(ordered.length)} columns differs from the reference
          more than usual.
        </p>
      ) : (
        <DataTable stack caption={`Inputs in ${name}, the most urgent first`}>
          <thead>
            <tr>
              <th scope="col">Status</th>
              <th scope="col">Input</th>
              <th scope="col">Reading</th>
              <th scope="col" data-number>
                Drift
              </th>
              <th scope="col">Share of the decisions</th>
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
                <td data-label="Share of the decisions">
                  {one.importance == null ? (
                    <span className="bw-muted">not known</span>
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
      )}
    </Panel>
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
