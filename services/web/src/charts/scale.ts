// One scale for everything on the time axis: where a moment lies, which batch lies under the pointer, the ticks.
// Pure. A batch is drawn over its window, so that the line, the heatmap and the lanes agree to the pixel.
export interface Slot {
  /** UTC milliseconds. */
  from: number;
  to: number;
}

export interface Extent {
  from: number;
  to: number;
}

const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Where a moment lies in [0, 1] of the extent; beyond it, outside that range. */
export function place(time: number, { from, to }: Extent): number {
  return to > from ? (time - from) / (to - from) : 0;
}

/** Windows of batches in time order. A batch without a start begins where the one before it ended. */
export function slots(batches: readonly { start?: string | null; end: string }[]): Slot[] {
  const found: Slot[] = [];
  for (const [i, { start, end }] of batches.entries()) {
    const to = Date.parse(end);
    const before = found[i - 1]?.to;
    const guess = before !== undefined && before < to ? before : to - DAY;
    const from = start != null ? Date.parse(start) : guess;
    found.push({ from: Math.min(from, to), to: Math.max(to, from + 1) });
  }
  return found;
}

/** The slot that holds a moment, else the nearest one; -1 without any. */
export function nearest(list: readonly Slot[], time: number): number {
  let best = -1;
  let distance = Infinity;
  for (const [i, slot] of list.entries()) {
    const away = time < slot.from ? slot.from - time : time >= slot.to ? time - slot.to + 1 : 0;
    if (away < distance) [best, distance] = [i, away];
  }
  return best;
}

/** Neighbouring slots gathered so that each group is at least `least` pixels wide: [first, last] of each. */
export function groups(
  list: readonly Slot[],
  extent: Extent,
  width: number,
  least: number,
): [number, number][] {
  const found: [number, number][] = [];
  const px = (slot: Slot) => (place(slot.to, extent) - place(slot.from, extent)) * width;
  const typical = list.length ? list.reduce((sum, slot) => sum + px(slot), 0) / list.length : least;
  const size = Math.max(1, Math.ceil(least / Math.max(typical, 0.01)));
  for (let i = 0; i < list.length; i += size) found.push([i, Math.min(i + size, list.length) - 1]);
  return found;
}

export interface Tick {
  time: number;
  label: string;
}

const STEPS = [HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY];

/** Ticks on whole hours, days, Mondays or months (UTC), at least `least` pixels apart. */
export function ticks(extent: Extent, width: number, locale?: string): Tick[] {
  const least = width < 500 ? 60 : 84;
  const span = extent.to - extent.from;
  if (span <= 0 || width <= 0) return [];
  const wanted = (span * least) / width;
  const step = STEPS.find((one) => one >= wanted);
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options });
  if (step === undefined) return months(extent, wanted, locale);
  const label =
    step < DAY ? format({ hour: '2-digit', minute: '2-digit' }) : format({ day: 'numeric', month: 'short' });
  const dayLabel = format({ day: 'numeric', month: 'short' });
  const anchor = step % (7 * DAY) === 0 ? 4 * DAY : 0; // 1970-01-05 was a Monday
  const found: Tick[] = [];
  for (let t = Math.ceil((extent.from - anchor) / step) * step + anchor; t <= extent.to; t += step) {
    found.push({ time: t, label: (t % DAY === 0 ? dayLabel : label).format(t) });
  }
  return found;
}

function months(extent: Extent, wanted: number, locale?: string): Tick[] {
  const every = [1, 2, 3, 6, 12].find((m) => m * 28 * DAY >= wanted) ?? 12;
  const start = new Date(extent.from);
  const found: Tick[] = [];
  for (let m = start.getUTCFullYear() * 12 + start.getUTCMonth(); ; m++) {
    const time = Date.UTC(Math.floor(m / 12), m % 12, 1);
    if (time > extent.to) return found;
    if (time < extent.from || m % every !== 0) continue;
    const isNewYear = m % 12 === 0;
    const options: Intl.DateTimeFormatOptions = isNewYear
      ? { month: 'short', year: 'numeric' }
      : { month: 'short' };
    found.push({
      time,
      label: new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options }).format(time),
    });
  }
}

/** About four round steps that cover [least, most]; `least` 0 begins at 0. */
export function levels(most: number, least = 0): number[] {
  if (!(most > least)) return [least, least + 1]; // all are one value: any scale does, a round one reads best
  const rough = (most - least) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough * 0.999) ?? 10 * power;
  const first = Math.floor(least / step + 1e-9);
  const last = Math.max(Math.ceil(most / step - 1e-9), first + 1);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
