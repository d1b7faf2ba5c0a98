// Pipelines of the watched data factories and runs of any source, as they were observed.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import type { Pipeline, Run, RunBrief } from './types';

/** Runs are told of by no event of their own, so they are asked for also while others arrive. */
const REFRESH_MS = 60_000;

interface Page<T> {
  items: T[];
  next?: string | null;
}

export const pipelineKeys = {
  all: ['pipelines'] as const,
  runs: (source: string, pipeline: string) => [...pipelineKeys.all, 'runs', source, pipeline] as const,
  run: (run: string) => ['run', run] as const,
};

export const pipelinesQuery = () =>
  queryOptions({
    queryKey: pipelineKeys.all,
    queryFn: ({ signal }) => body<Page<Pipeline>>(api.GET('/api/v1/pipelines', { signal })),
    refetchInterval: REFRESH_MS,
  });

export const runsQuery = (source: string, pipeline: string) =>
  infiniteQueryOptions({
    queryKey: pipelineKeys.runs(source, pipeline),
    queryFn: ({ signal, pageParam }) =>
      body<Page<RunBrief>>(
        api.GET('/api/v1/pipelines/{pipeline}/runs', {
          params: {
            path: { pipeline },
            query: { limit: 50, ...(source && { source }), ...(pageParam && { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: REFRESH_MS,
  });

export const runQuery = (run: string) =>
  queryOptions({
    queryKey: pipelineKeys.run(run),
    queryFn: ({ signal }) => body<Run>(api.GET('/api/v1/runs/{run}', { params: { path: { run } }, signal })),
  });
