import { describe, expect, it } from 'vitest';
import { installFakeApi, problem } from '../fakes/api';
import { api, setToken } from './client';
import { isPassing, Problem } from './problem';
import type { Status } from './types';

// @ts-expect-error a status the server does not know is a fault of types, not of running
const WRONG: Status = 'ok';

describe('the client', () => {
  it('turns problem+json into a Problem with all its parts', async () => {
    const body = {
      ...(problem(422, 'Not usable').body as object),
      errors: [{ pointer: '/name', value: 'A', limit: 'a-z', fix: 'write it small' }],
    };
    installFakeApi([['GET /fleet/summary', () => ({ status: 422, body })]]);
    const error = await api.GET('/api/v1/fleet/summary').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ status: 422, title: 'Not usable', requestId: 'req-7f3a' });
    expect((error as Problem).faults[0]?.fix).toBe('write it small');
    expect(isPassing(error)).toBe(false);
  });

  it('says so when no server answers', async () => {
    globalThis.fetch = () => Promise.reject(new TypeError('fetch failed'));
    const error = await api.GET('/api/v1/fleet/summary').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ status: 0, title: 'Bellwether cannot be reached' });
    expect(isPassing(error)).toBe(true);
  });

  it('names an answer that is no problem+json by its status', async () => {
    globalThis.fetch = () => Promise.resolve(new Response('<html>', { status: 502 }));
    const error = await api.GET('/api/v1/fleet/summary').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ status: 502, title: 'The server answered 502' });
  });

  it('sends the token with writes only, and asks for it where a write is quicker than the page', async () => {
    const sent: [string, string | null][] = [];
    globalThis.fetch = (input) => {
      const { method, url, headers } = input as Request;
      sent.push([`${method} ${new URL(url).pathname}`, headers.get('x-csrf-token')]);
      if (url.endsWith('/session')) return Promise.resolve(Response.json({ csrf: `c5rf-${sent.length}` }));
      return Promise.resolve(new Response(null, { status: sent.length < 4 ? 204 : 403 }));
    };
    setToken(undefined);
    const write = () => api.DELETE('/api/v1/channels/{id}', { params: { path: { id: 'mail' } } });
    await write();
    await write();
    await write().catch(() => undefined);
    await write().catch(() => undefined);
    setToken(undefined);
    expect(sent).toEqual([
      ['GET /api/v1/session', null],
      ['DELETE /api/v1/channels/mail', 'c5rf-1'],
      ['DELETE /api/v1/channels/mail', 'c5rf-1'],
      ['DELETE /api/v1/channels/mail', 'c5rf-1'],
      ['GET /api/v1/session', null],
      ['DELETE /api/v1/channels/mail', 'c5rf-5'],
    ]);
    expect(WRONG).toBe('ok');
  });
});
