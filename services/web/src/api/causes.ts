// What likely caused the drift of a model's newest batch, of an incident, or of one input in one batch.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import { reportNode } from './lineage';
import type { RootCause } from './types';

export const causeKeys = {
  all: (model: string) => ['causes', model] as const,
  of: (model: string, ...about: string[]) => [...causeKeys.all(model), ...about] as const,
};

/** `incident` empty: of the newest batch. */
export const causesQuery = (model: string, incident = '') =>
  queryOptions({
    queryKey: causeKeys.of(model, incident),
    queryFn: ({ signal }) =>
      body<RootCause>(
        api.GET('/api/v1/lineage/root-cause', {
          params: { query: { model, ...(incident && { incident }) } },
          signal,
        }),
      ),
  });

export const inputCausesQuery = (model: string, feature: string, batch: string) =>
  queryOptions({
    queryKey: causeKeys.of(model, feature, batch),
    queryFn: ({ signal }) =>
      body<RootCause>(
        api.GET('/api/v1/lineage/root-cause', {
          params: { query: { model, feature, report: reportNode(model, batch) } },
          signal,
        }),
      ),
  });
