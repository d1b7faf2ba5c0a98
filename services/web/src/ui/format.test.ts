import { describe, expect, it } from 'vitest';
import {
  ago,
  compact,
  date,
  duration,
  index,
  isWholeDays,
  number,
  percent,
  points,
  pValue,
  score,
  signed,
  small,
  window,
} from './format';

const NOW = Date.UTC(2026, 10, 27, 12);

describe('numbers', () => {
  it.each([
    ['en-GB', '0.372', '12.5', '1,230', '7.2'],
    ['de-DE', '0,372', '12,5', '1.230', '7,2'],
    ['fr-FR', '0,372', '12,5', '1\u202f230', '7,2'],
  ])('in %s', (locale, small, middle, large, one) => {
    expect([
      number(0.37249, locale),
      number(12.46, locale),
      number(1234, locale),
      index(7.21, locale),
    ]).toEqual([small, middle, large, one]);
  });

  it('have a true minus sign', () => {
    expect(number(-0.5, 'en')).toBe('−0.5');
    expect(points(-0.082, 'en')).toBe('−8.2 pp');
    expect(points(0.082, 'en')).toBe('+8.2 pp');
  });

  it('line up where they stand in columns', () => {
    expect(score(0.3, 'en')).toBe('0.300');
    expect(index(20, 'en')).toBe('20.0');
  });

  it('keep small shares apart from nothing', () => {
    expect([percent(0.163, 'en'), percent(0.004, 'en'), percent(0, 'en')]).toEqual(['16%', '0.4%', '0%']);
    expect([pValue(1e-30, 'en'), pValue(0.02, 'en')]).toEqual(['< 0.001', '0.02']);
    expect(compact(12_480, 'en')).toBe('12.5K');
  });
});

describe('times', () => {
  it('name a day of UTC by its UTC name, wherever the reader is', () => {
    const zone = { locale: 'en-US', timeZone: 'America/New_York' };
    expect(isWholeDays('2013-10-31T00:00:00Z', '2013-11-01T00:00:00Z')).toBe(true);
    expect(window('2013-10-31T00:00:00Z', '2013-11-01T00:00:00Z', zone, NOW)).toBe('Thu, Oct 31, 2013');
    expect(window('2013-10-28T00:00:00Z', '2013-11-01T00:00:00Z', zone, NOW)).toBe(
      'Mon, Oct 28, 2013 – Thu, Oct 31, 2013',
    );
  });

  it('show other windows in the reader’s zone, with its name', () => {
    const zone = { locale: 'en-US', timeZone: 'America/New_York' };
    expect(window('2013-10-31T05:00:00Z', '2013-10-31T06:00:00Z', zone)).toContain('01:00 AM EDT');
  });

  it('leave the year out of dates of this year', () => {
    expect(date(NOW, { locale: 'en-GB', timeZone: 'UTC' }, NOW)).toBe('Fri 27 Nov');
  });

  it('are relative for two days', () => {
    const zone = { locale: 'en-GB', timeZone: 'UTC' };
    expect(ago(NOW - 3 * 3_600_000, NOW, zone)).toMatch(/^3 hrs? ago$/);
    expect(ago(NOW - 49 * 3_600_000, NOW, zone)).toBe('Wed 25 Nov');
  });
});

describe('stretches of time and changes', () => {
  it.each([
    [0.25, '250 ms'],
    [42, '42 sec'],
    [200, '3 min 20 sec'],
    [7500, '2 hr 5 min'],
    [86_400, '1 day'],
    [3600 * 49, '2 days 1 hr'],
  ])('%s seconds are %s', (seconds, words) => expect(duration(seconds, 'en')).toBe(words));

  it('carry a sign, and gaps below a millionth are said to be that', () => {
    expect([signed(0.314, 'en'), signed(-0.08, 'en'), signed(0, 'en')]).toEqual(['+0.314', '−0.08', '0']);
    expect([small(2e-7, 'en'), small(0.25, 'en')]).toEqual(['< 0.000001', '0.25']);
  });
});
