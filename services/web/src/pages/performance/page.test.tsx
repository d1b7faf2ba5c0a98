import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { createFakePerformance } from '../../fakes/create-fake-performance';
import { findings, show } from '../../fakes/render';

const PATH = '/models/flight-delay/performance?at=2013-05-02&from=2013-04-29&to=2013-05-06';

describe('performance', () => {
  it('says what labels and estimates say, draws both, and everything about the chosen batch', async () => {
    show(PATH);
    expect((await screen.findByRole('region', { name: 'From labels' })).textContent).toContain(
      'normally 0.72',
    );
    expect(screen.getByRole('region', { name: /Estimated/ }).textContent).toContain('only labels tell');
    expect(screen.getByRole('img', { name: /Area under the ROC curve of 7 batches/ })).toBeTruthy();
    const table = await screen.findByRole('table', { name: /Metrics of/ });
    expect(within(table).getAllByRole('row')).toHaveLength(4);
    expect(screen.getByRole('img', { name: /promised/ })).toBeTruthy();
    expect(screen.getByText(/more than normal, counted from labels/)).toBeTruthy();
    expect(await findings()).toEqual([]);
  });

  it('compares what really happened with the reference, also when labels came later', async () => {
    show(PATH);
    const target = await screen.findByRole('region', { name: 'What really happened' });
    expect(target.textContent).toContain('Of 640 rows with a label');
    expect(within(target).getByRole('link').getAttribute('href')).toBe(
      '/models/flight-delay/features/delayed?at=2013-05-02',
    );
  });

  it('changes the metric in the address and asks for it', async () => {
    const { address, asked } = show(PATH);
    await userEvent.selectOptions(await screen.findByLabelText('Metric'), 'log_loss');
    expect(await screen.findByRole('img', { name: /Log loss of 7 batches/ })).toBeTruthy();
    expect(address()).toContain('metric=log_loss');
    expect(asked.some(({ query }) => query.get('metric') === 'log_loss')).toBe(true);
  });

  it('shows what is estimated while there are no labels', async () => {
    const body = createFakePerformance('realised', '', []);
    const guess = createFakePerformance('estimated', '', [118, 119]);
    show('/models/flight-delay/performance', [
      [
        'GET /models/*/performance',
        ({ query }) => ({ status: 200, body: query.get('kind') === 'estimated' ? guess : body }),
      ],
    ]);
    expect(await screen.findByText('No labels have arrived yet.')).toBeTruthy();
    expect(screen.getByText(/No labels yet$/)).toBeTruthy();
  });

  it('says how labels are sent when nothing is known', async () => {
    const body = createFakePerformance('realised', '', []);
    show('/models/flight-delay/performance', [['GET /models/*/performance', () => ({ status: 200, body })]]);
    expect(await screen.findByText('Nothing is known about the performance yet')).toBeTruthy();
  });
});
