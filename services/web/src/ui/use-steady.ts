// A list that changes while it is read: what stands there is renewed in place, but rows neither move, appear nor
// leave under the pointer. How many would is counted, until the reader asks for them.
import { useState } from 'react';

export interface Steady<T> {
  shown: readonly T[];
  /** How many entries are new, gone, or stand elsewhere because of what `mark` says of them. */
  changes: number;
  accept: () => void;
}

/** `scope` names what is asked for: another question is another list. `mark` is what decides an entry's place. */
export function useSteady<T>(
  items: readonly T[],
  scope: string,
  idOf: (item: T) => string,
  mark: (item: T) => string,
): Steady<T> {
  const [kept, setKept] = useState({ scope, items });
  if (kept.scope !== scope) setKept({ scope, items });
  const base = kept.scope === scope ? kept.items : items;
  const now = new Map(items.map((item) => [idOf(item), item]));
  const known = new Map(base.map((item) => [idOf(item), item]));
  const moved = items.filter((item) => {
    const before = known.get(idOf(item));
    return before === undefined || mark(before) !== mark(item);
  });
  const gone = base.filter((item) => !now.has(idOf(item)));
  return {
    shown: base.map((item) => now.get(idOf(item)) ?? item),
    changes: moved.length + gone.filter((item) => !moved.includes(item)).length,
    accept: () => setKept({ scope, items }),
  };
}
