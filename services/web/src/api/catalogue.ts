// What this server has: methods with their definitions, statuses with their meaning.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import type { Catalogue } from './types';

export const catalogueQuery = () =>
  queryOptions({
    queryKey: ['catalogue'] as const,
    queryFn: ({ signal }) => body<Catalogue>(api.GET('/api/v1/catalogue', { signal })),
    staleTime: Infinity,
    refetchInterval: false,
  });
