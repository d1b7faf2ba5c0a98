import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { problem } from '../../fakes/api';
import { createFakeModel, createFakeReference } from '../../fakes/create-fake-model';
import { createFakePreview } from '../../fakes/create-fake-preview';
import { findings, show } from '../../fakes/render';

const ROLES = '/new?step=2&preview=p&name=loans';

describe('adding a model', () => {
  it('takes the sample to its first report in a few answers', async () => {
    const { address, asked } = show('/new');
    await userEvent.click(await screen.findByRole('button', { name: 'Try the sample' }));
    await screen.findByRole('table', { name: /Columns/ });
    expect(String(asked.find(({ path }) => path.endsWith(':preview'))!.body)).toContain('income,debt_ratio');
    await userEvent.click(screen.getByRole('button', { name: 'Go on' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Create sample-loans' }));
    await screen.findByText('sample-loans is watched');
    expect(
      asked.find(({ method, path }) => method === 'POST' && path.endsWith('/models'))!.body,
    ).toMatchObject({
      name: 'sample-loans',
      preview: createFakePreview().id,
      expected_interval_s: 86_400,
    });
    expect(address()).toContain('step=4');
    expect((await screen.findByRole('link', { name: 'See the first report' })).getAttribute('href')).toBe(
      '/models/sample-loans',
    );
  });

  it('shows the guesses, and keeps what is changed in the address', async () => {
    const { address } = show(ROLES);
    const income = await screen.findByRole<HTMLSelectElement>('combobox', { name: 'Meaning of income' });
    expect(income.value).toBe('feature');
    await userEvent.selectOptions(income, 'left out');
    expect(address()).toContain('roles=income%3Aignored');
    expect(screen.getByText(/Might be categorical: it has few values/)).toBeTruthy();
    expect(screen.getByText(/the same in every row/)).toBeTruthy();
    expect(screen.getByText(/31200, 28450/)).toBeTruthy();
    expect(await findings()).toEqual([]);
  });

  it('looks again with the roles that were said, and goes on when all is well', async () => {
    const faults = [
      { pointer: '/columns/y', value: 'absent', limit: 'a prediction', fix: 'say which column it is' },
    ];
    const { address, asked } = show(ROLES, [
      [
        'GET /previews/*',
        (_, [id]) => ({
          status: 200,
          body: createFakePreview({ id: id!, faults: id === 'p' ? faults : [] }),
        }),
      ],
    ]);
    expect(await screen.findByText(/Say which column it is\./)).toBeTruthy();
    const goOn = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Go on' });
    expect(goOn().disabled).toBe(true);
    await userEvent.selectOptions(
      screen.getByRole('combobox', { name: 'Meaning of batch_no' }),
      'prediction',
    );
    await userEvent.click(goOn());
    await screen.findByRole('button', { name: 'Create loans' });
    expect(asked.find(({ method, path }) => method === 'POST' && path.includes('/previews/'))).toMatchObject({
      path: '/api/v1/previews/p',
      body: { task: 'binary', roles: { prediction: 'batch_no', label: 'repaid' } },
    });
    expect(address()).not.toContain('roles=');
  });

  it('says what is wrong with a file that cannot be read, and asks for other rows', async () => {
    const failed = createFakePreview({
      state: 'failed',
      columns: [],
      faults: [{ pointer: '/body', value: 'no Parquet', limit: 'a Parquet file', fix: 'save it anew' }],
    });
    const { address } = show(ROLES, [['GET /previews/*', () => ({ status: 200, body: failed })]]);
    expect((await screen.findByRole('alert')).textContent).toContain('no Parquet. Allowed: a Parquet file.');
    await userEvent.click(screen.getByRole('button', { name: 'Other rows' }));
    expect(address()).toBe('/new?name=loans');
  });

  it('goes on with rows given anew once a preview is gone', async () => {
    const { address } = show(ROLES, [['GET /previews/*', () => problem(404, 'There is no preview.')]]);
    await userEvent.click(await screen.findByRole('button', { name: 'Give them again' }));
    expect(address()).toBe('/new?name=loans');
  });

  it('says why a file or a model cannot be looked at', async () => {
    show('/new', [['POST /models:preview', () => problem(422, 'This names no registered model.')]]);
    await userEvent.type(await screen.findByLabelText('Model version'), 'nonsense');
    await userEvent.click(screen.getByRole('button', { name: 'Look at it' }));
    expect((await screen.findByRole('alert')).textContent).toContain('This names no registered model.');
    const file = new File(['x'], 'rows.xlsx');
    await userEvent.upload(screen.getByLabelText(/Choose a file/), file, { applyAccept: false });
    await waitFor(() => expect(screen.getByText(/rows.xlsx: not a kind that is read/)).toBeTruthy());
  });

  it('asks for the currency of costs beside its field, and sends nothing before', async () => {
    const { asked } = show('/new?step=3&preview=p&name=loans');
    await userEvent.type(await screen.findByLabelText(/A missed case costs/), '2400');
    await userEvent.click(screen.getByRole('button', { name: 'Create loans' }));
    expect(screen.getByLabelText('Currency').getAttribute('aria-invalid')).toBe('true');
    await userEvent.type(screen.getByLabelText('Currency'), 'eur');
    await userEvent.click(screen.getByRole('button', { name: 'Create loans' }));
    await screen.findByText('loans is watched');
    expect(
      asked.find(({ method, path }) => method === 'POST' && path.endsWith('/models'))!.body,
    ).toMatchObject({
      value: { currency: 'EUR', false_negative: 2400 },
    });
  });

  it('asks for a reference where none was found, and sends each past file as a batch of its day', async () => {
    let has = false;
    const { asked } = show('/new?step=4&name=loans', [
      [
        'GET /models/*/reference',
        () => (has ? { status: 200, body: createFakeReference() } : problem(404, 'None')),
      ],
      [
        'PUT /models/*/reference',
        () => ((has = true), { status: 202, body: { id: 'r', state: 'received', links: {} } }),
      ],
      [
        'GET /models/*',
        () => ({
          status: 200,
          body: createFakeModel({ name: 'loans', roles: { ...createFakeModel().roles, time: null } }),
        }),
      ],
    ]);
    const rows = (name: string) => new File(['a,b'], name);
    await userEvent.upload(await screen.findByLabelText('Choose the reference'), rows('good.csv'));
    await userEvent.upload(await screen.findByLabelText('Choose files of past batches'), [
      rows('2026-11-29.csv'),
      rows('2026-11-30.csv'),
    ]);
    await screen.findByRole('progressbar');
    const sent = asked.filter(({ method, path }) => method === 'POST' && path.endsWith('/batches'));
    expect(sent.map(({ query }) => query.get('start'))).toEqual([
      '2026-11-29T00:00:00.000Z',
      '2026-11-30T00:00:00.000Z',
    ]);
  });

  it('asks for nothing that can be left empty', async () => {
    show('/new?step=3&preview=p&name=loans');
    const form = (await screen.findByRole('button', { name: 'Create loans' })).closest('form')!;
    within(form)
      .getAllByRole<HTMLInputElement>('textbox')
      .forEach((field) => expect(field.required).toBe(false));
  });
});
