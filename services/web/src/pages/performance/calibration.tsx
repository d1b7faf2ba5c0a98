// Whether a score of 70 % comes true in 70 % of the cases: what was promised against what happened.
import type { PerformancePart } from '../../api/types';
import { Panel } from '../../ui/panel';
import { count, number, percent } from '../../ui/format';
import styles from './calibration.module.css';

type Found = NonNullable<PerformancePart['calibration']>;

const SIZE = 260;
const PAD = 34;

export function Calibration({ found }: { found: Found }) {
  const { bins, ece, normal_ece: normal, observed_to_expected: ratio } = found;
  const at = (share: number) => PAD + share * (SIZE - PAD - 8);
  const up = (share: number) => SIZE - at(share);
  const most = Math.max(...bins.map(([, , rows]) => rows), 1);
  return (
    <Panel
      title="Are the scores honest?"
      lead={`On average a score is ${percent(ece)} off${normal === null ? '' : `, normally ${percent(normal)}`}.${
        ratio === null ? '' : ` ${number(ratio)} positives came for each one promised.`
      }`}
    >
      <svg
        className={styles.chart}
        viewBox={`0 0 ${SIZE} ${SIZE}`}
        role="img"
        aria-label={`Observed share by mean score in ${bins.length} bins: ${bins
          .map(([score, share]) => `${percent(score)} promised, ${percent(share)} came`)
          .join('; ')}.`}
      >
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line className={styles.grid} x1={at(0)} x2={at(1)} y1={up(share)} y2={up(share)} />
            <text x={at(0) - 6} y={up(share) + 4} textAnchor="end">
              {percent(share)}
            </text>
            <text x={at(share)} y={SIZE - 14} textAnchor="middle">
              {percent(share)}
            </text>
          </g>
        ))}
        <line className={styles.even} x1={at(0)} y1={up(0)} x2={at(1)} y2={up(1)} />
        <path
          className={styles.line}
          d={`M${bins.map(([score, share]) => `${at(score)} ${up(share)}`).join('L')}`}
        />
        {bins.map(([score, share, rows], i) => (
          <circle
            key={i}
            className={styles.dot}
            cx={at(score)}
            cy={up(share)}
            r={3 + 3 * Math.sqrt(rows / most)}
          >
            <title>{`promised ${percent(score)}, came ${percent(share)}, ${count(rows)} rows`}</title>
          </circle>
        ))}
        <text x={at(0.5)} y={SIZE} textAnchor="middle">
          promised by the score
        </text>
      </svg>
    </Panel>
  );
}
