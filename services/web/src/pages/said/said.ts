// What a person says about a model beside its rows, as it is typed: whose it is, its rhythm, what mistakes cost. Pure.
import type { Model, Task } from '../../api/types';

export interface Said {
  owner: string;
  tier: '' | '1' | '2' | '3';
  hours: string;
  currency: string;
  alarm: string;
  miss: string;
  unit: string;
}
export type SaidFaults = Partial<Record<keyof Said, string>>;

export const printed = (value: number | null | undefined) =>
  value == null ? '' : String(Number(value.toPrecision(6)));
export const numberOf = (typed: string) => (typed.trim() === '' ? null : Number(typed));

const COSTS = { regression: ['unit'], other: ['alarm', 'miss'] } as const;
export const costsOf = (task: Task | null | '') => COSTS[task === 'regression' ? 'regression' : 'other'];

export const saidOf = ({ owner, tier, expected_interval_s: interval, value }: Model): Said => ({
  owner: owner ?? '',
  tier: printed(tier) as Said['tier'],
  hours: printed(interval === null ? null : interval / 3600),
  currency: value?.currency ?? '',
  alarm: printed(value?.false_positive),
  miss: printed(value?.false_negative),
  unit: printed(value?.per_unit),
});

/** What is sent of it: an empty field sets a value back. */
export function sentOf(said: Said): Pick<Model, 'owner' | 'tier' | 'expected_interval_s' | 'value'> {
  const hours = numberOf(said.hours);
  return {
    owner: said.owner.trim() || null,
    tier: numberOf(said.tier) as Model['tier'],
    expected_interval_s: hours ? Math.round(hours * 3600) : null,
    value: said.currency
      ? {
          currency: said.currency,
          false_positive: numberOf(said.alarm),
          false_negative: numberOf(said.miss),
          per_unit: numberOf(said.unit),
        }
      : null,
  };
}

/** What is not right yet, by field, with what to do. */
export function faultsOf(said: Said, task: Task | null | ''): SaidFaults {
  const costs = costsOf(task);
  const faults: SaidFaults = {};
  for (const name of costs)
    if (Number(said[name]) < 0) faults[name] = `A cost of ${said[name]} is none. Write 0 or more.`;
  if (said.hours !== '' && !(Number(said.hours) > 0))
    faults.hours = `${said.hours} hours are no interval. Write more than 0.`;
  const isCosted = costs.some((name) => said[name] !== '');
  if ((said.currency || isCosted) && !/^[A-Z]{3}$/.test(said.currency))
    faults.currency = 'Say in which currency: three letters, such as EUR.';
  else if (said.currency && !isCosted)
    faults.currency = 'Say what a mistake costs in it, or empty this field.';
  return faults;
}
