// Renders a page at an address over recorded answers, inside the providers of the app.
import { QueryClientProvider } from '@tanstack/react-query';
import { render, type RenderResult } from '@testing-library/react';
import axe from 'axe-core';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { createQueries } from '../api/queries';
import { routes } from '../app/router';
import { setSignedOut } from '../app/signed';
import { installFakeApi, type Asked, type Route } from './api';

export interface Shown extends RenderResult {
  asked: Asked[];
  /** The address now. */
  address: () => string;
}

export function show(path: string, given: readonly [string, Route][] = []): Shown {
  const { asked } = installFakeApi(given);
  setSignedOut(false);
  const queries = createQueries(() => setSignedOut(true));
  queries.setDefaultOptions({ queries: { ...queries.getDefaultOptions().queries, retry: false } });
  const router = createMemoryRouter(routes(queries), { initialEntries: [path] });
  const result = render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  const address = () => router.state.location.pathname + router.state.location.search;
  return { ...result, asked, address };
}

/** What axe finds wrong in the page; colours and layout are looked at in a browser. */
export async function findings(): Promise<string[]> {
  const { violations } = await axe.run(document.body, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
  });
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
