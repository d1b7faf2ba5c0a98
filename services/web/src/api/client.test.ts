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

  it('sends the token with writes only', async () => {
    const seen: (string | null)[] = [];
    globalThis.fetch = (input) => {
      seen.push((input as Request).headers.get('x-csrf-token'));
      return Promise.resolve(new Response(null, { status: 204 }));
    };
    setToken('c5rf');
    await api.DELETE('/api/v1/session');
    await api.GET('/api/v1/session');
    setToken(null);
    expect(seen).toEqual(['c5rf', null]);
    expect(WRONG).toBe('ok');
  });
});
