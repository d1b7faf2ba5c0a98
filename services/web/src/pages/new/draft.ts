// What is known so far about the model to be: all of it in the address, so that a reload or a link goes on where one
// stopped. The rows themselves wait on the server under the preview's id.
import type { ModelAsked, Preview } from '../../api/types';
import { oneOf, text, type Values } from '../../app/url';
import { columnOf } from '../../ui/faults';
import { sentOf } from '../said/said';

type Roles = NonNullable<Preview['roles']>;

export const SOURCES = ['file', 'mlflow', 'sample'] as const;
export const TASKS = ['', 'binary', 'multiclass', 'regression'] as const;
export const ROLES = ['feature', 'prediction', 'score', 'label', 'id', 'time', 'segment', 'ignored'] as const;
export type ColumnRole = (typeof ROLES)[number];

export const SPEC = {
  step: oneOf(['1', '2', '3', '4'], '1'),
  source: oneOf(['', ...SOURCES], ''),
  preview: text,
  name: text,
  task: oneOf(TASKS, ''),
  roles: text,
  owner: text,
  tier: oneOf(['', '1', '2', '3'], ''),
  hours: text,
  currency: text,
  alarm: text,
  miss: text,
  unit: text,
  uri: text,
  server: text,
};
export type Draft = Values<typeof SPEC>;

export const NAME = '[a-z0-9][a-z0-9\\-]{0,62}';

/** A name the server takes, made of what a file or a registered model is called. */
export function nameFrom(said: string): string {
  const base = said
    .replace(/^models:\//, '')
    .replace(/[/@].*$/, '')
    .replace(/\.(parquet|csv|json|ndjson|arrow)$/i, '');
  return base
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
}

/** What the person chose in place of the guesses, as `column:role` pairs; columns are encoded. */
export function chosenRoles(written: string): Map<string, ColumnRole> {
  const pairs = written.split(',').flatMap((pair) => {
    const [column = '', role = ''] = pair.split(':');
    const known = ROLES.find((one) => one === role);
    return column && known ? [[decodeURIComponent(column), known] as const] : [];
  });
  return new Map(pairs);
}

export const writeRoles = (chosen: ReadonlyMap<string, ColumnRole>): string =>
  [...chosen].map(([column, role]) => `${encodeURIComponent(column)}:${role}`).join(',');

export interface SeenColumn {
  name: string;
  /** As guessed, or as a person said when it was last looked at. */
  role: ColumnRole;
  kind: string;
  /** Why it is left out. */
  why: string;
  examples: readonly string[];
}

/** Every column of the rows: those that are compared, then those that are left out. */
export function columnsOf(preview: Preview): SeenColumn[] {
  const { columns, left_out: out, examples, offers } = preview;
  const kept = columns.map(({ name, role, kind }) => ({
    name,
    kind,
    role: ROLES.find((one) => one === role) ?? 'ignored',
    why: offers
      .filter(({ column }) => column === name)
      .map((offer) => `Might be ${offer.kind}: ${offer.why}.`)
      .join(' '),
    examples: examples[name] ?? [],
  }));
  const left = out.flatMap(({ pointer, value }) => {
    const name = columnOf(pointer);
    if (name === null || columns.some((one) => one.name === name)) return [];
    return [{ name, kind: '', role: 'ignored' as const, why: value, examples: examples[name] ?? [] }];
  });
  return [...kept, ...left];
}

/** The roles to look again with: as chosen, else as they are. A role of one column is that of the last one chosen. */
export function rolesOf(preview: Preview, chosen: ReadonlyMap<string, ColumnRole>): Roles {
  const all = columnsOf(preview);
  const of = (role: ColumnRole) =>
    all.filter(({ name, role: now }) => (chosen.get(name) ?? now) === role).map(({ name }) => name);
  const one = (role: ColumnRole) => {
    const found = of(role);
    return found.find((name) => chosen.get(name) === role) ?? found[0] ?? null;
  };
  return {
    features: of('feature'),
    prediction: one('prediction') ?? preview.roles?.prediction ?? 'prediction',
    score: one('score'),
    label: one('label'),
    id: one('id'),
    time: one('time'),
    segments: of('segment'),
  };
}

/** The model to create: what its columns mean stands in the preview. */
export const modelOf = (draft: Draft, preview: Preview): ModelAsked =>
  ({ name: draft.name, preview: preview.id, task: draft.task || null, ...sentOf(draft) }) as ModelAsked;
