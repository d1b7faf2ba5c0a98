// How near a figure is to its lines: a half circle in three parts, a needle, and the status at its foot. The parts
// are told apart by their gaps and width too, not by colour alone.
import type { Status } from '../api/types';
import { SHAPE, WORD } from '../ui/status';
import styles from './gauge.module.css';

interface Props {
  /** 0 healthy, 0.5 at the watch line, 1 at the act line; null when it cannot be told. */
  severity: number | null;
  status: Status;
}

const R = 26;
const ACT_FROM = 0.92; // of the scale: what is at or past the act line
const GAP = 0.015;
const PARTS = [
  ['fine', 0, 0.46],
  ['watch', 0.46, ACT_FROM],
  ['act', ACT_FROM, 1],
] as const;

/** Where a severity stands on the scale, in [0, 1]: the watch line at 0.46, the act line at 0.92. */
export const turn = (severity: number): number =>
  severity >= 1 ? (1 + ACT_FROM) / 2 : Math.max(0, severity) * ACT_FROM;

function at(share: number, radius: number): string {
  const angle = Math.PI * (1 - share);
  return `${(34 + radius * Math.cos(angle)).toFixed(2)} ${(32 - radius * Math.sin(angle)).toFixed(2)}`;
}

export function Gauge({ severity, status }: Props) {
  const place = severity === null ? null : turn(severity);
  return (
    <svg
      className={styles.gauge}
      role="img"
      aria-label={severity === null ? 'Cannot be told' : `${WORD[status]}, ${words(severity)}`}
      width={68}
      height={42}
      viewBox="0 0 68 42"
    >
      {PARTS.map(([name, from, to]) => (
        <path
          key={name}
          data-status={name}
          data-here={(place !== null && place >= from && place <= to) || undefined}
          d={`M${at(from + (from ? GAP : 0), R)}A${R} ${R} 0 0 1 ${at(to - (to < 1 ? GAP : 0), R)}`}
        />
      ))}
      {place !== null && <path className={styles.needle} d={`M34 32L${at(place, R - 7)}`} />}
      <g className={styles.foot} data-status={status} transform="translate(34 33) scale(.72)">
        <path d={SHAPE[status]} />
      </g>
    </svg>
  );
}

function words(severity: number): string {
  if (severity >= 1) return 'past the act line';
  if (severity >= 0.5) return 'past the watch line';
  return 'below the watch line';
}
