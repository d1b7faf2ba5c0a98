import { describe, expect, it } from 'vitest';
import { arrange, type Flag } from './flags';

const extent = { from: 0, to: 100 };
const flag = (time: number, text: string, end: number | null = null): Flag => ({
  time,
  end,
  text,
  kind: 'note',
});

describe('flags on the axis', () => {
  it('stand in rows, so that their words do not run into each other', () => {
    const found = arrange([flag(10, 'one long text'), flag(12, 'another'), flag(90, 'far')], extent, 1000);
    expect(found.map(({ text, row }) => [text, row])).toEqual([
      ['one long text', 0],
      ['another', 1],
      ['far', 0],
    ]);
  });

  it('are left out beyond the axis, but not when they reach into it', () => {
    const found = arrange([flag(-5, 'before'), flag(-5, 'into', 20), flag(120, 'after')], extent, 1000);
    expect(found.map(({ text, right }) => [text, right])).toEqual([['into', 200]]);
  });
});
