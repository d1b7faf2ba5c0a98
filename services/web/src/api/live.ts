// What the server tells by itself: a model was assessed anew, an incident changed. What is shown of it is then asked
// for again, and once more a little later: provenance and explanations are written beside the assessment, not before.
// A hidden page listens to nothing: browsers allow few open connections to one server, over all tabs.
import type { Query, QueryClient } from '@tanstack/react-query';
import { driftKeys } from './drift';
import { fleetKeys } from './fleet';
import { causeKeys } from './causes';
import { explanationKeys } from './explanations';
import { incidentKeys } from './incidents';
import { insightKeys } from './insights';
import { lineageKeys } from './lineage';
import { modelKeys } from './models';
import { performanceKeys } from './performance';
import { pipelineKeys } from './pipelines';

const GATHER_MS = 1000;
const LATER_MS = 8000;
const AGAIN_MS = 30_000;
let isConnected = false;

/** Whether changes are told, so that nothing needs to be asked for at intervals. */
export const isLive = () => isConnected;

/** Listens until called back. */
export function listen(queries: QueryClient): () => void {
  if (typeof EventSource === 'undefined') return () => undefined;
  const changed = new Set<string>();
  let source: EventSource | null = null;
  // Where to go on after the page was hidden.
  let place = '';
  const timers = new Set<ReturnType<typeof setTimeout>>();

  // Many batches at once are one refresh.
  const gather = (model: string) => {
    changed.add(model);
    if (changed.size > 1) return;
    after(GATHER_MS, () => {
      const models = [...changed];
      changed.clear();
      renew(queries, models);
      after(LATER_MS, () => renewSlower(queries, models));
    });
  };
  const after = (ms: number, act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };
  const open = () => {
    if (source || document.hidden) return;
    const opened = new EventSource('/api/v1/events' + (place && `?after=${encodeURIComponent(place)}`));
    source = opened;
    opened.onopen = () => (isConnected = true);
    opened.onerror = () => {
      isConnected = false;
      if (opened.readyState !== EventSource.CLOSED) return; // it comes back by itself
      source = null;
      place = '';
      after(AGAIN_MS, open);
    };
    opened.addEventListener('here', ({ lastEventId }: MessageEvent<string>) => {
      // What was asked for before the stream began may have changed in between.
      if (!place) void queries.invalidateQueries({ predicate: isOlder });
      place = lastEventId;
    });
    for (const event of ['model', 'incident']) {
      opened.addEventListener(event, ({ data, lastEventId }: MessageEvent<string>) => {
        place = lastEventId;
        gather((JSON.parse(data) as { model: string }).model);
      });
    }
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
    timers.forEach(clearTimeout);
    close();
  };
}

/** Has an answer, and is not the answer to a question that made work. */
const isOlder = ({ state, queryKey }: Query) => state.data !== undefined && queryKey[0] !== 'explanations';

function renew(queries: QueryClient, models: readonly string[]): void {
  void queries.invalidateQueries({ queryKey: fleetKeys.all });
  void queries.invalidateQueries({ queryKey: incidentKeys.all });
  for (const model of models) {
    void queries.invalidateQueries({ queryKey: modelKeys.one(model) });
    void queries.invalidateQueries({ queryKey: performanceKeys.all(model) });
    void queries.invalidateQueries({ queryKey: insightKeys.all(model) });
    void queries.invalidateQueries({ queryKey: driftKeys.all(model) });
  }
  renewSlower(queries, models);
}

/** What other services write about the same batch, in their own time. */
function renewSlower(queries: QueryClient, models: readonly string[]): void {
  void queries.invalidateQueries({ queryKey: pipelineKeys.all });
  for (const model of models) {
    void queries.invalidateQueries({ queryKey: causeKeys.all(model) });
    void queries.invalidateQueries({ queryKey: lineageKeys.all(model) });
    void queries.invalidateQueries({
      queryKey: explanationKeys.all(model),
      predicate: ({ queryKey }) => queryKey[2] === 'list' || queryKey[2] === 'global',
    });
  }
}
