// The pages as routes of one shell.
import type { QueryClient } from '@tanstack/react-query';
import { createBrowserRouter, type RouteObject, type ShouldRevalidateFunctionArgs } from 'react-router';
import { Crash } from './crash';
import { PAGES } from './pages';
import { Shell } from './shell';

export function routes(queries: QueryClient): RouteObject[] {
  return [
    {
      element: <Shell />,
      errorElement: <Crash />,
      // Shown while the code of the first page is on its way.
      hydrateFallbackElement: <></>,
      children: PAGES.map(({ path, code, ask }) => ({
        path,
        shouldRevalidate: isElsewhere,
        loader: ({ params }) => {
          void ask?.(queries, params); // started, not waited for: the page shows its own states
          return null;
        },
        lazy: { Component: code },
      })),
    },
  ];
}

export const createRouter = (queries: QueryClient) => createBrowserRouter(routes(queries));

/** A change of the search parameters alone asks nothing anew: the page's own queries do. */
function isElsewhere({ currentUrl, nextUrl }: ShouldRevalidateFunctionArgs): boolean {
  return currentUrl.pathname !== nextUrl.pathname;
}
