// What the server tells by itself: a model was assessed anew. The answers about it are then asked for again.
// A hidden page listens to nothing: browsers allow few open connections to one server, over all tabs.
import type { QueryClient } from '@tanstack/react-query';
import { driftKeys } from './drift';
import { fleetKeys } from './fleet';
import { causeKeys } from './causes';
import { incidentKeys } from './incidents';
import { insightKeys } from './insights';
import { modelKeys } from './models';
import { performanceKeys } from './performance';

const GATHER_MS = 1000;
let isConnected = false;

/** Whether changes are told, so that nothing needs to be asked for at intervals. */
export const isLive = () => isConnected;

/** Listens until called back. */
export function listen(queries: QueryClient): () => void {
  if (typeof EventSource === 'undefined') return () => undefined;
  const changed = new Set<string>();
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  // Many batches at once are one refresh.
  const flush = () => {
    timer = undefined;
    void queries.invalidateQueries({ queryKey: fleetKeys.all });
    void queries.invalidateQueries({ queryKey: incidentKeys.all });
    for (const model of changed) {
      void queries.invalidateQueries({ queryKey: modelKeys.one(model) });
      void queries.invalidateQueries({ queryKey: performanceKeys.all(model) });
      void queries.invalidateQueries({ queryKey: insightKeys.all(model) });
      void queries.invalidateQueries({ queryKey: causeKeys.all(model) });
      void queries.invalidateQueries({
        queryKey: driftKeys.all(model),
        predicate: ({ queryKey }) => queryKey[2] !== 'report', // a report never changes
      });
    }
    changed.clear();
  };
  const open = () => {
    if (source || document.hidden) return;
    source = new EventSource('/api/v1/events');
    source.onopen = () => (isConnected = true);
    source.onerror = () => (isConnected = false); // it comes back by itself
    source.addEventListener('model', ({ data }: MessageEvent<string>) => {
      changed.add((JSON.parse(data) as { model: string }).model);
      timer ??= setTimeout(flush, GATHER_MS);
    });
  };
  const close = () => {
    source?.close();
    source = null;
    isConnected = false;
  };
  const turn = () => (document.hidden ? close() : open());

  document.addEventListener('visibilitychange', turn);
  open();
  return () => {
    document.removeEventListener('visibilitychange', turn);
    clearTimeout(timer);
    close();
  };
}
