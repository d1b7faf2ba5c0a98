// Key figures of a model for one reader: the first ones with the reasons of their rank, and the rest.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import type { KpiHistory, Kpis, Persona } from './types';

export const insightKeys = {
  all: (model: string) => ['insights', model] as const,
  top: (model: string, persona: Persona) => [...insightKeys.all(model), persona] as const,
  history: (model: string, kpi: string) => [...insightKeys.all(model), 'history', kpi] as const,
};

export const kpisQuery = (model: string, persona: Persona) =>
  queryOptions({
    queryKey: insightKeys.top(model, persona),
    queryFn: ({ signal }) =>
      body<Kpis>(
        api.GET('/api/v1/models/{model}/kpis', { params: { path: { model }, query: { persona } }, signal }),
      ),
  });

export const kpiHistoryQuery = (model: string, kpi: string) =>
  queryOptions({
    queryKey: insightKeys.history(model, kpi),
    queryFn: ({ signal }) =>
      body<KpiHistory>(
        api.GET('/api/v1/models/{model}/kpis/{kpi}', { params: { path: { model, kpi } }, signal }),
      ),
  });
