// A series as a word-sized line with its act line; gaps stay gaps. The name says what a look would.
import type { Status } from '../api/types';
import { SHAPE } from '../ui/status';
import styles from './sparkline.module.css';

interface Props {
  label: string;
  values: readonly (number | null)[];
  /** The act line, in the unit of the values. */
  act: number | null;
  status: Status;
}

const WIDTH = 132;
const HEIGHT = 32;
const PAD = 5;

export function Sparkline({ label, values, act, status }: Props) {
  const known = values.filter((value) => value !== null);
  const top = Math.max(...known, (act ?? 0) * 1.15, 1e-9);
  const x = (i: number) => PAD + (i / Math.max(1, values.length - 1)) * (WIDTH - 2 * PAD);
  const y = (value: number) => HEIGHT - 4 - (value / top) * (HEIGHT - 9);
  const last = values.at(-1);
  return (
    <svg
      className={styles.spark}
      role="img"
      aria-label={label}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
    >
      {act !== null && <line className={styles.act} x1={0} x2={WIDTH} y1={y(act)} y2={y(act)} />}
      <path
        className={styles.line}
        d={broken(values.map((value, i) => (value === null ? null : [x(i), y(value)])))}
      />
      {last != null && (
        <g
          className={styles.end}
          data-status={status}
          transform={`translate(${x(values.length - 1)} ${y(last)}) scale(.5)`}
        >
          <path d={SHAPE[status]} />
        </g>
      )}
    </svg>
  );
}

/** A path through points, lifted where there is none; a lone point is a short stroke, so that it is seen. */
export function broken(points: readonly ([number, number] | null)[]): string {
  let d = '';
  for (const [i, point] of points.entries()) {
    if (!point) continue;
    const [px, py] = point.map((one) => Math.round(one * 10) / 10) as [number, number];
    d += `${points[i - 1] ? 'L' : 'M'}${px} ${py}`;
    if (!points[i - 1] && !points[i + 1]) d += 'h.1';
  }
  return d;
}
