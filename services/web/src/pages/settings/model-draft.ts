// What is typed about a model, and what of it is sent. Pure.
import type { Model, ModelChange } from '../../api/types';

export interface Draft {
  owner: string;
  tier: string;
  hours: string;
  currency: string;
  alarm: string;
  miss: string;
  unit: string;
  watch: string;
  act: string;
}

const printed = (value: number | null | undefined) => (value == null ? '' : String(value));
const read = (text: string) => (text.trim() === '' ? null : Number(text));

export function draftOf({ owner, tier, expected_interval_s: interval, value, thresholds }: Model): Draft {
  return {
    owner: owner ?? '',
    tier: printed(tier),
    hours: printed(interval === null ? null : interval / 3600),
    currency: value?.currency ?? '',
    alarm: printed(value?.false_positive),
    miss: printed(value?.false_negative),
    unit: printed(value?.per_unit),
    watch: printed(thresholds.index?.watch),
    act: printed(thresholds.index?.act),
  };
}

/** Empty fields set a value back; costs without a currency are no costs, a line alone is no pair of lines. */
export function patchOf(draft: Draft, { thresholds }: Model): Partial<ModelChange> {
  const hours = read(draft.hours);
  const [watch, act] = [read(draft.watch), read(draft.act)];
  return {
    owner: draft.owner.trim() || null,
    tier: (read(draft.tier) as ModelChange['tier']) ?? null,
    expected_interval_s: hours ? Math.round(hours * 3600) : null,
    value: draft.currency
      ? {
          currency: draft.currency,
          false_positive: read(draft.alarm),
          false_negative: read(draft.miss),
          per_unit: read(draft.unit),
        }
      : null,
    thresholds: { ...thresholds, index: watch !== null && act !== null ? { watch, act } : null },
  };
}
