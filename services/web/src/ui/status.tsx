// Status is shape, letter, word and colour, never colour alone; `unknown` is never drawn as fine.
import type { Status } from '../api/types';
import styles from './status.module.css';

export const STATUSES = ['act', 'watch', 'unknown', 'fine'] as const satisfies readonly Status[];
export const WORD: Record<Status, string> = { fine: 'Fine', watch: 'Watch', act: 'Act', unknown: 'Unknown' };
export const LETTER: Record<Status, string> = { fine: 'F', watch: 'W', act: 'A', unknown: '?' };

const CIRCLE = 'M-7 0A7 7 0 1 1 7 0A7 7 0 1 1-7 0Z';
/** Outlines around (0, 0), about 16 units wide. */
export const SHAPE: Record<Status, string> = {
  fine: CIRCLE,
  watch: 'M0-8.500L8.500 0L0 8.500L-8.500 0Z',
  act: 'M0-8L8.500 7L-8.500 7Z',
  unknown: CIRCLE,
};

/** The worst first; `unknown` is worse than `fine`. */
export function worst(statuses: Iterable<Status>): Status {
  const found = new Set(statuses);
  return STATUSES.find((status) => found.has(status)) ?? 'unknown';
}

/** Shape and letter, for tight places; the word is in the accessible name unless it is said beside it. */
export function StatusMark({
  status,
  size = 18,
  silent = false,
}: {
  status: Status;
  size?: number;
  silent?: boolean;
}) {
  return (
    <svg
      className={styles.mark}
      data-status={status}
      width={size}
      height={size}
      viewBox="-9 -9 18 18"
      {...(silent ? { 'aria-hidden': true } : { role: 'img', 'aria-label': WORD[status] })}
    >
      <path d={SHAPE[status]} />
      <text y={status === 'act' ? 5 : 3.4} textAnchor="middle">
        {LETTER[status]}
      </text>
    </svg>
  );
}

/** Shape and word on the colour. */
export function StatusBadge({ status, large = false }: { status: Status; large?: boolean }) {
  return (
    <span className={styles.badge} data-status={status} data-large={large || undefined}>
      <svg width={large ? 13 : 11} height={large ? 13 : 11} viewBox="-9.500 -9.500 19 19" aria-hidden="true">
        <path d={SHAPE[status]} />
      </svg>
      {WORD[status]}
    </span>
  );
}
