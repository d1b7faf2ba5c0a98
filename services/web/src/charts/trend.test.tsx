import { describe, expect, it } from 'vitest';
import { broken } from './sparkline';
import { thin } from './trend';

describe('a long series', () => {
  const points = Array.from({ length: 5000 }, (_, i): [number, number] => [
    (i / 5000) * 1000,
    i === 2345 ? -99 : i % 7,
  ]);

  it('is drawn with at most two points a pixel, and keeps its extremes', () => {
    const kept = thin(points, 1000);
    expect(kept.length).toBeLessThanOrEqual(2000);
    expect(kept).toContainEqual(points[2345]);
    expect(thin(points.slice(0, 100), 1000)).toHaveLength(100);
  });

  it('keeps its gaps', () => {
    const gap = points.map((point, i) => (i === 1000 ? null : point));
    expect(thin(gap, 1000).filter((point) => point === null)).toHaveLength(1);
    expect(broken([[0, 0], [1, 1], null, [3, 3]])).toBe('M0 0L1 1M3 3h.1');
  });
});
