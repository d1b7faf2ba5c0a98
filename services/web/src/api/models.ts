// What a person said about a model, what its batches are compared with, and where it stands.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import type { Model, Reference } from './types';

export const modelKeys = {
  all: ['models'] as const,
  one: (model: string) => [...modelKeys.all, model] as const,
  reference: (model: string) => [...modelKeys.one(model), 'reference'] as const,
};

export const modelQuery = (model: string) =>
  queryOptions({
    queryKey: modelKeys.one(model),
    queryFn: ({ signal }) =>
      body<Model>(api.GET('/api/v1/models/{model}', { params: { path: { model } }, signal })),
  });

export const referenceQuery = (model: string) =>
  queryOptions({
    queryKey: modelKeys.reference(model),
    queryFn: ({ signal }) =>
      body<Reference>(api.GET('/api/v1/models/{model}/reference', { params: { path: { model } }, signal })),
  });
