import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { createFakeChannels, createFakeKeys } from '../../fakes/create-fake-settings';
import { createFakeModel } from '../../fakes/create-fake-model';
import { findings, show } from '../../fakes/render';
import { printCompare, readCompare } from './compare';
import { draftOf, faultsOf, patchOf } from './model-draft';

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

  it('take a key away after one question, which can be answered with no', async () => {
    const { asked } = show('/settings/keys');
    const [first] = createFakeKeys().items;
    const isAsked = () => asked.some(({ method }) => method === 'DELETE');
    await userEvent.click(await screen.findByRole('button', { name: `Delete ${first!.name}` }));
    const question = within(screen.getByRole('group', { name: `Delete ${first!.name}?` }));
    expect(document.activeElement).toBe(question.getByRole('button', { name: 'Delete it' }));
    expect(await findings()).toEqual([]);
    await userEvent.click(question.getByRole('button', { name: 'Keep it' }));
    expect(document.activeElement).toBe(screen.getByRole('button', { name: `Delete ${first!.name}` }));
    expect(isAsked()).toBe(false);
    await userEvent.keyboard('{Enter}');
    await userEvent.click(screen.getByRole('button', { name: 'Delete it' }));
    await waitFor(() => expect(isAsked()).toBe(true));
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

  it('keep what is typed while another part of the model is saved, and say that it was', async () => {
    let sequential = false;
    show('/settings/models', [
      ['GET /models/*', (_, [name]) => ({ status: 200, body: createFakeModel({ name: name!, sequential }) })],
      [
        'PATCH /models/*',
        ({ body }, [name]) => {
          sequential = (body as { sequential: boolean }).sequential;
          return { status: 200, body: createFakeModel({ name: name!, sequential }) };
        },
      ],
    ]);
    const owner = await screen.findByLabelText('Owner');
    await userEvent.type(owner, ' and more');
    await userEvent.click(screen.getByRole('checkbox', { name: /Find slow drift/ }));
    await userEvent.click(screen.getAllByRole('button', { name: 'Save' })[1]!);
    expect(await screen.findByText('Saved.')).toBeTruthy();
    await waitFor(() => expect(sequential).toBe(true));
    expect(screen.getByRole<HTMLInputElement>('checkbox', { name: /Find slow drift/ }).checked).toBe(true);
    expect((screen.getByLabelText('Owner') as HTMLInputElement).value).toMatch(/ and more$/);
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
    expect(patchOf({ ...draft, watch: '', act: '' }, model).thresholds!.index).toBeNull();
  });

  it.each([
    [{ watch: '5' }, { act: /this line too/ }],
    [{ watch: '12', act: '10' }, { act: /write 12 or more/ }],
    [{ watch: '5', act: '120' }, { act: /from 0 to 100/ }],
    [{ miss: '9' }, { currency: /in which currency/ }],
    [{ currency: 'EUR' }, { currency: /what a mistake costs/ }],
    [{ currency: 'EURO', miss: '9' }, { currency: /three letters/ }],
    [{ hours: '-2' }, { hours: /more than 0/ }],
    [{ currency: 'EUR', miss: '-1' }, { miss: /0 or more/ }],
    [{ watch: '5', act: '9', currency: 'EUR', miss: '9' }, {}],
  ])('say of %j beside the field what to do', (change, wanted) => {
    const found = faultsOf({ ...draftOf(createFakeModel({ value: null })), ...change }, 'binary');
    expect(Object.keys(found)).toEqual(Object.keys(wanted));
    for (const [name, words] of Object.entries(wanted))
      expect(found[name as keyof typeof found]).toMatch(words);
  });

  it('show the usual lines, set them back, and send nothing that is wrong', async () => {
    const thresholds = { index: { watch: 12.3456789, act: 25 }, features: {}, headline: {} };
    const { asked } = show('/settings/models?model=flight-delay', [
      ['GET /models/*', () => ({ status: 200, body: createFakeModel({ thresholds }) })],
      ['PATCH /models/*', () => ({ status: 200, body: createFakeModel() })],
    ]);
    const act = await screen.findByLabelText<HTMLInputElement>('Drift index: act from (of 100)');
    expect(screen.getByLabelText<HTMLInputElement>(/watch from/).value).toBe('12.3457');
    const form = within(act.closest('form')!);
    await userEvent.clear(act);
    await userEvent.click(form.getByRole('button', { name: 'Save' }));
    expect(act.getAttribute('aria-invalid')).toBe('true');
    expect(asked.some(({ method }) => method === 'PATCH')).toBe(false);
    await userEvent.click(screen.getByRole('button', { name: 'Back to the usual lines' }));
    expect(act.placeholder).toBe('20.0, as usual');
    expect(await findings()).toEqual([]);
    await userEvent.click(form.getByRole('button', { name: 'Save' }));
    await screen.findByText('Saved.');
    expect(asked.find(({ method }) => method === 'PATCH')!.body).toMatchObject({
      thresholds: { index: null },
    });
  });

  it('make a channel of the second owner', async () => {
    const { asked } = show('/settings/channels', [
      ['POST /channels', () => ({ status: 201, body: { ...createFakeChannels().items[0], secret: null } })],
    ]);
    await userEvent.selectOptions(await screen.findByLabelText('It hears of'), 'what nobody acknowledged');
    await userEvent.click(screen.getByRole('checkbox', { name: '3, after 3 days' }));
    await userEvent.type(screen.getByLabelText('Name'), 'night');
    await userEvent.type(screen.getByLabelText('URL'), 'https://a.example/x');
    expect(await findings()).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Add channel' }));
    await waitFor(() =>
      expect(asked.find(({ method }) => method === 'POST')!.body).toMatchObject({
        hears: 'escalations',
        tiers: [1, 2],
      }),
    );
  });
});
