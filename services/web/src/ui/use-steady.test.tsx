import { act, renderHook } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { useSteady } from './use-steady';

interface Row {
  id: string;
  status: string;
  text: string;
}
const row = (id: string, status = 'fine', text = ''): Row => ({ id, status, text });

function steady(first: Row[], scope = 'all') {
  return renderHook(
    ({ items, scope: of }) =>
      useSteady(
        items,
        of,
        ({ id }) => id,
        ({ status }) => status,
      ),
    { initialProps: { items: first, scope } },
  );
}

describe('a list that changes while it is read', () => {
  it('renews what stands there and moves nothing until it is asked to', () => {
    const { result, rerender } = steady([row('a'), row('b')]);
    rerender({ items: [row('c', 'act'), row('b', 'watch', 'new words'), row('a')], scope: 'all' });
    expect(result.current.shown.map(({ id, text }) => id + text)).toEqual(['a', 'bnew words']);
    expect(result.current.changes).toBe(2);
    act(() => result.current.accept());
    expect(result.current.shown.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
    expect(result.current.changes).toBe(0);
  });

  it('counts what is gone, and keeps showing it as it was', () => {
    const { result, rerender } = steady([row('a'), row('b')]);
    rerender({ items: [row('a')], scope: 'all' });
    expect([result.current.shown.length, result.current.changes]).toEqual([2, 1]);
  });

  it('is another list when something else is asked for', () => {
    const { result, rerender } = steady([row('a')]);
    rerender({ items: [row('b')], scope: 'act' });
    expect(result.current.shown.map(({ id }) => id)).toEqual(['b']);
    expect(result.current.changes).toBe(0);
  });
});
