// What a model's batches are compared with, as the server writes it: `trailing:28`. Pure.

export const COMPARED = [
  ['', 'The stored reference', '', 0],
  ['previous', 'The batch before', '', 0],
  ['trailing', 'The days before', 'Days', 28],
  ['weekday', 'The same weekday', 'Weeks back', 8],
  ['season', 'The same season', 'Years back', 2],
] as const;

export type Kind = (typeof COMPARED)[number][0];

/** The kind and how far it reaches; what is not understood is the stored reference. */
export function readCompare(compare: string | null): { kind: Kind; size: number } {
  const [word = '', size = ''] = (compare ?? '').split(':');
  const found = COMPARED.find(([kind]) => kind === word) ?? COMPARED[0];
  return { kind: found[0], size: Number(size) || found[3] };
}

export function printCompare(kind: Kind, size: number): string | null {
  if (kind === '') return null;
  return kind === 'previous' ? kind : `${kind}:${size}`;
}
