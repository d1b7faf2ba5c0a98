// What a model looks at, why it answered one row as it did, and what it would answer otherwise.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import { bounds, type Window } from './drift';
import { Problem } from './problem';
import type { Asked, Cell, Explanations, GlobalExplanation, Locals, LocalExplanation, WhatIf } from './types';

export const explanationKeys = {
  all: (model: string) => ['explanations', model] as const,
  of: (model: string, ...about: unknown[]) => [...explanationKeys.all(model), ...about] as const,
};

const MOST = 500;
const WAIT_S = 20;
/** How often an answer is waited for before it is called late. */
const TRIES = 9;

export const explanationsQuery = (model: string) =>
  queryOptions({
    queryKey: explanationKeys.of(model, 'list'),
    queryFn: ({ signal }) =>
      body<Explanations>(
        api.GET('/api/v1/models/{model}/explanations', {
          params: { path: { model }, query: { limit: MOST } },
          signal,
        }),
      ),
  });

/** Of one batch, or without one of all batches in the window together. */
export const globalQuery = (model: string, batch: string | null, window: Window) =>
  queryOptions({
    queryKey: explanationKeys.of(model, 'global', batch ?? window),
    queryFn: ({ signal }) =>
      body<GlobalExplanation>(
        api.GET('/api/v1/models/{model}/explanations/global', {
          params: { path: { model }, query: batch === null ? bounds(window) : { batch } },
          signal,
        }),
      ),
  });

/** Explained rows of a batch. */
export const localsQuery = (model: string, batch: string) =>
  queryOptions({
    queryKey: explanationKeys.of(model, 'locals', batch),
    queryFn: ({ signal }) =>
      body<Locals>(
        api.GET('/api/v1/models/{model}/explanations/local', {
          params: { path: { model }, query: { batch, limit: 20 } },
          signal,
        }),
      ),
  });

/** One decision with all its reasons: as it is kept, else asked for and waited for. */
export const localQuery = (model: string, row: string) =>
  queryOptions({
    queryKey: explanationKeys.of(model, 'local', row),
    queryFn: async ({ signal }): Promise<LocalExplanation> => {
      const kept = await keptLocal(model, row, signal);
      if (kept?.complete) return kept;
      const asked = await body<Asked>(
        api.POST('/api/v1/models/{model}/explanations', {
          params: { path: { model }, query: { wait: WAIT_S } },
          body: { id: row, batch: null, row: null, sample: null, perturbation: null, output_class: null },
          signal,
        }),
      );
      const found = await settled(model, asked, signal);
      if (found.local) return found.local;
      throw failed(found, 'This decision could not be explained');
    },
    staleTime: Infinity,
    refetchInterval: false,
  });

export type Changes = Readonly<Record<string, Cell>>;

export const whatIfQuery = (model: string, row: string, changes: Changes) =>
  queryOptions({
    queryKey: explanationKeys.of(model, 'what-if', row, changes),
    queryFn: async ({ signal }): Promise<WhatIf> => {
      const asked = await body<Asked>(
        api.POST('/api/v1/models/{model}/what-if', {
          params: { path: { model }, query: { wait: WAIT_S } },
          body: { id: row, batch: null, row: null, changes, output_class: null },
          signal,
        }),
      );
      const found = await settled(model, asked, signal);
      if (found.what_if) return found.what_if;
      throw failed(found, 'This change could not be tried');
    },
    enabled: Object.keys(changes).length > 0,
    placeholderData: (before) => before,
    staleTime: Infinity,
    refetchInterval: false,
  });

async function keptLocal(model: string, row: string, signal: AbortSignal): Promise<LocalExplanation | null> {
  try {
    return await body<LocalExplanation>(
      api.GET('/api/v1/models/{model}/explanations/local/{row}', {
        params: { path: { model, row } },
        signal,
      }),
    );
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

async function settled(model: string, asked: Asked, signal: AbortSignal): Promise<Asked> {
  let found = asked;
  for (let i = 0; i < TRIES && found.state === 'waiting'; i++) {
    found = await body<Asked>(
      api.GET('/api/v1/models/{model}/explanations/{id}', {
        params: { path: { model, id: found.id }, query: { wait: WAIT_S } },
        signal,
      }),
    );
  }
  return found;
}

function failed(found: Asked, title: string): Problem {
  const isLate = found.state === 'waiting';
  return new Problem({
    status: isLate ? 503 : 422,
    title: isLate ? 'The explain service has not answered yet' : title,
    detail: found.reason ?? (isLate ? 'It is still at work, or no worker runs. Ask again in a while.' : ''),
    faults: found.errors,
  });
}
