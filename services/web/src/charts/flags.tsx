// Dated facts on the time axis: a mark each, its words where there is room; what lasts is a bar to its end.
import { place, type Extent } from './scale';
import styles from './flags.module.css';

export interface Flag {
  time: number;
  /** The end of what lasts. */
  end: number | null;
  text: string;
  kind: 'mute' | 'deployment' | 'schema' | 'campaign' | 'incident' | 'note';
}

interface Props {
  flags: readonly Flag[];
  extent: Extent;
  width: number;
}

const LETTER = 6.6; // pixels, about
const ROW = 22;
const MOST_ROWS = 3;
const MARK: Record<Flag['kind'], string> = {
  mute: 'M-5-5L5 5M5-5L-5 5',
  deployment: 'M-5 5V-5L6-1L-5 3',
  schema: 'M-5-5H5V5H-5ZM-5 0H5',
  campaign: 'M-6 0L5-5V5Z',
  incident: 'M0-6L6 5H-6Z',
  note: 'M-5-5H5V5H-5Z',
};

interface Placed extends Flag {
  left: number;
  right: number;
  row: number;
}

/** Flags in as many rows as their words need, at most three; pure. */
export function arrange(flags: readonly Flag[], extent: Extent, width: number): Placed[] {
  const free: number[] = [];
  const found: Placed[] = [];
  for (const flag of [...flags].sort((a, b) => a.time - b.time)) {
    const left = place(flag.time, extent) * width;
    const right = flag.end === null ? left : Math.min(width, place(flag.end, extent) * width);
    if (left > width || right < 0) continue;
    const room = Math.max(right, left + 14 + flag.text.length * LETTER);
    const row = Array.from({ length: MOST_ROWS }, (_, i) => i).find(
      (i) => (free[i] ?? -1) <= Math.max(0, left) - 6,
    );
    if (row !== undefined) free[row] = room;
    found.push({ ...flag, left, right, row: row ?? MOST_ROWS - 1 });
  }
  return found;
}

export function Flags({ flags, extent, width }: Props) {
  const placed = arrange(flags, extent, width);
  if (!placed.length) return null;
  const rows = Math.max(...placed.map(({ row }) => row)) + 1;
  return (
    <svg
      className={styles.flags}
      role="img"
      aria-label={placed.map(({ text }) => text).join('; ')}
      width="100%"
      height={rows * ROW}
      viewBox={`0 0 ${width} ${rows * ROW}`}
    >
      {placed.map(({ left, right, row, text, kind, time }) => {
        const y = row * ROW + ROW / 2;
        const start = Math.max(0, left);
        // At the right end the words stand before the mark.
        const isLate = start + 14 + text.length * LETTER > width;
        return (
          <g key={`${time} ${text}`}>
            <title>{text}</title>
            {right > start && (
              <rect
                className={styles.span}
                x={start}
                y={y - 8}
                width={Math.max(3, right - start)}
                height={16}
                rx={4}
              />
            )}
            <path
              className={styles.mark}
              d={MARK[kind]}
              transform={`translate(${start + (isLate ? -1 : 7)} ${y})`}
            />
            <text x={isLate ? start - 10 : start + 17} y={y + 4} textAnchor={isLate ? 'end' : 'start'}>
              {text}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
