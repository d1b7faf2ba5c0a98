// How a step of the provenance graph stands, as one of the statuses of the app or a state of its own while it runs.
import type { NodeKind, RunStatus, Status } from '../api/types';
import { LETTER, SHAPE, WORD } from '../ui/status';

/** `plain`: a thing that has no status of its own, such as data; it is neither fine nor unknown. */
export type MarkStatus = Status | 'running' | 'queued' | 'stale' | 'plain';

/** The worst first; what is not known or not ended is worse than fine. */
export const WORST_FIRST: readonly MarkStatus[] = [
  'act',
  'watch',
  'stale',
  'unknown',
  'running',
  'queued',
  'fine',
  'plain',
];

const OF_RUN: Readonly<Record<string, MarkStatus>> = {
  SUCCEEDED: 'fine',
  FAILED: 'act',
  ABORTED: 'watch',
  RUNNING: 'running',
  QUEUED: 'queued',
};

/** How a run ended, in the words of pipelines. */
export const RUN_WORD = {
  SUCCEEDED: 'Succeeded',
  FAILED: 'Failed',
  ABORTED: 'Cancelled',
  RUNNING: 'Running',
  QUEUED: 'Queued',
  UNKNOWN: 'Unknown',
} as const satisfies Record<RunStatus, string>;

/** Kinds that have no status of their own: data, definitions, compute that only names where something ran. */
const BARE: ReadonlySet<string> = new Set<NodeKind>([
  'dataset',
  'dataset_version',
  'feature',
  'code_version',
  'compute_run',
  'job',
  'notebook',
  'pipeline',
  'activity',
  'model',
  'model_version',
  'logged_model',
  'reference',
  'profile',
  'labels',
]);

const SQUARE = 'M-7-7H7V7H-7Z';
const HEXAGON = 'M-7.5 0L-3.75-6.5H3.75L7.5 0L3.75 6.5H-3.75Z';

export const MARK_WORD: Readonly<Record<MarkStatus, string>> = {
  ...WORD,
  stale: 'Stale',
  running: 'Running',
  queued: 'Queued',
  plain: 'No status',
};
export const MARK_LETTER: Readonly<Record<MarkStatus, string>> = {
  ...LETTER,
  stale: 'S',
  running: 'R',
  queued: 'Q',
  plain: '',
};
export const MARK_SHAPE: Readonly<Record<MarkStatus, string>> = {
  ...SHAPE,
  stale: SHAPE.watch,
  running: SQUARE,
  queued: SQUARE,
  plain: HEXAGON,
};

/** What the server says of a step: how its run ended, what a report found, whether an input was too old. */
export interface Standing {
  /** What it is; without, it should have a status. */
  kind?: string;
  status: string;
  verdict?: Status | null;
  stale?: boolean;
}

/** A report stands as its verdict, a run as it ended. A word that is not known is unknown, not fine. */
export function markStatus({ kind, status, verdict, stale = false }: Standing): MarkStatus {
  const bare = kind !== undefined && BARE.has(kind) ? 'plain' : 'unknown';
  const found = verdict ?? OF_RUN[status] ?? bare;
  return stale && WORST_FIRST.indexOf(found) > WORST_FIRST.indexOf('stale') ? 'stale' : found;
}

export function worstMark(statuses: Iterable<MarkStatus>): MarkStatus {
  const found = new Set(statuses);
  return WORST_FIRST.find((status) => found.has(status)) ?? 'unknown';
}
