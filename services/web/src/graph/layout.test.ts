import { describe, expect, it } from 'vitest';
import { DAY } from '../charts/scale';
import { createFakeGraph, ids } from '../fakes/create-fake-provenance';
import { DAYS, FIRST } from '../fakes/scenario';
import { columnOf, isWithin, lay, LEAST_PX, size, spans, type Lane, type Mark } from './layout';
import { markStatus, worstMark } from './status';
import { downstream, upstream } from './walk';

const EXTENT = { from: FIRST, to: FIRST + DAYS * DAY };
const mark = (id: string, start: number | null, more: Partial<Mark> = {}): Mark => ({
  id,
  label: id,
  start: start === null ? null : new Date(start).toISOString(),
  status: 'SUCCEEDED',
  count: 1,
  ...more,
});
const laneOf = (...marks: Mark[]): Lane[] => [{ key: 'runs', title: 'Runs', marks }];

describe('versions', () => {
  it('last until the next one, the newest for good', () => {
    const [a, b] = [mark('a', FIRST), mark('b', FIRST + 10 * DAY)];
    const found = spans([b, mark('unseen', null), a]);
    expect(found.map(({ id, end }) => [id, end?.slice(0, 10) ?? null])).toEqual([
      ['b', '9999-12-31'],
      ['unseen', null],
      ['a', b.start!.slice(0, 10)],
    ]);
    const { spots } = lay(laneOf(...found), EXTENT, 1000);
    expect(spots[0]!.map(({ isBar, right }) => [isBar, Math.round(right)])).toEqual([
      [true, Math.round((10 / DAYS) * 1000)],
      [true, 1000],
    ]);
  });
});

describe('lanes', () => {
  it('draw a failure that stood when the stretch began at its beginning', () => {
    const before = mark('failed', FIRST - 2 * DAY, { status: 'FAILED', standing: true });
    const { spotOf, outside } = lay(laneOf(before, mark('old', FIRST - DAY)), EXTENT, 960);
    expect(spotOf.get('failed')).toMatchObject({ left: 0, status: 'act' });
    expect(isWithin(before, EXTENT)).toBe(true);
    expect(outside).toBe(1);
  });
  it('keep what lies in column zero, at pixel zero', () => {
    const { spots, spotOf } = lay(laneOf(mark('a', FIRST)), EXTENT, 960);
    expect(spots[0]![0]).toMatchObject({ left: 0, isBar: false });
    expect(spotOf.get('a')).toBe(spots[0]![0]);
  });

  it('count what has no time or lies outside, and leave it out', () => {
    const { spots, outside } = lay(
      laneOf(mark('a', null), mark('b', FIRST - 1), mark('c', EXTENT.to + 1)),
      EXTENT,
      960,
    );
    expect([spots[0], outside]).toEqual([[], 3]);
  });

  it('draw what happened at the very end of the stretch in its last column', () => {
    const { spots, outside } = lay(laneOf(mark('a', EXTENT.to)), EXTENT, 960);
    expect([spots[0]![0]!.right > 950, outside]).toEqual([true, 0]);
  });

  it.each([1, 7, 33, 90, 400])('never make a column of %s days narrower than a pointer target', (days) => {
    for (const width of [230, 960, 1280]) {
      const extent = { from: FIRST, to: FIRST + days * DAY };
      const step = columnOf(extent, width);
      expect((width * step) / (days * DAY)).toBeGreaterThanOrEqual(LEAST_PX);
      if (step > DAY) expect(step % DAY).toBe(0);
    }
  });

  it('gather a column under its worst status and count what is in it', () => {
    const marks = [
      mark('a', FIRST),
      mark('b', FIRST + 1, { status: 'FAILED' }),
      mark('c', FIRST + 2, { count: 38 }),
    ];
    const [[cell]] = lay(laneOf(...marks), EXTENT, 960).spots as [[never]];
    expect(cell).toMatchObject({ status: 'act' });
    expect(size(cell)).toBe(40);
  });

  it('draw what lasts as bars, one after the other', () => {
    const [bars] = lay(
      laneOf(
        mark('v2', FIRST + 40 * DAY, { end: new Date(FIRST + 200 * DAY).toISOString() }),
        mark('v1', FIRST - 9 * DAY, { end: new Date(FIRST + 60 * DAY).toISOString() }),
      ),
      EXTENT,
      1200,
    ).spots;
    expect(bars!.map(({ left, right, isBar }) => [left, right, isBar])).toEqual([
      [0, 400, true],
      [400, 1200, true],
    ]);
  });

  it('place 2,000 steps well inside a frame', () => {
    const { lanes, edges } = createFakeGraph([0, DAYS], 14);
    expect(lanes.reduce((sum, lane) => sum + lane.marks.length, 0)).toBeGreaterThan(2000);
    const { spots } = lay(lanes, EXTENT, 1100);
    // The best of several: what it costs, not how busy the machine is.
    const times = Array.from({ length: 8 }, () => {
      const start = performance.now();
      lay(lanes, EXTENT, 1100);
      expect(upstream(edges, ids.report(119))).toHaveLength(6);
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(150);
    expect(spots.flat().length).toBeLessThanOrEqual(8 * 46);
  });
});

describe('a status', () => {
  it('is never fine when the word is not known', () => {
    expect(markStatus({ status: 'OTHER' })).toBe('unknown');
    expect(markStatus({ status: 'SUCCEEDED' })).toBe('fine');
    expect(markStatus({ status: 'SUCCEEDED', verdict: 'act' })).toBe('act');
  });
  it('is not unknown of what has none of its own, such as data', () => {
    expect(markStatus({ kind: 'dataset_version', status: 'UNKNOWN' })).toBe('plain');
    expect(markStatus({ kind: 'compute_run', status: 'UNKNOWN' })).toBe('plain');
    expect(markStatus({ kind: 'compute_run', status: 'FAILED' })).toBe('act');
    expect(markStatus({ kind: 'pipeline_run', status: 'UNKNOWN' })).toBe('unknown');
    expect(markStatus({ kind: 'batch', status: 'UNKNOWN' })).toBe('unknown');
    expect(worstMark(['plain', 'fine'])).toBe('fine');
    expect(worstMark(['plain'])).toBe('plain');
  });
  it('is stale above fine and below act', () => {
    expect(markStatus({ status: 'SUCCEEDED', stale: true })).toBe('stale');
    expect(markStatus({ status: 'FAILED', stale: true })).toBe('act');
  });
  it('of a group is its worst, and unknown is worse than fine', () => {
    expect(worstMark(['fine', 'unknown'])).toBe('unknown');
    expect(worstMark(['running', 'act', 'fine'])).toBe('act');
    expect(worstMark([])).toBe('unknown');
  });
});

describe('a walk', () => {
  const flow = (pair: string) => ({ source: pair[0]!, target: pair[1]! });
  it('runs from the sources to the root, whatever the order of the edges', () => {
    expect(upstream(['bc', 'ab', 'ac', 'cd'].map(flow), 'c')).toEqual(['a', 'b', 'c']);
    expect(upstream([], 'a')).toEqual(['a']);
  });
  it('ends on cycles and on edges to oneself', () => {
    expect(upstream(['ab', 'ba', 'bb'].map(flow), 'a').sort()).toEqual(['a', 'b']);
    expect(downstream(['ab', 'bc', 'ca'].map(flow), 'a')).toEqual(['a', 'b', 'c']);
  });
  it('counts an edge given twice once', () => {
    expect(upstream(['ab', 'ab', 'bc'].map(flow), 'c')).toEqual(['a', 'b', 'c']);
  });
});
