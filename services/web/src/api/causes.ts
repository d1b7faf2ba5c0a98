// What likely caused the drift of a model's newest batch, of an incident, or of one input in one batch.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import { reportNode } from './lineage';
import type { RootCause } from './types';

export const causeKeys = {
  all: (model: string) => ['causes', model] as const,
  of: (model: string, ...about: string[]) => [...causeKeys.all(model), ...about] as const,
};

/** Of an incident, or of a drift report; else of the newest batch. */
export const causesQuery = (model: string, about: { incident?: string; report?: string } = {}) =>
  queryOptions({
    queryKey: causeKeys.of(model, about.incident ?? '', about.report ?? ''),
    queryFn: ({ signal }) =>
      body<RootCause>(
        api.GET('/api/v1/lineage/root-cause', {
          params: { query: { model, ...about } },
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
