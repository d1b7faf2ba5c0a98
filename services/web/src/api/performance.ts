// How well a model does: realised once labels are here, estimated before.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import { bounds, type Window } from './drift';
import type { BatchPerformance, Performance, PerformanceKind } from './types';

export const performanceKeys = {
  all: (model: string) => ['performance', model] as const,
  series: (model: string, kind: PerformanceKind, metric: string, segment: string, window: Window) =>
    [...performanceKeys.all(model), kind, metric, segment, window] as const,
  batch: (model: string, batch: string) => [...performanceKeys.all(model), 'batch', batch] as const,
};

const MOST_POINTS = 500;

/** `metric` empty: the key metric; `segment` as `column:value`, empty for all rows. */
export const performanceQuery = (
  model: string,
  kind: PerformanceKind,
  metric: string,
  segment: string,
  window: Window,
) =>
  queryOptions({
    queryKey: performanceKeys.series(model, kind, metric, segment, window),
    queryFn: ({ signal }) =>
      body<Performance>(
        api.GET('/api/v1/models/{model}/performance', {
          params: {
            path: { model },
            query: {
              ...bounds(window),
              kind,
              points: MOST_POINTS,
              ...(metric && { metric }),
              ...(segment && { segment }),
            },
          },
          signal,
        }),
      ),
  });

export const batchPerformanceQuery = (model: string, batch: string) =>
  queryOptions({
    queryKey: performanceKeys.batch(model, batch),
    queryFn: ({ signal }) =>
      body<BatchPerformance>(
        api.GET('/api/v1/models/{model}/performance/{batch}', { params: { path: { model, batch } }, signal }),
      ),
  });
