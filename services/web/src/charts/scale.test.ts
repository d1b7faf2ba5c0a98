import { describe, expect, it } from 'vitest';
import { DAY, groups, levels, nearest, place, slots, ticks } from './scale';

const FIRST = Date.UTC(2013, 2, 1);
const iso = (time: number) => new Date(time).toISOString();
const daily = (n: number) =>
  slots(
    Array.from({ length: n }, (_, i) => ({ start: iso(FIRST + i * DAY), end: iso(FIRST + (i + 1) * DAY) })),
  );

describe('slots', () => {
  it('begin where the one before ended when a batch has no start', () => {
    const found = slots([
      { start: null, end: iso(FIRST) },
      { start: null, end: iso(FIRST + 5 * DAY) },
    ]);
    expect(found[0]).toEqual({ from: FIRST - DAY, to: FIRST });
    expect(found[1]).toEqual({ from: FIRST, to: FIRST + 5 * DAY });
  });

  it('are found by the moment in them, else by the nearest one', () => {
    const found = [daily(10)[2]!, daily(10)[7]!];
    expect(nearest(found, FIRST + 2.5 * DAY)).toBe(0);
    expect(nearest(found, FIRST + 3 * DAY)).toBe(0);
    expect(nearest(found, FIRST + 6 * DAY)).toBe(1);
    expect(nearest([], FIRST)).toBe(-1);
  });
});

describe('groups', () => {
  it('leave wide batches alone', () => {
    expect(groups(daily(90), { from: FIRST, to: FIRST + 90 * DAY }, 1100, 8)).toHaveLength(90);
  });

  it('gather narrow ones and lose none', () => {
    const found = groups(daily(365), { from: FIRST, to: FIRST + 365 * DAY }, 300, 8);
    expect(found.length).toBeLessThanOrEqual(38);
    expect(found[0]![0]).toBe(0);
    expect(found.at(-1)![1]).toBe(364);
    found.slice(1).forEach(([first], i) => expect(first).toBe(found[i]![1] + 1));
  });
});

describe('ticks', () => {
  it.each([1, 3, 14, 60, 120, 400, 2000])('of %i days stand apart and inside', (days) => {
    const extent = { from: FIRST, to: FIRST + days * DAY };
    const found = ticks(extent, 1000, 'en');
    expect(found.length).toBeGreaterThan(1);
    expect(found.length).toBeLessThan(14);
    for (const { time } of found)
      expect(place(time, extent)).toSatisfy((share: number) => share >= 0 && share <= 1);
  });

  it('are none of nothing', () => {
    expect(ticks({ from: FIRST, to: FIRST }, 1000)).toEqual([]);
  });
});

describe('levels', () => {
  it.each([
    [22.4, [0, 10, 20, 30]],
    [0.74, [0, 0.2, 0.4, 0.6, 0.8]],
    [0, [0, 1]],
  ])('cover %s with round values', (most, expected) => {
    const found = levels(most);
    expect(found[0]).toBe(0);
    expect(found.at(-1)!).toBeGreaterThanOrEqual(most);
    expect(found).toEqual(expected);
  });
});
