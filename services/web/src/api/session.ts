// Who is signed in: a key is exchanged once for a cookie that the page cannot read.
import { queryOptions } from '@tanstack/react-query';
import { api, body, setToken } from './client';
import type { Session } from './types';

export const sessionQuery = () =>
  queryOptions({
    queryKey: ['session'] as const,
    queryFn: async ({ signal }) => {
      const session = await body<Session>(api.GET('/api/v1/session', { signal }));
      setToken(session.csrf);
      return session;
    },
    staleTime: Infinity,
    refetchInterval: false,
  });

export async function signIn(key: string): Promise<Session> {
  const session = await body<Session>(api.POST('/api/v1/session', { body: { key } }));
  setToken(session.csrf);
  return session;
}

export async function signOut(): Promise<void> {
  await api.DELETE('/api/v1/session');
  setToken(undefined);
}
