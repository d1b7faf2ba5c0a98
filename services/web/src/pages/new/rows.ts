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
