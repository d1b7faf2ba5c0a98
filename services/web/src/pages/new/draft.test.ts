import { describe, expect, it } from 'vitest';
import { createFakePreview } from '../../fakes/create-fake-preview';
import { read } from '../../app/url';
import { chosenRoles, modelOf, nameFrom, SPEC, writeRoles } from './draft';

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

  it('sends all roles once one was changed', () => {
    const preview = createFakePreview();
    const roles = modelOf(draft('name=m&roles=region:segment,age:ignored'), preview).roles!;
    expect(roles.segments).toEqual(['region']);
    expect(roles.features).not.toContain('age');
    expect(roles.features).not.toContain('region');
    expect(roles.score).toBe('score');
  });
});
