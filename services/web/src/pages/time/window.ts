// What of time is shown: a range that ends with the newest batch, or bounds by hand.
import type { Window } from '../../api/drift';
import type { Model } from '../../api/types';
import { moment, oneOf, type Values } from '../../app/url';
import { DAY, type Extent, type Slot } from '../../charts/scale';

export const RANGES = ['7d', '30d', '90d', 'all'] as const;

export const TIME = {
  range: oneOf(RANGES, '90d'),
  from: moment,
  to: moment,
  at: moment,
};
type Time = Values<typeof TIME>;

const DAYS = { '7d': 7, '30d': 30, '90d': 90 } as const;

/** The window to ask for: batches that end after its begin, up to its end. `newest` is the end of the newest batch. */
export function windowOf(
  { range, from, to }: Pick<Time, 'range' | 'from' | 'to'>,
  newest: number | null,
): Window {
  const iso = (time: number) => new Date(time).toISOString();
  if (from !== null || to !== null) {
    return { from: from === null ? undefined : iso(from), to: to === null ? undefined : iso(to) };
  }
  if (range === 'all' || newest === null) return {};
  // The server counts in microseconds, which are cut off here: the end itself may be a little later.
  return { from: iso(newest - DAYS[range] * DAY + 1), to: iso(newest + 1) };
}

/** The stretch that is drawn: what the batches cover, or more where bounds were set by hand. */
export function extentOf({ from, to }: Pick<Time, 'from' | 'to'>, slots: readonly Slot[]): Extent {
  const first = slots[0]?.from ?? 0;
  const last = slots.at(-1)?.to ?? first + DAY;
  return { from: Math.min(from ?? first, first), to: Math.max(to ?? last, last) };
}

/** The end of a model's newest batch: where its ranges end. */
export function newestOf(model: Model): number | null {
  return model.summary.batch_end === null ? null : Date.parse(model.summary.batch_end);
}
