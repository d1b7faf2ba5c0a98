// Every page: loaded when first opened, its data asked for at the same time as its code.
import type { QueryClient } from '@tanstack/react-query';
import { createBrowserRouter, type RouteObject, type ShouldRevalidateFunctionArgs } from 'react-router';
import { fleetQuery } from '../api/fleet';
import { modelQuery } from '../api/models';
import { ROUTES } from './paths';
import { Crash } from './crash';
import { Shell } from './shell';

export function routes(queries: QueryClient): RouteObject[] {
  return [
    {
      element: <Shell />,
      errorElement: <Crash />,
      // Shown while the code of the first page is on its way.
      hydrateFallbackElement: <></>,
      children: [
        {
          path: ROUTES.fleet,
          shouldRevalidate: isElsewhere,
          loader: () => ask(() => queries.prefetchQuery(fleetQuery())),
          lazy: { Component: async () => (await import('../pages/fleet/page')).FleetPage },
        },
        {
          path: ROUTES.model,
          shouldRevalidate: isElsewhere,
          loader: ({ params }) => ask(() => queries.prefetchQuery(modelQuery(params.model!))),
          lazy: { Component: async () => (await import('../pages/model/page')).ModelPage },
        },
        {
          path: ROUTES.feature,
          shouldRevalidate: isElsewhere,
          loader: ({ params }) => ask(() => queries.prefetchQuery(modelQuery(params.model!))),
          lazy: { Component: async () => (await import('../pages/feature/page')).FeaturePage },
        },
        {
          path: ROUTES.performance,
          shouldRevalidate: isElsewhere,
          loader: ({ params }) => ask(() => queries.prefetchQuery(modelQuery(params.model!))),
          lazy: { Component: async () => (await import('../pages/performance/page')).PerformancePage },
        },
        {
          path: '*',
          lazy: { Component: async () => (await import('../pages/not-found/page')).NotFoundPage },
        },
      ],
    },
  ];
}

export const createRouter = (queries: QueryClient) => createBrowserRouter(routes(queries));

/** A change of the search parameters alone asks nothing anew: the page's own queries do. */
function isElsewhere({ currentUrl, nextUrl }: ShouldRevalidateFunctionArgs): boolean {
  return currentUrl.pathname !== nextUrl.pathname;
}

/** Starts a question without waiting for its answer. */
function ask(question: () => Promise<unknown>): null {
  void question();
  return null;
}
