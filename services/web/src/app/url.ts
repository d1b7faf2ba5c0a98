// The state of a page is its address: typed search parameters, defaults left out, unknown ones kept.
import { useLayoutEffect, useMemo, useRef } from 'react';
import { useSearchParams } from 'react-router';

/** One search parameter. `parse` answers undefined to what it does not understand. */
export interface Param<T> {
  parse(raw: string): T | undefined;
  print(value: T): string;
  fallback: T;
}
export type Spec = Record<string, Param<unknown>>;
export type Values<S extends Spec> = { [K in keyof S]: S[K] extends Param<infer T> ? T : never };
export interface Refused {
  name: string;
  value: string;
}

export function oneOf<const T extends string>(values: readonly T[], fallback: NoInfer<T>): Param<T> {
  return { parse: (raw) => values.find((value) => value === raw), print: (value) => value, fallback };
}

/** Several of a set, comma separated, in the set's order. */
export function someOf<const T extends string>(values: readonly T[]): Param<readonly T[]> {
  return {
    parse: (raw) => {
      const asked = raw.split(',');
      return asked.every((one) => values.some((value) => value === one))
        ? values.filter((value) => asked.includes(value))
        : undefined;
    },
    print: (value) => value.join(','),
    fallback: [],
  };
}

export const text: Param<string> = { parse: (raw) => raw, print: (value) => value, fallback: '' };

/** A whole number between bounds. */
export function countOf(least: number, most: number, fallback: number): Param<number> {
  return {
    parse: (raw) => (/^\d+$/.test(raw) && +raw >= least && +raw <= most ? +raw : undefined),
    print: String,
    fallback,
  };
}

/** A moment: `2013-10-31` (UTC midnight) or a full time with zone; milliseconds since 1970. */
export const moment: Param<number | null> = {
  parse: (raw) => {
    const whole = /^\d{4}-\d\d-\d\d$/.test(raw);
    const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(raw);
    const time = whole || zoned ? Date.parse(raw) : NaN;
    return Number.isNaN(time) ? undefined : time;
  },
  print: (time) => (time === null ? '' : printMoment(time)),
  fallback: null,
};

export function printMoment(time: number): string {
  const iso = new Date(time).toISOString();
  return time % 86_400_000 === 0 ? iso.slice(0, 10) : iso.replace(/(:00)?\.000Z$/, 'Z');
}

/** The values in an address, and what of it is not understood (the fallback stands in for that). */
export function read<S extends Spec>(
  spec: S,
  search: URLSearchParams,
): { values: Values<S>; refused: Refused[] } {
  const refused: Refused[] = [];
  const values = Object.entries(spec).map(([name, param]) => {
    const raw = search.get(name);
    if (raw === null) return [name, param.fallback];
    const value = param.parse(raw);
    if (value === undefined) refused.push({ name, value: raw });
    return [name, value ?? param.fallback];
  });
  return { values: Object.fromEntries(values) as Values<S>, refused };
}

/** The address with some values changed; those at their default leave it. */
export function write<S extends Spec>(
  spec: S,
  search: URLSearchParams,
  change: Partial<Values<S>>,
): URLSearchParams {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change)) {
    const param = spec[name]!;
    const printed = value === undefined ? '' : param.print(value);
    if (printed === '' || printed === param.print(param.fallback)) next.delete(name);
    else next.set(name, printed);
  }
  return next;
}

/** The page's state in its address. A change of the cursor or a filter replaces the entry in the history. */
export function useUrl<S extends Spec>(spec: S) {
  const [search, setSearch] = useSearchParams();
  const { values, refused } = useMemo(() => read(spec, search), [spec, search]);
  // Two changes in a row both count: the second starts from the first, not from the address as it was drawn.
  const latest = useRef(search);
  useLayoutEffect(() => {
    latest.current = search;
  }, [search]);
  const set = (change: Partial<Values<S>>, how: { push?: boolean } = {}) => {
    latest.current = write(spec, latest.current, change);
    setSearch(latest.current, { replace: !how.push, preventScrollReset: true });
  };
  return { values, refused, set };
}
