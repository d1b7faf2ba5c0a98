// What likely caused the drift of a model's newest batch, or of an incident.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import type { RootCause } from './types';

export const causeKeys = {
  all: (model: string) => ['causes', model] as const,
  of: (model: string, incident: string) => [...causeKeys.all(model), incident] as const,
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
