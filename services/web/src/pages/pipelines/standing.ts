// How a pipeline stands, from what the server says of its newest run and its schedule. No judging: only its order.
import type { Pipeline } from '../../api/types';
import { WORST_FIRST, markStatus, type MarkStatus } from '../../graph/status';

export function standingOf({ last_run: last, late, failed }: Pipeline): {
  status: MarkStatus;
  words: string;
} {
  if (last === null) return { status: 'unknown', words: 'No run has been seen yet.' };
  const status = markStatus({ status: last.status });
  if (status === 'act') {
    const activity = last.failed_activity === null ? 'The run failed' : `${last.failed_activity} failed`;
    return { status, words: late ? `${activity}, and the next run is late.` : `${activity}.` };
  }
  if (late) return { status: 'watch', words: 'A run is due that has not begun.' };
  if (last.slow)
    return { status: status === 'fine' ? 'watch' : status, words: 'It took much longer than usual.' };
  if (status === 'watch') return { status, words: 'The run was cancelled.' };
  if (status === 'running' || status === 'queued') return { status, words: 'A run is under way.' };
  return { status, words: failed > 0 ? 'It runs again after failures.' : 'Nothing failed.' };
}

export const isTroubled = (one: Pipeline) =>
  WORST_FIRST.indexOf(standingOf(one).status) < WORST_FIRST.indexOf('running');

export function byUrgency(a: Pipeline, b: Pipeline): number {
  const order = (one: Pipeline) => WORST_FIRST.indexOf(standingOf(one).status);
  return order(a) - order(b) || b.failed - a.failed || a.pipeline.localeCompare(b.pipeline);
}
