// A model as it is edited: with the mark of the version that was read, so that no change of another is overwritten.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import { modelKeys } from './models';
import type { Model, ModelChange, Models } from './types';

export interface Editable {
  model: Model;
  etag: string;
}

export const editableQuery = (model: string) =>
  queryOptions({
    queryKey: [...modelKeys.one(model), 'edit'] as const,
    queryFn: async ({ signal }): Promise<Editable> => {
      const answer = await api.GET('/api/v1/models/{model}', { params: { path: { model } }, signal });
      return { model: answer.data as Model, etag: answer.response.headers.get('etag') ?? '*' };
    },
    staleTime: 0,
    refetchInterval: false,
    refetchOnWindowFocus: false, // what is being typed is not taken away
  });

export const changeModel = ({ model: { name }, etag }: Editable, change: Partial<ModelChange>) =>
  body<Model>(
    api.PATCH('/api/v1/models/{model}', {
      params: { path: { model: name }, header: { 'If-Match': etag } },
      body: change as ModelChange,
    }),
  );

/** Pages that are read at most: as many models as the server is promised to hold, and more. */
const MOST_PAGES = 10;

/** The names to choose from. */
export const modelNamesQuery = () =>
  queryOptions({
    queryKey: [...modelKeys.all, 'names'] as const,
    queryFn: async ({ signal }) => {
      const names: string[] = [];
      let cursor: string | null | undefined;
      for (let page = 0; page < MOST_PAGES && cursor !== null; page++) {
        const query = { limit: 500, ...(cursor && { cursor }) };
        const found: Models = await body<Models>(api.GET('/api/v1/models', { params: { query }, signal }));
        names.push(...found.items.map(({ name }) => name));
        cursor = found.next;
      }
      return names;
    },
    staleTime: 300_000,
  });
