// Importance against drift: which inputs both matter and moved.
import { Link } from 'react-router';
import type { GlobalExplanation, Report } from '../../api/types';
import { Quadrant, type Dot } from '../../charts/quadrant';
import { useWidth } from '../../charts/use-width';
import { number, percent } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { StatusMark } from '../../ui/status';
import styles from './matters.module.css';

interface Props {
  found: GlobalExplanation;
  report: Report;
  name: string;
  /** The way to an input, at the time that is shown. */
  to: (feature: string) => string;
}

export function MattersMoved({ found, report, name, to }: Props) {
  const [ref, width] = useWidth<HTMLDivElement>(800);
  const share = new Map(found.features.map((one) => [one.feature, one.share]));
  const dots = report.features.flatMap((one): Dot[] => {
    const x = share.get(one.feature);
    const line = one.methods[0]?.threshold;
    if (x === undefined || one.score === null || !line) return [];
    return [{ name: one.feature, x, y: one.score / line, status: one.status }];
  });
  if (dots.length < 2) return null;
  const moved = dots.filter(({ status }) => status === 'act' || status === 'watch').sort((a, b) => b.x - a.x);
  const sum = moved.reduce((all, { x }) => all + x, 0);
  return (
    <Panel
      title="Does what moved matter?"
      lead={
        moved.length
          ? `${percent(sum)} of what drives the answers of ${name} comes from inputs that drift.`
          : `No input of ${name} drifts.`
      }
    >
      <div className={styles.both}>
        <div ref={ref}>
          <Quadrant
            label={`${dots.length} inputs by importance and drift; ${moved.length} drift: ${moved.map((one) => one.name).join(', ') || 'none'}.`}
            dots={dots}
            width={width}
            share={percent}
            times={number}
          />
        </div>
        {moved.length > 0 && (
          <div>
            <h3>Drifting, by weight</h3>
            <ul className={styles.list}>
              {moved.slice(0, 8).map((one) => (
                <li key={one.name}>
                  <StatusMark status={one.status} size={16} />
                  <Link to={to(one.name)}>{one.name}</Link>
                  <span className="bw-muted">{percent(one.x)}</span>
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </Panel>
  );
}
