// The cache of answers: how often one is asked for again, and when another try is worth it.
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { isLive } from './live';
import { Problem, isPassing } from './problem';

/** Answers are asked for anew this often while no events arrive. */
export const REFRESH_MS = 60_000;

export function createQueries(onSignedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof Problem && error.status === 401) onSignedOut();
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        refetchInterval: () => (isLive() ? false : REFRESH_MS),
        refetchOnWindowFocus: true,
        retry: (count, error) => isPassing(error) && count < 2,
        retryDelay: (count, error) =>
          error instanceof Problem && error.retryAfter
            ? Math.min(error.retryAfter, 10) * 1000
            : 500 * 2 ** count,
      },
    },
  });
}
