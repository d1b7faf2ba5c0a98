// The changes of a what-if in the address: `wind_speed=20&carrier=AA`, encoded once more as one parameter.
import type { Changes } from '../../api/explanations';
import type { Cell } from '../../api/types';
import type { Param } from '../../app/url';

export const changesParam: Param<Changes> = {
  parse: (raw) => {
    const found = Object.fromEntries(
      [...new URLSearchParams(raw)].map(([name, value]) => [name, parseCell(value)]),
    );
    return Object.keys(found).length || raw === '' ? found : undefined;
  },
  print: (changes) =>
    new URLSearchParams(Object.entries(changes).map(([name, value]) => [name, printCell(value)])).toString(),
  fallback: {},
};

/** A value as it is written in a field: texts as they are, or in quotes where they look like something else. */
export function printCell(value: Cell): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return typeof parseCell(value) === 'string' && !value.startsWith('"') ? value : JSON.stringify(value);
}

export function parseCell(text: string): Cell {
  try {
    const value: unknown = JSON.parse(text);
    const isCell = value === null || ['string', 'number', 'boolean'].includes(typeof value);
    return isCell ? (value as Cell) : text;
  } catch {
    return text;
  }
}
