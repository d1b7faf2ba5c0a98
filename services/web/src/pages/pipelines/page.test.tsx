import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { createFakePipeline } from '../../fakes/create-fake-pipelines';
import { problem } from '../../fakes/api';
import { findings, show } from '../../fakes/render';
import { standingOf } from './standing';

describe('pipelines', () => {
  it('puts what failed first, with the activity, its error and the way to the run', async () => {
    const { address } = show('/pipelines');
    const table = await screen.findByRole('table', { name: /Pipelines, the most urgent first/ });
    const rows = within(table).getAllByRole('row').slice(1);
    expect(rows.map((row) => within(row).getByRole('rowheader').textContent)).toEqual([
      'load_featuresadf/flights',
      'load_labelsadf/flights',
      'archive_oldadf/flights',
    ]);
    expect(rows[0]!.textContent).toMatch(/copy_weather failed.*weather service answered 504/);
    expect(rows[1]!.textContent).toContain('A run is due that has not begun.');
    expect(await findings()).toEqual([]);
    fireEvent.click(within(rows[0]!).getByRole('link', { name: 'Open the failed run' }));
    await waitFor(() => expect(address()).toBe('/runs/load_features-0'));
  });

  it('says how to begin, and that it is unknown before the first run', async () => {
    show('/pipelines', [['GET /pipelines', () => ({ status: 200, body: { items: [], next: null } })]]);
    expect(await screen.findByText('No pipeline is watched yet')).toBeTruthy();
    expect(standingOf(createFakePipeline('x', { last_run: null })).status).toBe('unknown');
  });

  it('shows the runs of one: how long, what failed', async () => {
    show('/pipelines/load_features?source=adf%2Fflights');
    const table = await screen.findByRole('table', { name: 'Runs of the pipeline' });
    expect(within(table).getAllByRole('row')).toHaveLength(25);
    fireEvent.click(screen.getByRole('button', { name: /Failed or slow \(3\)/ }));
    expect(within(table).getAllByRole('row')).toHaveLength(4);
    expect(within(table).getByText(/38 min.*slow/)).toBeTruthy();
  });
});

describe('a run', () => {
  it('shows every try of every activity, with the error', async () => {
    show('/runs/load_features-0?activity=copy_weather-2');
    const table = await screen.findByRole('table', { name: 'Activities of the run' });
    expect(within(table).getAllByText(/Error 2200/)).toHaveLength(2);
    expect(within(table).getByText('Copy, try 2, after look_up_day')).toBeTruthy();
    expect(screen.getByRole('region', { name: 'How it went' }).textContent).toContain('Failed');
    expect(await findings()).toEqual([]);
  });

  it('of a tracking server shows what it logged', async () => {
    show('/runs/ml-1');
    expect(await screen.findByRole('region', { name: 'Metrics' })).toBeTruthy();
    expect(screen.getByRole('table', { name: 'Datasets of the run' }).textContent).toContain('48,210');
    expect(screen.getByRole('link', { name: 'pipeline run' }).getAttribute('href')).toBe(
      '/runs/load_features-0',
    );
    expect(screen.queryByText('mlflow.user')).toBeNull();
  });
});

describe('sources', () => {
  it('say how they fare, and what to do', async () => {
    show('/settings/sources');
    const card = await screen.findByRole('region', { name: 'mlflow/main' });
    expect(card.textContent).toMatch(
      /does not accept the credentials.*answered 401.*Give the collector a token/,
    );
    expect(within(card).getByText('5 hr')).toBeTruthy();
    expect(screen.getByRole('region', { name: 'adf/flights' }).textContent).toContain(
      'Reading the past: 40%',
    );
    expect(await findings()).toEqual([]);
  });

  it('are added with what the kind needs, and faults stand at their field', async () => {
    const fault = {
      ...(problem(422, 'The source has an address that cannot be used.').body as object),
      errors: [
        {
          pointer: '/settings/url',
          value: '169.254.169.254',
          limit: 'any other host',
          fix: 'give the server',
        },
      ],
    };
    const { asked, address } = show('/settings/sources', [
      ['POST /sources', () => ({ status: 422, body: fault })],
    ]);
    fireEvent.click(await screen.findByRole('button', { name: 'Add a source' }));
    expect(address()).toContain('add=mlflow');
    await userEvent.type(screen.getByRole('textbox', { name: 'Name' }), 'lab');
    await userEvent.type(
      screen.getByRole('textbox', { name: 'Address of the tracking server' }),
      'http://169.254.169.254',
    );
    fireEvent.click(screen.getByRole('button', { name: 'Save and look at it' }));
    const url = screen.getByRole('textbox', { name: 'Address of the tracking server' });
    expect((await screen.findAllByText(/any other host/)).length).toBe(2);
    expect(url.getAttribute('aria-invalid')).toBe('true');
    expect(asked.find(({ method }) => method === 'POST')?.body).toMatchObject({
      name: 'lab',
      settings: { kind: 'mlflow', url: 'http://169.254.169.254', experiments: [], token: null },
    });
  });

  it('are taken away after one question', async () => {
    const { asked } = show('/settings/sources');
    fireEvent.click(await screen.findByRole('button', { name: 'Remove mlflow/main' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Stop watching' }));
    await screen.findByRole('button', { name: 'Remove mlflow/main' });
    expect(asked.find(({ method }) => method === 'DELETE')?.path).toBe('/api/v1/sources/mlflow/main');
  });
});
