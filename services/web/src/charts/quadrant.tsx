// What matters against what moved: inputs by their share of the decisions and by their drift. What lies top right asks
// for action; what lies top left may drift as it likes. Both scales are of square roots, so that small values part.
import type { Status } from '../api/types';
import { SHAPE } from '../ui/status';
import styles from './quadrant.module.css';

export interface Dot {
  name: string;
  /** Share of the decisions. */
  x: number;
  /** Drift, as a multiple of the line from which it is watched. */
  y: number;
  status: Status;
}

interface Props {
  label: string;
  dots: readonly Dot[];
  width: number;
  height?: number;
  share: (value: number) => string;
  times: (value: number) => string;
}

const PAD = { left: 44, right: 16, top: 26, bottom: 40 };
const LETTER = 6.6;
const MOST_NAMES = 14;

export function Quadrant({ label, dots, width, height = 320, share, times }: Props) {
  const wide = width - PAD.left - PAD.right;
  const tall = height - PAD.top - PAD.bottom;
  const mostX = Math.max(...dots.map(({ x }) => x), 0.05) * 1.25;
  const mostY = Math.max(...dots.map(({ y }) => y), 1.5) * 1.2;
  const x = (value: number) => PAD.left + Math.sqrt(Math.max(0, value) / mostX) * wide;
  const y = (value: number) => PAD.top + tall - Math.sqrt(Math.max(0, value) / mostY) * tall;
  const even = dots.length ? 1 / dots.length : 0.5;
  const words = box(x(even), PAD.top, 18 * LETTER, 18);
  const names = place(dots, x, y, width - PAD.right, [words]);
  const ticksX = [0.01, 0.05, 0.1, 0.2, 0.4, 0.6].filter((value) => value <= mostX);
  const ticksY = [0.25, 1, 2, 4, 8, 16, 32].filter((value) => value <= mostY);
  return (
    <svg
      className={styles.chart}
      role="img"
      aria-label={label}
      width="100%"
      height={height}
      viewBox={`0 0 ${width} ${height}`}
    >
      <rect
        className={styles.hot}
        x={x(even)}
        y={PAD.top}
        width={Math.max(0, PAD.left + wide - x(even))}
        height={Math.max(0, y(1) - PAD.top)}
      />
      <line className={styles.base} x1={PAD.left} x2={PAD.left + wide} y1={y(0)} y2={y(0)} />
      <line className={styles.base} x1={PAD.left} x2={PAD.left} y1={PAD.top} y2={y(0)} />
      <line className={styles.split} x1={PAD.left} x2={PAD.left + wide} y1={y(1)} y2={y(1)} />
      <line className={styles.split} x1={x(even)} x2={x(even)} y1={PAD.top} y2={y(0)} />
      {ticksX.map((value) => (
        <text key={value} x={x(value)} y={y(0) + 16} textAnchor="middle">
          {share(value)}
        </text>
      ))}
      {ticksY.map((value) => (
        <text key={value} x={PAD.left - 8} y={y(value) + 4} textAnchor="end">
          {`${times(value)}×`}
        </text>
      ))}
      <text x={PAD.left + wide} y={height - 6} textAnchor="end">
        share of the importance →
      </text>
      <text x={0} y={PAD.top - 8}>
        ↑ drift, in multiples of its watch line
      </text>
      <text className={styles.corner} x={PAD.left + wide - 8} y={PAD.top + 14} textAnchor="end">
        matters and moved
      </text>
      {dots.map((dot) => (
        <path
          key={dot.name}
          className={styles.dot}
          data-status={dot.status}
          d={SHAPE[dot.status]}
          transform={`translate(${x(dot.x).toFixed(1)} ${y(dot.y).toFixed(1)}) scale(.72)`}
        >
          <title>{`${dot.name}: ${share(dot.x)} of the importance, drift ${times(dot.y)} times its line`}</title>
        </path>
      ))}
      {names.map(({ name, left, top, side }) => (
        <text key={name} className={styles.name} x={left} y={top} textAnchor={side}>
          {name}
        </text>
      ))}
    </svg>
  );
}

interface Named {
  name: string;
  left: number;
  top: number;
  side: 'start' | 'end';
}

/** Names beside their dots, the most urgent first; one that would cover another name or dot is left out. */
export function place(
  dots: readonly Dot[],
  x: (value: number) => number,
  y: (value: number) => number,
  width: number,
  reserved: readonly Box[] = [],
): Named[] {
  const taken = [...reserved, ...dots.map((dot) => box(x(dot.x) - 6, y(dot.y) - 6, 12, 12))];
  const order = [...dots].sort((a, b) => b.y * b.x - a.y * a.x || b.y - a.y).slice(0, MOST_NAMES);
  const found: Named[] = [];
  for (const { name, x: dx, y: dy } of order) {
    const wide = name.length * LETTER;
    for (const side of ['start', 'end'] as const) {
      const left = side === 'start' ? x(dx) + 10 : x(dx) - 10;
      const area = box(side === 'start' ? left : left - wide, y(dy) - 8, wide, 15);
      if (area.left < PAD.left || area.right > width) continue;
      if (taken.some((one) => meets(one, area))) continue;
      taken.push(area);
      found.push({ name, left, top: y(dy) + 4, side });
      break;
    }
  }
  return found;
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}
const box = (left: number, top: number, width: number, height: number): Box => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
});
const meets = (a: Box, b: Box) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
