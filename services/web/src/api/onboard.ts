// Adding a model: a look at its rows or its registration, the model itself, and the batches of its past.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import type { Accepted, Batches, Model, ModelAsked, Preview, Task } from './types';

const WAIT_S = 20;
const BATCHES = 500;

/** Rows as they are sent. */
export interface Rows {
  body: Blob | string;
  type: string;
}

const raw = { bodySerializer: (content: unknown) => content as Blob | string };
const headersOf = ({ type }: Rows) => ({ 'Content-Type': type });

export const previewRows = (rows: Rows, task: Task | null) =>
  body<Accepted>(
    api.POST('/api/v1/models:preview', {
      params: { query: task ? { task } : {} },
      headers: headersOf(rows),
      body: rows.body as never,
      ...raw,
    }),
  );

export const previewRegistered = (mlflow: string, task: Task | null) =>
  body<Accepted>(
    api.POST('/api/v1/models:preview', { params: { query: { mlflow, ...(task && { task }) } } }),
  );

export const previewQuery = (id: string) =>
  queryOptions({
    queryKey: ['previews', id] as const,
    queryFn: ({ signal }) =>
      body<Preview>(
        api.GET('/api/v1/previews/{id}', { params: { path: { id }, query: { wait: WAIT_S } }, signal }),
      ),
    staleTime: Infinity,
    refetchInterval: ({ state }) => (state.data?.state === 'waiting' ? 500 : false),
  });

export const createModel = (asked: ModelAsked) => body<Model>(api.POST('/api/v1/models', { body: asked }));

export const putReference = (model: string, rows: Rows) =>
  body<Accepted>(
    api.PUT('/api/v1/models/{model}/reference', {
      params: { path: { model } },
      headers: headersOf(rows),
      body: rows.body as never,
      ...raw,
    }),
  );

export const pushBatch = (
  model: string,
  key: string,
  rows: Rows,
  window: { start?: string; end?: string } = {},
) =>
  body<Accepted>(
    api.POST('/api/v1/models/{model}/batches', {
      params: { path: { model }, query: { key, ...window } },
      headers: headersOf(rows),
      body: rows.body as never,
      ...raw,
    }),
  );

/** The newest batches and what became of them, asked for while some are still worked on. */
export const batchesQuery = (model: string, isFollowed: boolean) =>
  queryOptions({
    queryKey: ['batches', model] as const,
    queryFn: ({ signal }) =>
      body<Batches>(
        api.GET('/api/v1/models/{model}/batches', {
          params: { path: { model }, query: { limit: BATCHES } },
          signal,
        }),
      ),
    refetchInterval: isFollowed ? 1000 : false,
  });
