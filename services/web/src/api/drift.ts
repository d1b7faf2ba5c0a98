// Drift of a model: the trend, one batch's report, the features by time, one feature.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import type { Drift, Feature, Heatmap, Report } from './types';

/** What is shown of time; without bounds the server's own default. */
export interface Window {
  from?: string | undefined;
  to?: string | undefined;
}

/** What one answer may hold at most; the server counts from the newest. */
export const MOST_POINTS = 2000;
export const MOST_COLUMNS = 500;
const MOST_ROWS = 40;
const MOST_REPORTS = 120;

export const bounds = ({ from, to }: Window) => ({ ...(from && { from }), ...(to && { to }) });

export const driftKeys = {
  all: (model: string) => ['drift', model] as const,
  trend: (model: string, window: Window) => [...driftKeys.all(model), 'trend', window] as const,
  heatmap: (model: string, window: Window) => [...driftKeys.all(model), 'heatmap', window] as const,
  report: (model: string, batch: string) => [...driftKeys.all(model), 'report', batch] as const,
  feature: (model: string, feature: string, batch: string | undefined, window: Window) =>
    [...driftKeys.all(model), 'feature', feature, batch ?? 'latest', window] as const,
};

export const trendQuery = (model: string, window: Window) =>
  queryOptions({
    queryKey: driftKeys.trend(model, window),
    queryFn: ({ signal }) =>
      body<Drift>(
        api.GET('/api/v1/models/{model}/drift', {
          params: { path: { model }, query: { ...bounds(window), points: MOST_POINTS } },
          signal,
        }),
      ),
  });

export const heatmapQuery = (model: string, window: Window) =>
  queryOptions({
    queryKey: driftKeys.heatmap(model, window),
    queryFn: ({ signal }) =>
      body<Heatmap>(
        api.GET('/api/v1/models/{model}/heatmap', {
          params: {
            path: { model },
            query: { ...bounds(window), batches: MOST_COLUMNS, features: MOST_ROWS },
          },
          signal,
        }),
      ),
  });

/** A report stands once it is there; only labels that come later add to it, which an event tells. */
export const reportQuery = (model: string, batch: string) =>
  queryOptions({
    queryKey: driftKeys.report(model, batch),
    queryFn: ({ signal }) =>
      body<Report>(
        api.GET('/api/v1/models/{model}/drift/{batch}', { params: { path: { model, batch } }, signal }),
      ),
    staleTime: Infinity,
    refetchInterval: false,
  });

export const featureQuery = (model: string, feature: string, batch: string | undefined, window: Window) =>
  queryOptions({
    queryKey: driftKeys.feature(model, feature, batch, window),
    queryFn: ({ signal }) =>
      body<Feature>(
        api.GET('/api/v1/models/{model}/features/{feature}', {
          params: {
            path: { model, feature },
            query: { ...bounds(window), batches: MOST_REPORTS, ...(batch && { batch }) },
          },
          signal,
        }),
      ),
  });
