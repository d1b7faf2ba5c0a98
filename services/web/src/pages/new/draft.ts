// What is known so far about the model to be: all of it in the address, so that a reload or a link goes on where one
// stopped. The rows themselves wait on the server under the preview's id.
import type { Column, ModelAsked, Preview } from '../../api/types';
import { oneOf, text, type Values } from '../../app/url';

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

/** The role a column has: as chosen, else as guessed. */
export function roleOf(
  { name, role }: Column,
  preview: Preview,
  chosen: ReadonlyMap<string, ColumnRole>,
): ColumnRole {
  const said = chosen.get(name);
  if (said) return said;
  if (preview.roles?.segments.includes(name)) return 'segment';
  return ROLES.find((one) => one === role) ?? 'ignored';
}

const numberOf = (typed: string) => (typed.trim() === '' ? null : Number(typed));

/** The model to create. Roles are sent only when a person changed some: the preview holds the guesses. */
export function modelOf(draft: Draft, preview: Preview): ModelAsked {
  const chosen = chosenRoles(draft.roles);
  const hours = numberOf(draft.hours);
  return {
    name: draft.name,
    preview: preview.id,
    task: draft.task || null,
    owner: draft.owner.trim() || null,
    tier: numberOf(draft.tier) as ModelAsked['tier'],
    expected_interval_s: hours ? Math.round(hours * 3600) : null,
    value: draft.currency
      ? {
          currency: draft.currency,
          false_positive: numberOf(draft.alarm),
          false_negative: numberOf(draft.miss),
          per_unit: numberOf(draft.unit),
        }
      : null,
    ...(chosen.size > 0 && { roles: rolesOf(preview, chosen) }),
  } as ModelAsked;
}

function rolesOf(
  preview: Preview,
  chosen: ReadonlyMap<string, ColumnRole>,
): NonNullable<ModelAsked['roles']> {
  const of = (role: ColumnRole) =>
    preview.columns.filter((column) => roleOf(column, preview, chosen) === role).map(({ name }) => name);
  return {
    features: of('feature'),
    prediction: of('prediction')[0] ?? preview.roles?.prediction ?? 'prediction',
    score: of('score')[0] ?? null,
    label: of('label')[0] ?? null,
    id: of('id')[0] ?? null,
    time: of('time')[0] ?? null,
    segments: of('segment'),
  };
}
