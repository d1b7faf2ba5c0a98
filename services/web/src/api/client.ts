// The one way to the server: typed by its own OpenAPI, every failure a Problem.
import createClient, { type Middleware } from 'openapi-fetch';
import type { Readable } from 'openapi-typescript-helpers';
import { readProblem, unreachable } from './problem';
import type { paths } from './schema.gen';

const SESSION = '/api/v1/session';

/** undefined: not known, null: there is none. */
let token: string | null | undefined;

/** What writes of this session carry, so that no other site can make the browser send one. */
export function setToken(value: string | null | undefined): void {
  token = value;
}

const writes: Middleware = {
  async onRequest({ request, schemaPath }) {
    if (request.method === 'GET' || schemaPath === SESSION) return request;
    // Whoever is quicker than the page's own question of who is signed in is not refused.
    if (token === undefined) setToken((await api.GET(SESSION)).data?.csrf);
    if (token) request.headers.set('X-CSRF-Token', token);
    return request;
  },
};

const problems: Middleware = {
  async onResponse({ request, response }) {
    // Another tab may have signed in anew: the next write asks again.
    if (response.status === 403 && request.method !== 'GET') setToken(undefined);
    if (!response.ok) throw await readProblem(response);
  },
  onError({ error }) {
    return unreachable(error);
  },
};

export const api = createClient<paths>({
  baseUrl: globalThis.location.origin,
  credentials: 'same-origin',
  // Looked up on each call, so that tests and recorded answers can stand in its place.
  fetch: (request) => globalThis.fetch(request),
});
api.use(writes, problems);

/** The body of an answer; the middleware has thrown where there is none. `T` must be what the route declares. */
export async function body<T>(answer: Promise<{ data?: Readable<T> }>): Promise<T> {
  return (await answer).data as T;
}
