import { describe, expect, it } from 'vitest';
import { layers } from './layers';

const flow = (pair: string) => ({ source: pair[0]!, target: pair[1]! });
const placeOf = (nodes: string, pairs: string[]) =>
  Object.fromEntries(
    layers([...nodes], pairs.map(flow)).map(({ id, rank, row }) => [id, [rank, row] as const]),
  ) as Record<string, readonly [number, number]>;

describe('layers', () => {
  it('rank by the longest way, so that every edge points right', () => {
    const found = placeOf('dcba', ['ab', 'bc', 'ac', 'cd']);
    expect(found).toEqual({ a: [0, 0], b: [1, 0], c: [2, 0], d: [3, 0] });
  });

  it('order a column so that edges do not cross where they need not', () => {
    const found = placeOf('abyx', ['ax', 'by']);
    expect(found.a![1] < found.b![1]).toBe(found.x![1] < found.y![1]);
  });

  it('end on cycles and keep what stands alone', () => {
    const found = placeOf('abcs', ['ab', 'bc', 'cb', 'aa']);
    expect(found.a).toEqual([0, expect.any(Number)]);
    expect(found.s![0]).toBe(0);
    expect(new Set(Object.keys(found))).toEqual(new Set('abcs'));
  });

  it('place 2,000 nodes well inside a frame or two', () => {
    const nodes = Array.from({ length: 2000 }, (_, i) => `n${i}`);
    const edges = nodes.slice(1).map((target, i) => ({ source: nodes[Math.floor(i / 3)]!, target }));
    const start = performance.now();
    expect(layers(nodes, edges)).toHaveLength(2000);
    expect(performance.now() - start).toBeLessThan(500);
  });
});
