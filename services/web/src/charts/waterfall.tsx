// From one value to another by parts that add up: every bar begins where the one above ends. A list, so that it is
// read part by part; raising and lowering differ by side, sign and colour.
import type { ReactNode } from 'react';
import styles from './waterfall.module.css';

export interface Part {
  key: string;
  name: ReactNode;
  /** Beside the name, quieter: the value behind it. */
  note?: ReactNode;
  change: number;
  /** How sure it is, drawn around the bar's end. */
  interval?: readonly [number, number] | null;
}

interface Props {
  label: string;
  from: { name: ReactNode; value: number };
  to: { name: ReactNode; value: number };
  parts: readonly Part[];
  /** Of a value on the scale, and of a change with its sign. */
  format: (value: number) => string;
  signed: (change: number) => string;
}

export function Waterfall({ label, from, to, parts, format, signed }: Props) {
  const bars = stack(from.value, parts);
  const edges = [
    from.value,
    to.value,
    ...bars.flatMap(({ start, end, low, high }) => [start, end, low, high]),
  ];
  const least = Math.min(...edges);
  const span = Math.max(...edges) - least || 1;
  const at = (value: number) => ((value - least) / span) * 100;
  return (
    <ol className={styles.waterfall} aria-label={label}>
      <li className={styles.end}>
        <span className={styles.name}>{from.name}</span>
        <span className={styles.track} aria-hidden="true">
          <i className={styles.line} style={{ left: `${at(from.value)}%` }} />
        </span>
        <span className={styles.value}>{format(from.value)}</span>
      </li>
      {bars.map(({ part, start, end, low, high }) => (
        <li key={part.key} data-up={part.change > 0 || undefined}>
          <span className={styles.name}>
            {part.name}
            {part.note != null && <small>{part.note}</small>}
          </span>
          <span className={styles.track} aria-hidden="true">
            <i className={styles.line} style={{ left: `${at(start)}%` }} />
            <i
              className={styles.bar}
              style={{
                left: `${at(Math.min(start, end))}%`,
                width: `max(2px, ${Math.abs(at(end) - at(start))}%)`,
              }}
            />
            {part.interval && (
              <i
                className={styles.whisker}
                style={{ left: `${at(low)}%`, width: `${at(high) - at(low)}%` }}
              />
            )}
          </span>
          <span className={styles.value}>{signed(part.change)}</span>
        </li>
      ))}
      <li className={styles.end}>
        <span className={styles.name}>{to.name}</span>
        <span className={styles.track} aria-hidden="true">
          <i className={styles.line} style={{ left: `${at(to.value)}%` }} />
        </span>
        <span className={styles.value}>{format(to.value)}</span>
      </li>
    </ol>
  );
}

interface Bar {
  part: Part;
  start: number;
  end: number;
  low: number;
  high: number;
}

/** Where each part's bar begins and ends, and where its end may lie. */
/** What the parts leave of the whole: nothing where it is no more than the rounding of the others. */
export function left(change: number, parts: readonly Part[], name: string): Part[] {
  const largest = Math.max(0, ...parts.map((part) => Math.abs(part.change)));
  return Math.abs(change) > 1e-6 * largest ? [{ key: '', name, change }] : [];
}

export function stack(base: number, parts: readonly Part[]): Bar[] {
  let start = base;
  return parts.map((part) => {
    const end = start + part.change;
    const [low, high] = part.interval ?? [part.change, part.change];
    const bar = { part, start, end, low: start + low, high: start + high };
    start = end;
    return bar;
  });
}
