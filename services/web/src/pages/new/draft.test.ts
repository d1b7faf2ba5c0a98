import { describe, expect, it } from 'vitest';
import { createFakePreview } from '../../fakes/create-fake-preview';
import { read } from '../../app/url';
import { chosenRoles, columnsOf, modelOf, nameFrom, rolesOf, SPEC, writeRoles } from './draft';
import { dayIn } from './rows';

const draft = (search: string) => read(SPEC, new URLSearchParams(search)).values;

describe('the draft of a model', () => {
  it.each([
    ['Credit Default (2026).parquet', 'credit-default-2026'],
    ['models:/Flight_Delay/3', 'flight-delay'],
    ['models:/churn@champion', 'churn'],
    ['___', ''],
  ])('makes a name of %s', (said, name) => expect(nameFrom(said)).toBe(name));

  it('keeps chosen roles of any column in the address', () => {
    const chosen = new Map([
      ['a:b, c', 'label'],
      ['ü', 'ignored'],
    ] as const);
    expect([...chosenRoles(writeRoles(chosen))]).toEqual([...chosen]);
    expect(chosenRoles('x:nonsense,:label,').size).toBe(0);
  });

  it('sends the guesses by naming the preview, and what was typed', () => {
    const preview = createFakePreview();
    expect(modelOf(draft('name=m'), preview)).toMatchObject({ name: 'm', preview: preview.id, value: null });
    expect(modelOf(draft('name=m'), preview)).not.toHaveProperty('roles');
    expect(modelOf(draft('name=m&hours=24&currency=EUR&alarm=120&miss=2400&tier=1'), preview)).toMatchObject({
      expected_interval_s: 86_400,
      tier: 1,
      value: { currency: 'EUR', false_positive: 120, false_negative: 2400, per_unit: null },
    });
  });

  it('looks again with all roles once one was changed, also with columns that were left out', () => {
    const preview = createFakePreview();
    const chosen = chosenRoles('region:segment,age:ignored,batch_no:feature,debt_ratio:score');
    const roles = rolesOf(preview, chosen);
    expect(roles.segments).toEqual(['region']);
    expect(roles.features).toEqual(['income', 'batch_no']);
    expect(roles.score).toBe('debt_ratio');
    expect(columnsOf(preview).at(-1)).toMatchObject({ name: 'batch_no', role: 'ignored', examples: ['7'] });
  });

  it.each([
    ['loans 2026-11-30.csv', '2026-11-30T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
    ['20261130.parquet', '2026-11-30T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
    ['2026-13-40.csv', undefined, undefined],
    ['123456789.csv', undefined, undefined],
  ])('takes the day of %s from its name', (name, start, end) =>
    expect(dayIn(name)).toEqual(start ? { start, end } : {}),
  );
});
