// How a step of the provenance graph stands, as one of the statuses of the app or a state of its own while it runs.
import type { Status } from '../api/types';
import { LETTER, SHAPE, WORD } from '../ui/status';

export type MarkStatus = Status | 'running' | 'queued' | 'stale';

/** The worst first; what is not known or not ended is worse than fine. */
const ORDER: readonly MarkStatus[] = ['act', 'watch', 'stale', 'unknown', 'running', 'queued', 'fine'];

const OF_RUN: Readonly<Record<string, MarkStatus>> = {
  SUCCEEDED: 'fine',
  FAILED: 'act',
  ABORTED: 'watch',
  RUNNING: 'running',
  QUEUED: 'queued',
};

const SQUARE = 'M-7-7H7V7H-7Z';

export const MARK_WORD: Readonly<Record<MarkStatus, string>> = {
  ...WORD,
  stale: 'Stale',
  running: 'Running',
  queued: 'Queued',
};
export const MARK_LETTER: Readonly<Record<MarkStatus, string>> = {
  ...LETTER,
  stale: 'S',
  running: 'R',
  queued: 'Q',
};
export const MARK_SHAPE: Readonly<Record<MarkStatus, string>> = {
  ...SHAPE,
  stale: SHAPE.watch,
  running: SQUARE,
  queued: SQUARE,
};

/** A run's state, or the verdict of a report, as the graph has it. A word that is not known is unknown, not fine. */
export function markStatus(status: string, isStale = false): MarkStatus {
  const found = OF_RUN[status] ?? ORDER.find((one) => one === status) ?? 'unknown';
  return isStale && ORDER.indexOf(found) > ORDER.indexOf('stale') ? 'stale' : found;
}

export function worstMark(statuses: Iterable<MarkStatus>): MarkStatus {
  const found = new Set(statuses);
  return ORDER.find((status) => found.has(status)) ?? 'unknown';
}
