// A series over time as plain SVG: thresholds, points past a line by shape, changes as flags. No canvas: colours
// follow the scheme by themselves, it prints as vectors, and 5,000 points are one path.
import type { Status } from '../api/types';
import { SHAPE } from '../ui/status';
import { spotFor } from './labels';
import { levels, place, ticks, type Extent, type Slot } from './scale';
import { broken } from './sparkline';
import styles from './trend.module.css';

export interface Line {
  value: number;
  kind: 'watch' | 'act' | 'normal';
}

type Numbers = readonly (number | null)[];

interface Props {
  /** One sentence that says what a look would. */
  label: string;
  extent: Extent;
  slots: readonly Slot[];
  values: Numbers;
  statuses: readonly Status[];
  /** Low and high of what the values may be. */
  band?: readonly (readonly [number, number] | null)[];
  /** Another series on the same scale, drawn thin and dashed. */
  second?: { slots: readonly Slot[]; values: Numbers };
  lines: readonly Line[];
  flags?: readonly { time: number; text: string }[];
  /** The scale begins where the values do, not at 0: for metrics that never come near it. */
  floating?: boolean;
  width: number;
  height?: number;
  format: (value: number) => string;
}

const HEAD = 22; // room for the words of flags above the plot

export function Trend(props: Props) {
  const { label, extent, slots, values, statuses, band, second, lines, flags, floating, width, format } =
    props;
  const height = props.height ?? 200;
  const scale = scaleOf(props);
  const [bottom, top] = [scale[0]!, scale.at(-1)!];
  const x = (time: number) => place(time, extent) * width;
  const y = (value: number) => height - 1 - ((value - bottom) / (top - bottom)) * (height - HEAD);
  const points = pointsOf(slots, values, x, y);
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
        <line key={time} className={styles.grid} x1={x(time)} x2={x(time)} y1={HEAD} y2={height - 1} />
      ))}
      {scale.map((value, i) => (
        <g key={value}>
          <line
            className={i === 0 ? styles.base : styles.grid}
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
      {band ? (
        <path className={styles.band} d={corridor(slots, band, x, y)} />
      ) : (
        !floating && <path className={styles.area} d={area(points, y(bottom))} />
      )}
      {lines.map((line) => (
        <line
          key={line.kind}
          className={styles[line.kind]}
          x1={0}
          x2={width}
          y1={y(line.value)}
          y2={y(line.value)}
        />
      ))}
      {second && (
        <path
          className={styles.second}
          d={broken(thin(pointsOf(second.slots, second.values, x, y), width))}
        />
      )}
      <path className={styles.line} d={broken(thin(points, width))} />
      {apart(points, statuses).map((i) => (
        <path
          key={i}
          className={styles.mark}
          data-status={statuses[i]}
          d={SHAPE[statuses[i]!]}
          transform={`translate(${points[i]!.map((one) => one.toFixed(1)).join(' ')}) scale(.5)`}
        />
      ))}
      {lines.map(({ value, kind }) => {
        const text = `${kind} ${format(value)}`;
        const others = lines.filter((one) => one.kind !== kind).map((one) => y(one.value));
        const spot = spotFor(y(value), { points, others, width, height, text: text.length * LETTER });
        return (
          <text
            key={kind}
            className={styles.tag}
            data-kind={kind}
            x={spot.x}
            y={spot.y}
            textAnchor={spot.anchor}
          >
            {text}
          </text>
        );
      })}
      {placed(flags, x, width).map(({ left, text, side }) => (
        <g key={`${left} ${text}`} className={styles.flag}>
          <line x1={left} x2={left} y1={4} y2={height - 1} />
          {side && (
            <text x={side === 'start' ? left + 6 : left - 6} y={13} textAnchor={side}>
              {text}
            </text>
          )}
        </g>
      ))}
    </svg>
  );
}

const LETTER = 7; // pixels, about

interface Placed {
  left: number;
  text: string;
  side: 'start' | 'end' | null;
}

/** Flags with the side their words stand on; without words where those would run into the ones before. */
function placed(flags: Props['flags'], x: (time: number) => number, width: number): Placed[] {
  let free = 0;
  return (flags ?? [])
    .filter(({ time }) => x(time) >= 0 && x(time) <= width)
    .map(({ time, text }) => {
      const left = x(time);
      const room = text.length * LETTER + 12;
      const side = left + room <= width ? 'start' : left - room >= free ? 'end' : null;
      const isFree = side === 'start' ? left >= free : side !== null;
      if (isFree) free = side === 'start' ? left + room : left;
      return { left, text, side: isFree ? side : null };
    });
}

function scaleOf({ values, band = [], second, lines, floating = false }: Props): number[] {
  const all = [...values, ...band.flatMap((pair) => pair ?? []), ...(second?.values ?? [])].filter(
    (value) => value !== null,
  );
  const drawn = lines.map(({ value }) => value);
  const most = Math.max(
    ...all,
    ...drawn.map((value) => (floating ? value : value * 1.12)),
    floating ? -Infinity : 0,
  );
  if (!floating) return levels(most);
  const least = Math.min(...all, ...drawn);
  return Number.isFinite(least) ? levels(most, least) : [0, 1];
}

function pointsOf(
  slots: readonly Slot[],
  values: Numbers,
  x: (time: number) => number,
  y: (value: number) => number,
): ([number, number] | null)[] {
  return values.map((value, i) => {
    const slot = slots[i];
    return value === null || !slot ? null : [x((slot.from + slot.to) / 2), y(value)];
  });
}

function area(points: readonly ([number, number] | null)[], floor: number): string {
  return runs(points)
    .map((run) => `M${run[0]![0].toFixed(1)} ${floor}L${join(run)}L${run.at(-1)![0].toFixed(1)} ${floor}Z`)
    .join('');
}

function corridor(
  slots: readonly Slot[],
  band: readonly (readonly [number, number] | null)[],
  x: (time: number) => number,
  y: (value: number) => number,
): string {
  const sides = band.map((pair, i) => {
    const slot = slots[i];
    return pair && slot ? ([x((slot.from + slot.to) / 2), y(pair[0]), y(pair[1])] as const) : null;
  });
  return runs(sides)
    .map((run) => {
      const low = run.map(([px, py]): [number, number] => [px, py]);
      const high = run.map(([px, , py]): [number, number] => [px, py]).reverse();
      return `M${join(low)}L${join(high)}Z`;
    })
    .join('');
}

const join = (points: readonly (readonly [number, number])[]) =>
  points.map(([px, py]) => `${px.toFixed(1)} ${py.toFixed(1)}`).join('L');

/** Unbroken stretches of at least two. */
function runs<T>(points: readonly (T | null)[]): T[][] {
  const found: T[][] = [[]];
  for (const point of points) {
    if (point) found.at(-1)!.push(point);
    else if (found.at(-1)!.length) found.push([]);
  }
  return found.filter((run) => run.length > 1);
}

const APART = 9; // pixels between two marks

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
