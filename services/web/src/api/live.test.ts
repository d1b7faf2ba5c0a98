import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isLive, listen } from './live';

/** A stream whose server is the test. */
class Stream extends EventTarget {
  static readonly CLOSED = 2;
  static all: Stream[] = [];
  readyState = 1;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(readonly url: string) {
    super();
    Stream.all.push(this);
  }

  static get last(): Stream {
    return Stream.all.at(-1)!;
  }

  tell(event: string, lastEventId: string, data: object = {}) {
    this.dispatchEvent(new MessageEvent(event, { lastEventId, data: JSON.stringify(data) }));
  }

  close() {
    this.readyState = Stream.CLOSED;
  }
}

const hide = (hidden: boolean) => {
  Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
  document.dispatchEvent(new Event('visibilitychange'));
};

describe('what the server tells by itself', () => {
  let queries: QueryClient;
  let stop: () => void;
  const isAsked = (key: readonly unknown[]) => queries.getQueryState(key)?.isInvalidated;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('EventSource', Stream);
    Stream.all = [];
    queries = new QueryClient();
    queries.setQueryData(['fleet'], 'before');
    queries.setQueryData(['explanations', 'loans', 'local'], 'asked for once');
    stop = listen(queries);
  });

  afterEach(() => {
    stop();
    hide(false);
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('has what came before the stream began asked for again, and nothing that is work', () => {
    Stream.last.tell('here', 'a');
    expect(isAsked(['fleet'])).toBe(true);
    expect(isAsked(['explanations', 'loans', 'local'])).toBe(false);
    queries.setQueryData(['fleet'], 'now');
    Stream.last.tell('here', 'b');
    expect(isAsked(['fleet'])).toBe(false);
  });

  it('goes on after a hidden page where it was', () => {
    Stream.last.tell('here', 'a');
    Stream.last.tell('model', 'b=', { model: 'loans' });
    hide(true);
    expect(Stream.last.readyState).toBe(Stream.CLOSED);
    hide(false);
    expect(Stream.all.map(({ url }) => url)).toEqual(['/api/v1/events', '/api/v1/events?after=b%3D']);
  });

  it('begins anew after a while when a stream was refused', () => {
    Stream.last.onopen?.();
    expect(isLive()).toBe(true);
    Stream.last.tell('here', 'a');
    Stream.last.close();
    Stream.last.onerror?.();
    expect(isLive()).toBe(false);
    vi.advanceTimersByTime(29_000);
    expect(Stream.all).toHaveLength(1);
    vi.advanceTimersByTime(2_000);
    expect(Stream.all.map(({ url }) => url)).toEqual(['/api/v1/events', '/api/v1/events']);
  });
});
