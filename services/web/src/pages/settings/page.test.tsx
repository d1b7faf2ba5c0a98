import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { createFakeModel } from '../../fakes/create-fake-model';
import { findings, show } from '../../fakes/render';
import { printCompare, readCompare } from './compare';
import { draftOf, patchOf } from './model-draft';

describe('settings', () => {
  it('show a new key once', async () => {
    const { asked } = show('/settings/keys');
    await userEvent.type(await screen.findByLabelText('Name'), 'robot');
    await userEvent.click(screen.getByRole('checkbox', { name: /ingest/ }));
    await userEvent.click(screen.getByRole('button', { name: 'Make key' }));
    expect(await screen.findByText('bw_e5f6_0123456789abcdef')).toBeTruthy();
    expect(asked.find(({ method }) => method === 'POST')!.body).toMatchObject({
      name: 'robot',
      roles: ['viewer', 'ingest'],
    });
    expect(await findings()).toEqual([]);
  });

  it('list work that was given up, with its reason', async () => {
    show('/settings/health');
    expect(await screen.findByText(/The model asks for a library/)).toBeTruthy();
  });

  it('turn a rule on', async () => {
    const { asked } = show('/settings/rules');
    expect(await screen.findByText(/25% of 12 answers/)).toBeTruthy();
    await userEvent.click(screen.getByRole('switch', { name: 'No data arrives' }));
    await waitFor(() =>
      expect(asked.find(({ method }) => method === 'PATCH')).toMatchObject({
        path: '/api/v1/rules/no_data',
        body: { enabled: true },
      }),
    );
    expect(await findings()).toEqual([]);
  });

  it('say how the last message of a channel went', async () => {
    show('/settings/channels');
    expect(await screen.findByText(/did not answer within 5 s/)).toBeTruthy();
    expect(await findings()).toEqual([]);
  });

  it('say what batches are compared with, and carry evidence over them', async () => {
    const { asked } = show('/settings/models');
    await userEvent.selectOptions(await screen.findByLabelText('Compared with'), 'The same weekday');
    const weeks = screen.getByLabelText('Weeks back');
    expect((weeks as HTMLInputElement).value).toBe('8');
    await userEvent.click(screen.getByRole('checkbox', { name: /Find slow drift/ }));
    await userEvent.click(screen.getAllByRole('button', { name: 'Save' })[1]!);
    await waitFor(() =>
      expect(asked.find(({ method }) => method === 'PATCH')?.body).toEqual({
        compare: 'weekday:8',
        sequential: true,
      }),
    );
    expect(await findings()).toEqual([]);
  });

  it('reads what batches are compared with as it is written', () => {
    for (const said of [null, 'previous', 'trailing:7', 'season:3']) {
      const { kind, size } = readCompare(said);
      expect(printCompare(kind, size)).toBe(said);
    }
    expect(readCompare('moon:3').kind).toBe('');
  });

  it('send of a model what is typed, and set back what is emptied', () => {
    const model = createFakeModel({
      value: { currency: 'EUR', false_positive: 1, false_negative: 9, per_unit: null },
    });
    const draft = draftOf(model);
    expect(draft).toMatchObject({ owner: 'ops-analytics', tier: '1', hours: '24', miss: '9' });
    expect(patchOf({ ...draft, owner: ' ', currency: '', watch: '5', act: '9' }, model)).toMatchObject({
      owner: null,
      value: null,
      thresholds: { index: { watch: 5, act: 9 } },
    });
    expect(patchOf({ ...draft, watch: '5', act: '' }, model).thresholds!.index).toBeNull();
  });
});
