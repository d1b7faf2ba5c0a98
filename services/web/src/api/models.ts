// What a person said about a model, and where it stands.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import type { Model } from './types';

export const modelKeys = {
  all: ['models'] as const,
  one: (model: string) => [...modelKeys.all, model] as const,
};

export const modelQuery = (model: string) =>
  queryOptions({
    queryKey: modelKeys.one(model),
    queryFn: ({ signal }) =>
      body<Model>(api.GET('/api/v1/models/{model}', { params: { path: { model } }, signal })),
  });
