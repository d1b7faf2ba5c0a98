// A series over time as plain SVG: thresholds, points past a line by shape, changes as flags. No canvas: colours
// follow the scheme by themselves, it prints as vectors, and 5,000 points are one path.
import type { Status } from '../api/types';
import { SHAPE } from '../ui/status';
import { levels, place, ticks, type Extent, type Slot } from './scale';
import { broken } from './sparkline';
import styles from './trend.module.css';

export interface Line {
  value: number;
  kind: 'watch' | 'act';
}

interface Props {
  /** One sentence that says what a look would. */
  label: string;
  extent: Extent;
  slots: readonly Slot[];
  values: readonly (number | null)[];
  statuses: readonly Status[];
  lines: readonly Line[];
  flags?: readonly { time: number; text: string }[];
  width: number;
  height?: number;
  format: (value: number) => string;
}

export function Trend({
  label,
  extent,
  slots,
  values,
  statuses,
  lines,
  flags = [],
  width,
  height = 200,
  format,
}: Props) {
  const known = values.filter((value) => value !== null);
  const scale = levels(Math.max(...known, ...lines.map(({ value }) => value * 1.12), 0));
  const top = scale.at(-1)!;
  const x = (time: number) => place(time, extent) * width;
  const y = (value: number) => height - (value / top) * (height - FLAG) - 1;
  const centre = (slot: Slot) => x((slot.from + slot.to) / 2);
  const points = values.map((value, i): [number, number] | null =>
    value === null ? null : [centre(slots[i]!), y(value)],
  );
  const line = broken(thin(points, width));
  const marks = apart(points, statuses);
  return (
    <svg
      className={styles.trend}
      role="img"
      aria-label={label}
      width="100%"
      height={height}
      viewBox={`0 0 ${width} ${height}`}
    >
      {ticks(extent, width).map(({ time }) => (
        <line key={time} className={styles.grid} x1={x(time)} x2={x(time)} y1={FLAG} y2={height - 1} />
      ))}
      {scale.map((value) => (
        <g key={value}>
          <line
            className={value === 0 ? styles.base : styles.grid}
            x1={0}
            x2={width}
            y1={y(value)}
            y2={y(value)}
          />
          <text className={styles.scale} x={-8} y={y(value) + 4} textAnchor="end">
            {format(value)}
          </text>
        </g>
      ))}
      {lines.map(({ value, kind }) => (
        <g key={kind} className={styles[kind]}>
          <line x1={0} x2={width} y1={y(value)} y2={y(value)} />
          <text x={4} y={y(value) - 5}>
            {`${kind} ${format(value)}`}
          </text>
        </g>
      ))}
      <path className={styles.area} d={area(points, y(0))} />
      <path className={styles.line} d={line} />
      {marks.map((i) => {
        const point = points[i];
        return (
          point && (
            <path
              key={i}
              className={styles.mark}
              data-status={statuses[i]}
              d={SHAPE[statuses[i]!]}
              transform={`translate(${point[0].toFixed(1)} ${point[1].toFixed(1)}) scale(.5)`}
            />
          )
        );
      })}
      {flags.map(({ time, text }) => {
        const left = x(time);
        const isRight = left > width - 150;
        return (
          <g key={`${time} ${text}`} className={styles.flag}>
            <line x1={left} x2={left} y1={4} y2={height - 1} />
            <text x={isRight ? left - 6 : left + 6} y={13} textAnchor={isRight ? 'end' : 'start'}>
              {text}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

const FLAG = 22; // room for the words of flags above the plot
const APART = 9; // pixels between two marks

function area(points: readonly ([number, number] | null)[], floor: number): string {
  let d = '';
  let run: [number, number][] = [];
  for (const point of [...points, null]) {
    if (point) run.push(point);
    else if (run.length > 1) {
      d += `M${run[0]![0].toFixed(1)} ${floor}L${run.map((p) => p.map((one) => one.toFixed(1)).join(' ')).join('L')}L${run.at(-1)![0].toFixed(1)} ${floor}Z`;
    }
    if (!point) run = [];
  }
  return d;
}

/** The points past a line that get a mark: all of them, or so many that the marks do not run into each other. */
function apart(points: readonly ([number, number] | null)[], statuses: readonly Status[]): number[] {
  const found: number[] = [];
  let last = -Infinity;
  for (const [i, status] of statuses.entries()) {
    const point = points[i];
    if (!point || (status !== 'act' && status !== 'watch') || point[0] - last < APART) continue;
    found.push(i);
    last = point[0];
  }
  return found;
}

/** At most the highest and lowest point a pixel column, in time order: no extreme is lost, whatever the length. */
export function thin(
  points: readonly ([number, number] | null)[],
  width: number,
): ([number, number] | null)[] {
  if (points.length <= width * 2) return [...points];
  const kept = new Set<number>();
  let column = NaN;
  let low = -1;
  let high = -1;
  const keep = () => [low, high].forEach((i) => i >= 0 && kept.add(i));
  for (const [i, point] of points.entries()) {
    if (!point) {
      kept.add(i);
      continue;
    }
    if (Math.floor(point[0]) !== column) {
      keep();
      [column, low, high] = [Math.floor(point[0]), i, i];
    } else {
      if (point[1] > points[low]![1]) low = i;
      if (point[1] < points[high]![1]) high = i;
    }
  }
  keep();
  return points.filter((_, i) => kept.has(i));
}
