import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { createFakeKpis } from '../../fakes/create-fake-kpis';
import { findings, show } from '../../fakes/render';

describe('insights', () => {
  it('show five figures first, then the others, each with words, value and how it is known', async () => {
    show('/models/flight-delay/insights/business');
    const top = await screen.findByRole('region', { name: 'Top 5' });
    expect(within(top).getAllByRole('article')).toHaveLength(5);
    expect(within(top).getByText(/more than on a normal day is at risk/)).toBeTruthy();
    expect(within(top).getByText('+6.2 pp')).toBeTruthy();
    expect(within(top).getByText('Not known')).toBeTruthy();
    expect(within(screen.getByRole('region', { name: 'All others' })).getAllByRole('article')).toHaveLength(
      1,
    );
    expect(screen.getAllByText(/expected loss of the decisions/)).toHaveLength(6);
    expect(await findings()).toEqual([]);
  });

  it('are another order for another reader, which is an address', async () => {
    const { address, asked } = show('/models/flight-delay/insights/business');
    await userEvent.click(await screen.findByRole('button', { name: 'Data engineer' }));
    await waitFor(() => expect(address()).toBe('/models/flight-delay/insights/data_engineer'));
    await waitFor(() => expect(asked.at(-1)!.query.get('persona')).toBe('data_engineer'));
    expect(screen.getByRole('link', { name: 'Insights' }).getAttribute('aria-current')).toBe('page');
  });

  it('are those of the business where the address names no reader', async () => {
    const { asked } = show('/models/flight-delay/insights');
    await screen.findByRole('region', { name: 'Top 5' });
    expect(asked.find(({ path }) => path.endsWith('/kpis'))?.query.get('persona')).toBe('business');
    expect(screen.queryByText(/Nothing stands at this address/)).toBeNull();
  });

  it('say why these five', async () => {
    show('/models/flight-delay/insights/operator');
    await screen.findByRole('region', { name: 'Top 5' });
    await userEvent.click(screen.getByRole('button', { name: 'Why these?' }));
    const table = await screen.findByRole('table', { name: 'The factors of each rank' });
    expect(within(table).getAllByRole('row')).toHaveLength(6);
  });

  it('say so before there is anything', async () => {
    const none = { ...createFakeKpis('flight-delay'), items: [], others: [] };
    show('/models/flight-delay/insights/business', [
      ['GET /models/*/kpis', () => ({ status: 200, body: none })],
    ]);
    expect(await screen.findByText('No key figure can be computed yet')).toBeTruthy();
  });
});
