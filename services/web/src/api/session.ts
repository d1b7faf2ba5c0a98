// Who is signed in: a key is exchanged once for a cookie that the page cannot read.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import type { Identity } from './types';

export const sessionQuery = () =>
  queryOptions({
    queryKey: ['session'] as const,
    queryFn: ({ signal }) => body<Identity>(api.GET('/api/v1/session', { signal })),
    staleTime: Infinity,
    refetchInterval: false,
  });

export const signIn = (key: string) => body<Identity>(api.POST('/api/v1/session', { body: { key } }));

export const signOut = () => api.DELETE('/api/v1/session');
