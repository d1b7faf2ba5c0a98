// Adding a model: a look at its rows or its registration, the model itself, and the batches of its past.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import type { Accepted, Batches, Model, ModelAsked, Preview, Task } from './types';

const WAIT_S = 20;
const BATCHES = 500;
/** What is worked on is asked for this often: no event tells of a single batch. */
const FOLLOW_MS = 1000;

/** Rows as they are sent. */
export interface Rows {
  body: Blob | string;
  type: string;
}

const raw = { bodySerializer: (content: unknown) => content as Blob | string };
const headersOf = ({ type }: Rows) => ({ 'Content-Type': type });

/** A look at rows: at those of a model to be, or as they are to one there is. */
export const previewRows = (rows: Rows, model?: string) =>
  body<Accepted>(
    api.POST('/api/v1/models:preview', {
      params: { query: model ? { model } : {} },
      headers: headersOf(rows),
      body: rows.body as never,
      ...raw,
    }),
  );

export const previewRegistered = (mlflow: string, source: string) =>
  body<Accepted>(
    api.POST('/api/v1/models:preview', { params: { query: { mlflow, ...(source && { source }) } } }),
  );

/** Another look at the same rows. */
export const previewAgain = (id: string, roles: NonNullable<Preview['roles']>, task: Task | null) =>
  body<Accepted>(
    api.POST('/api/v1/previews/{id}', { params: { path: { id } }, body: { roles, task, kinds: {} } }),
  );

const getPreview = (id: string, signal?: AbortSignal) =>
  body<Preview>(
    api.GET('/api/v1/previews/{id}', {
      params: { path: { id }, query: { wait: WAIT_S } },
      ...(signal && { signal }),
    }),
  );

/** A preview that is not waiting any more. */
export async function previewOf(id: string): Promise<Preview> {
  for (;;) {
    const found = await getPreview(id);
    if (found.state !== 'waiting') return found;
  }
}

export const previewQuery = (id: string) =>
  queryOptions({
    queryKey: ['previews', id] as const,
    queryFn: ({ signal }) => getPreview(id, signal),
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
  rows: Rows,
  { key, ...window }: { key?: string; start?: string; end?: string } = {},
) =>
  body<Accepted>(
    api.POST('/api/v1/models/{model}/batches', {
      params: { path: { model }, query: { ...(key && { key }), ...window } },
      headers: headersOf(rows),
      body: rows.body as never,
      ...raw,
    }),
  );

const SETTLED = new Set(['analysed', 'rejected']);

/** When the rows of a file are from, by their own times; nothing where they have none. */
export async function timesOf(rows: Rows, model: string): Promise<{ start?: string; end?: string }> {
  const { start, end } = await previewOf((await previewRows(rows, model)).id);
  return end === null ? {} : { end, ...(start !== null && start !== end && { start }) };
}

/** The newest batches and what became of them, asked for while some are still worked on. */
export const batchesQuery = (model: string, isPushing: boolean) =>
  queryOptions({
    queryKey: ['batches', model] as const,
    queryFn: ({ signal }) =>
      body<Batches>(
        api.GET('/api/v1/models/{model}/batches', {
          params: { path: { model }, query: { limit: BATCHES } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) =>
      !isPushing && state.data?.items.every((one) => SETTLED.has(one.state)) ? false : FOLLOW_MS,
  });
