// What is typed about a model and its lines, and what of it is sent. Pure.
import type { Model, ModelChange } from '../../api/types';
import { faultsOf as saidFaults, numberOf, printed, saidOf, sentOf, type Said } from '../said/said';

export interface Draft extends Said {
  watch: string;
  act: string;
}

export const draftOf = (model: Model): Draft => ({
  ...saidOf(model),
  watch: printed(model.thresholds.index?.watch),
  act: printed(model.thresholds.index?.act),
});

/** Empty fields set a value back. */
export function patchOf(draft: Draft, { thresholds }: Model): Partial<ModelChange> {
  const [watch, act] = [numberOf(draft.watch), numberOf(draft.act)];
  return {
    ...sentOf(draft),
    thresholds: { ...thresholds, index: watch !== null && act !== null ? { watch, act } : null },
  };
}

export type DraftFaults = Partial<Record<keyof Draft, string>>;

/** The index is drawn from 0 to 100, and a line alone is no pair of lines. */
export function faultsOf(draft: Draft, task: Model['task']): DraftFaults {
  const faults: DraftFaults = saidFaults(draft, task);
  const [watch, act] = [numberOf(draft.watch), numberOf(draft.act)];
  for (const name of ['watch', 'act'] as const)
    if (draft[name] !== '' && !(Number(draft[name]) >= 0 && Number(draft[name]) <= 100))
      faults[name] = `${draft[name]} is not on the scale. Write a number from 0 to 100.`;
  if (watch === null && act !== null) faults.watch = 'Write this line too, or empty the other.';
  if (act === null && watch !== null) faults.act = 'Write this line too, or empty the other.';
  if (watch !== null && act !== null && watch > act)
    faults.act = `Act begins at or above watch: write ${draft.watch} or more.`;
  return faults;
}
