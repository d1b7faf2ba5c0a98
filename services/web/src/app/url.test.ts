import { describe, expect, it } from 'vitest';
import { moment, oneOf, printMoment, read, someOf, text, write } from './url';
import { paths, withSearch } from './paths';

const SPEC = { range: oneOf(['7d', '90d'], '90d'), at: moment, status: someOf(['act', 'fine']), q: text };

describe('the address', () => {
  it('gives back what was written', () => {
    const values = { range: '7d', at: Date.UTC(2013, 9, 31), status: ['act', 'fine'], q: 'a & b=c' } as const;
    const written = write(SPEC, new URLSearchParams(), values);
    expect(written.toString()).toBe('range=7d&at=2013-10-31&status=act%2Cfine&q=a+%26+b%3Dc');
    expect(read(SPEC, written)).toEqual({ values, refused: [] });
  });

  it('leaves defaults out and keeps what it does not know', () => {
    const before = new URLSearchParams('range=7d&utm=x');
    expect(write(SPEC, before, { range: '90d' }).toString()).toBe('utm=x');
  });

  it('names what it refuses and falls back', () => {
    const { values, refused } = read(SPEC, new URLSearchParams('range=1y&at=yesterday&status=act,bad'));
    expect(values).toEqual({ range: '90d', at: null, status: [], q: '' });
    expect(refused.map(({ name }) => name)).toEqual(['range', 'at', 'status']);
  });

  it('refuses a time without a zone, which would mean another moment elsewhere', () => {
    expect(moment.parse('2013-10-31T05:00')).toBeUndefined();
    expect(moment.parse('2013-10-31T05:00Z')).toBe(Date.UTC(2013, 9, 31, 5));
    expect(moment.parse('2013-10-31T05:00+02:00')).toBe(Date.UTC(2013, 9, 31, 3));
  });

  it.each([Date.UTC(2013, 9, 31), Date.UTC(2013, 9, 31, 5, 30), Date.UTC(2013, 9, 31, 5, 30, 12, 7)])(
    'prints %s shortly and reads it again',
    (time) => expect(moment.parse(printMoment(time))).toBe(time),
  );
});

describe('paths', () => {
  it.each(['wind_speed', 'a/b', 'a b', 'ü%2F', '?#&', 'a.b'])('encode the name %s once', (name) => {
    const path = paths.feature('m', name);
    expect(path.split('/')).toHaveLength(5);
    expect(decodeURIComponent(path.split('/')[4]!)).toBe(name);
  });

  it('leave empty parameters out', () => {
    expect(withSearch('/a', { at: undefined, q: '' })).toBe('/a');
    expect(withSearch('/a', { at: '2013-10-31' })).toBe('/a?at=2013-10-31');
  });
});
