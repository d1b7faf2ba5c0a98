import { describe, expect, it } from 'vitest';
import { change, written } from './value';

const of = (unit: string, id = 'x', direction: 'lower' | 'zero' = 'lower') => ({ id, unit, direction });

describe('a key figure', () => {
  it.each([
    [1300, of('USD'), '$1,300'],
    [0.104, of('share'), '10%'],
    [0.04, of('share', 'x', 'zero'), '+4%'],
    [-0.04, of('share', 'x', 'zero'), '−4%'],
    [0.062, of('share', 'outcome_rate_shift', 'zero'), '+6.2 pp'],
    [0.006, of('share of the median', 'outcome_rate_shift', 'zero'), '+0.6%'],
    [16.4, of('units'), '16.4'],
    [5.25, of('h'), '5.25 h'],
    [72, of('h'), '3 days'],
    [0, of('h'), '0 s'],
    [37 / 3600, of('h'), '37 s'],
    [0.5, of('h'), '30 min'],
    [1.5, of('ratio'), '1.5 ×'],
    [7.23, of('of 100'), '7.2'],
    [12, of('columns'), '12 columns'],
  ])('of %s is written %s', (value, unit, said) =>
    expect(written(value, unit).replace('US$', '$')).toBe(said),
  );

  it('carries the sign of its change', () => {
    expect(change(0.1, of('share'))).toBe('+10 pp');
    expect(change(-0.001, of('share', 'decision_volume', 'zero'))).toBe('−0.1 pp');
    expect(change(3.95, of('units'))).toBe('+3.95');
    expect(change(-3, of('h'))).toBe('−3 h');
  });
});
