// How numbers and times are written, in the reader's locale and zone. Pure, apart from the locale's default.

/** Intl writes a hyphen; a minus sign is as wide as a plus and is read as one. */
const minus = (text: string) => text.replace(/^-/, '−');

/** Three significant figures, e.g. 0.372, 12.5, 1,230. */
export function number(value: number, locale?: string): string {
  return minus(new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }).format(value));
}

/** A drift index, 0 to 100, always with one decimal so that columns line up. */
export function index(value: number, locale?: string): string {
  return minus(
    new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value),
  );
}

/** A score in [0, 1] with three decimals so that columns line up. */
export function score(value: number, locale?: string): string {
  return minus(
    new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 }).format(value),
  );
}

/** A whole number, grouped: 12,480. */
export function count(value: number, locale?: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(value);
}

/** A whole number in few characters: 12.5K. */
export function compact(value: number, locale?: string): string {
  return new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
}

/** A share in [0, 1] as per cent; below 10 % with one decimal. */
export function percent(share: number, locale?: string): string {
  const small = Math.abs(share) < 0.1 && share !== 0;
  return minus(
    new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: small ? 1 : 0 }).format(share),
  );
}

/** A share in [0, 1] as per cent, to a tenth. */
export function tenths(share: number, locale?: string): string {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return minus(new Intl.NumberFormat(locale, { style: 'percent', ...digits }).format(share));
}

/** A p-value: never "0", the smallest written is 0.001. */
export function pValue(p: number, locale?: string): string {
  return p < 0.001 ? `< ${number(0.001, locale)}` : number(p, locale);
}

export interface Zone {
  locale?: string | undefined;
  timeZone?: string | undefined;
}

const DAY = 86_400_000;
const isMidnight = (time: number) => time % DAY === 0;

/**
 * Whether a window is made of whole UTC days. Those are named by their UTC days wherever the reader is: a daily
 * batch of 31 October is not "30 October" in New York.
 */
export function isWholeDays(start: string | null | undefined, end: string): boolean {
  return start != null && isMidnight(Date.parse(start)) && isMidnight(Date.parse(end));
}

const DATE = { weekday: 'short', day: 'numeric', month: 'short' } as const;

/** A date: `Thu, Oct 31`, with the year when it is not this one. */
export function date(time: number, { locale, timeZone }: Zone = {}, now = Date.now()): string {
  const year = (t: number) => new Intl.DateTimeFormat('en', { year: 'numeric', timeZone }).format(t);
  const withYear = year(time) !== year(now);
  return new Intl.DateTimeFormat(locale, { ...DATE, ...(withYear && { year: 'numeric' }), timeZone }).format(
    time,
  );
}

/** Date and time with the zone's short name. */
export function dateTime(time: number, { locale, timeZone }: Zone = {}): string {
  return new Intl.DateTimeFormat(locale, {
    ...DATE,
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  }).format(time);
}

/** The window of a batch: one day by its name, several as a range, else with the times. */
export function window(start: string | null | undefined, end: string, zone: Zone = {}, now?: number): string {
  const to = Date.parse(end);
  if (start == null) return dateTime(to, zone);
  const from = Date.parse(start);
  if (isWholeDays(start, end)) {
    const utc = { ...zone, timeZone: 'UTC' };
    const last = to - DAY;
    return last <= from ? date(from, utc, now) : `${date(from, utc, now)} – ${date(last, utc, now)}`;
  }
  // Of a long window the days are said, not the minutes.
  if (to - from > 2 * DAY) return `${date(from, zone, now)} – ${date(to, zone, now)}`;
  return `${dateTime(from, zone)} – ${dateTime(to, zone)}`;
}

/** How long ago, under 48 hours; later the date. */
export function ago(time: number, now = Date.now(), zone: Zone = {}): string {
  const minutes = Math.round((time - now) / 60_000);
  const words = new Intl.RelativeTimeFormat(zone.locale, { numeric: 'auto', style: 'short' });
  if (Math.abs(minutes) < 60) return words.format(minutes, 'minute');
  if (Math.abs(minutes) < 48 * 60) return words.format(Math.round(minutes / 60), 'hour');
  return date(time, zone, now);
}

/** A difference of two shares in percentage points, with its sign: +8.2 pp. */
export function points(difference: number, locale?: string): string {
  const text = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, signDisplay: 'exceptZero' }).format(
    difference * 100,
  );
  return `${minus(text)} pp`;
}

/** An amount of money, whole from 100 on. */
export function money(value: number, currency: string, locale?: string): string {
  const digits = Math.abs(value) >= 100 ? 0 : 2;
  return minus(
    new Intl.NumberFormat(locale, { style: 'currency', currency, maximumFractionDigits: digits }).format(
      value,
    ),
  );
}

/** A text with its long numbers shortened to three significant figures: `> 21.8648` becomes `> 21.9`. */
export function tidy(text: string, locale?: string): string {
  return text.replace(/(?<![\w.])-?\d+\.\d{3,}(?![\w.])/g, (found) => number(Number(found), locale));
}

/** The last moment before an end, for saying the day a window ends with. */
export const lastDay = (end: string): number => Date.parse(end) - (isMidnight(Date.parse(end)) ? 1 : 0);

/** A stretch of time in its one or two largest units: 42 s, 3 min 20 s, 2 h 5 min, 3 d. */
export function duration(seconds: number, locale?: string): string {
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  const whole = Math.round(Math.abs(seconds));
  if (whole < 1) return unit(Math.round(Math.abs(seconds) * 1000), 'millisecond');
  const parts = [
    [Math.floor(whole / 86_400), 'day'],
    [Math.floor(whole / 3600) % 24, 'hour'],
    [Math.floor(whole / 60) % 60, 'minute'],
    [whole % 60, 'second'],
  ] as const;
  const first = parts.findIndex(([value]) => value > 0);
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, name]) => unit(value, name))
    .join(' ');
}

/** A change with its sign, three significant figures: +0.31, −0.08. */
export function signed(change: number, locale?: string): string {
  return minus(
    new Intl.NumberFormat(locale, { maximumSignificantDigits: 3, signDisplay: 'exceptZero' }).format(change),
  );
}

const LEAST = 1e-6;

/** A gap between what should be equal: as a number, or that it is below a millionth. */
export const small = (value: number, locale?: string): string =>
  Math.abs(value) < LEAST
    ? `< ${new Intl.NumberFormat(locale, { maximumFractionDigits: 6 }).format(LEAST)}`
    : number(value, locale);
