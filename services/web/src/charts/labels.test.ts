import { describe, expect, it } from 'vitest';
import { spotFor } from './labels';

const room = { others: [], width: 400, height: 200, text: 60 };
const flat = (y: number) => Array.from({ length: 41 }, (_, i) => [i * 10, y] as const);

describe('the name of a line', () => {
  it('stands above the end of the line when nothing is near', () => {
    expect(spotFor(100, { ...room, points: flat(180) })).toEqual({ x: 396, y: 95, anchor: 'end' });
  });

  it('goes to the other side when the series runs there', () => {
    expect(spotFor(100, { ...room, points: flat(92) })).toMatchObject({ y: 114, anchor: 'end' });
  });

  it('goes to the begin when the end is taken', () => {
    const busy = flat(180).map(([x]) => [x, x > 200 ? 100 : 180] as const);
    expect(spotFor(100, { ...room, points: busy })).toMatchObject({ anchor: 'start' });
  });

  it('keeps away from other lines and from the edge', () => {
    expect(spotFor(100, { ...room, points: [], others: [90] })).toMatchObject({ y: 114 });
    expect(spotFor(6, { ...room, points: [] })).toMatchObject({ y: 20 });
  });

  it('goes away from where the series only passes, between two points', () => {
    const rising = [[300, 180] as const, [370, 20] as const];
    expect(spotFor(100, { ...room, points: rising }).anchor).toBe('start');
  });

  it('does not mind gaps', () => {
    expect(spotFor(100, { ...room, points: [null, null] }).anchor).toBe('end');
  });
});
