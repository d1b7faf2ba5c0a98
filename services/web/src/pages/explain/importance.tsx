// Every input's share of what the model looks at: now with its uncertainty, then as a mark, and which way it pushes.
import { useState } from 'react';
import { Link } from 'react-router';
import type { GlobalExplanation, Importance, Report } from '../../api/types';
import { ShareBar, ShareLegend } from '../../charts/share-bar';
import { Button } from '../../ui/button';
import { DataTable } from '../../ui/data-table';
import { percent, points } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { StatusMark, WORD } from '../../ui/status';
import styles from './importance.module.css';

const FEW = 12;

interface Props {
  found: GlobalExplanation;
  report: Report | undefined;
  /** The way to an input, at the time that is shown. */
  to: (feature: string) => string;
}

export function ImportanceTable({ found, report, to }: Props) {
  const [isAll, setAll] = useState(false);
  const then = new Map(found.against_reference?.features.map((one) => [one.feature, one.reference_share]));
  const drift = new Map(report?.features.map((one) => [one.feature, one.status]));
  const most = Math.max(...found.features.map(({ share }) => share), ...then.values(), 0.01);
  const shown = isAll ? found.features : found.features.slice(0, FEW);
  return (
    <Panel
      flush
      title="What it looks at"
      lead="Share of the mean absolute contribution; the line in a bar is where it lies with 95 % confidence."
      aside={<ShareLegend then="on the reference" />}
    >
      <DataTable stack caption="Inputs by importance, now and on the reference">
        <thead>
          <tr>
            <th scope="col">Input</th>
            <th scope="col" className={styles.wide}>
              Importance
            </th>
            <th scope="col" data-number>
              Now
            </th>
            <th scope="col" data-number>
              Then
            </th>
            <th scope="col" data-number>
              Change
            </th>
            <th scope="col">Which way</th>
            <th scope="col">Its drift</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => {
            const was = then.get(one.feature);
            const status = drift.get(one.feature);
            return (
              <tr key={one.feature}>
                <th scope="row">
                  <Link to={to(one.feature)}>{one.feature}</Link>
                </th>
                <td className={styles.wide} data-wide>
                  <ShareBar now={one.share} then={was ?? null} interval={intervalOf(one)} most={most} />
                </td>
                <td data-number data-label="Now">
                  {percent(one.share)}
                </td>
                <td data-number data-label="Then">
                  {was === undefined ? 'not known' : percent(was)}
                </td>
                <td data-number data-label="Change">
                  {was === undefined ? '' : points(one.share - was)}
                </td>
                <td data-label="Which way">{directionOf(one)}</td>
                <td data-label="Its drift" className={styles.drift}>
                  {status ? (
                    <span>
                      <StatusMark status={status} size={15} silent /> {WORD[status]}
                    </span>
                  ) : (
                    <span className="bw-muted">not known</span>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </DataTable>
      <div className={styles.foot}>
        {found.features.length > FEW && (
          <Button onClick={() => setAll(!isAll)}>
            {isAll ? 'Show the first only' : `Show all ${found.features.length}`}
          </Button>
        )}
        {found.other > 0.0005 && (
          <span className="bw-muted">{`${percent(found.other)} lies in inputs not listed.`}</span>
        )}
      </div>
    </Panel>
  );
}

/** The interval of the share: that of the importance, scaled as the share is. */
function intervalOf({ interval, importance, share }: Importance): [number, number] | null {
  if (!interval || importance <= 0) return null;
  return [(interval[0] / importance) * share, (interval[1] / importance) * share];
}

const CLEAR = 0.3;

function directionOf({ direction, categories }: Importance): string {
  if (direction !== null && direction !== undefined) {
    if (direction > CLEAR) return 'higher values raise the answer';
    if (direction < -CLEAR) return 'higher values lower the answer';
    return 'no one direction';
  }
  const most = [...(categories ?? [])].sort((a, b) => b.mean - a.mean);
  const [high, low] = [most[0], most.at(-1)];
  return high && low && high !== low ? `${high.category} raises, ${low.category} lowers` : 'not known';
}
