// What is watched outside: tracking servers and data factories, and how each fares.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import type { Source, SourceIn, Sources } from './types';

export const sourceKeys = { all: ['sources'] as const };

export const sourcesQuery = () =>
  queryOptions({
    queryKey: sourceKeys.all,
    queryFn: ({ signal }) => body<Sources>(api.GET('/api/v1/sources', { signal })),
    refetchInterval: 15_000, // how a source fares is told by no event
  });

export const saveSource = (source: SourceIn) => body<Source>(api.POST('/api/v1/sources', { body: source }));

export async function deleteSource({ kind, name }: Pick<Source, 'kind' | 'name'>): Promise<void> {
  await api.DELETE('/api/v1/sources/{kind}/{name}', { params: { path: { kind, name } } });
}
