// Files of rows: which format they are, by the end of their name.
import type { Rows } from '../../api/onboard';

const TYPES: Readonly<Record<string, string>> = {
  parquet: 'application/vnd.apache.parquet',
  csv: 'text/csv',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  jsonl: 'application/x-ndjson',
  arrow: 'application/vnd.apache.arrow.stream',
};

export const ACCEPTED = Object.keys(TYPES)
  .map((end) => `.${end}`)
  .join(',');

/** The rows of a file; null when its name does not say what it is. */
export function rowsOf(file: File): Rows | null {
  const type = TYPES[file.name.split('.').at(-1)?.toLowerCase() ?? ''];
  return type ? { body: file, type } : null;
}

/** The day a file is named after, as the window of its rows; nothing when its name holds no day. */
export function dayIn(name: string): { start?: string; end?: string } {
  const [, year, month, day] = /(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)/.exec(name) ?? [];
  const start = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(start.getTime())) return {};
  return { start: start.toISOString(), end: new Date(start.getTime() + 86_400_000).toISOString() };
}

/** What the push of a file is called: the same file is the same batch, the file mended is another. */
export const keyOf = ({ name, lastModified }: File): string => `${name} (${lastModified})`;
export const fileOf = (key: string | null): string | null => key?.replace(/ \(\d+\)$/, '') ?? null;
