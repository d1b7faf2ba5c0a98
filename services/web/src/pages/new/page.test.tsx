import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { problem } from '../../fakes/api';
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
    expect(await findings()).toEqual([]);
  });

  it('does not go on with rows that cannot be watched', async () => {
    const faults = [
      {
        pointer: '/columns',
        value: 'no prediction',
        limit: 'one',
        fix: 'Name the column of the predictions.',
      },
    ];
    show(ROLES, [['GET /previews/*', () => ({ status: 200, body: createFakePreview({ faults }) })]]);
    expect(await screen.findByText(/Name the column of the predictions/)).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Go on' }).disabled).toBe(true);
  });

  it('says why a file or a model cannot be looked at', async () => {
    show('/new', [['POST /models:preview', () => problem(422, 'This names no registered model.')]]);
    await userEvent.type(await screen.findByLabelText('Model version'), 'nonsense');
    await userEvent.click(screen.getByRole('button', { name: 'Look at it' }));
    expect((await screen.findByRole('alert')).textContent).toContain('This names no registered model.');
    const file = new File(['x'], 'rows.xlsx');
    await userEvent.upload(screen.getByLabelText(/Choose a file/), file, { applyAccept: false });
    await waitFor(() => expect(screen.getByText(/rows.xlsx is none of/)).toBeTruthy());
  });

  it('asks for nothing that can be left empty', async () => {
    show('/new?step=3&preview=p&name=loans');
    const form = (await screen.findByRole('button', { name: 'Create loans' })).closest('form')!;
    within(form)
      .getAllByRole<HTMLInputElement>('textbox')
      .forEach((field) => expect(field.required).toBe(false));
  });
});
