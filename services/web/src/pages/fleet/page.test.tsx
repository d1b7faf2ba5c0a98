import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { problem } from '../../fakes/api';
import { createFakeFleet, createFakeFleetItem } from '../../fakes/create-fake-fleet';
import { findings, show } from '../../fakes/render';

const away = () => problem(503, 'The store is away', 'It does not answer.');

describe('the fleet', () => {
  it('shows every model with its status in words, the most urgent first', async () => {
    show('/');
    const rows = await screen.findAllByRole('row');
    const models = rows.slice(1).map((row) => within(row).getByRole('rowheader').textContent);
    expect(models[0]).toContain('air-time');
    expect(within(rows[1]!).getByText('Act')).toBeTruthy();
    expect(within(rows[3]!).getByText('Unknown')).toBeTruthy();
    expect(within(rows[3]!).getByText('No batch has been analysed yet.')).toBeTruthy();
    expect(await findings()).toEqual([]);
  });

  it('says what failed, with the request to name, and asks again on demand', async () => {
    let isAway = true;
    show('/', [['GET /fleet/summary', () => (isAway ? away() : { status: 200, body: createFakeFleet() })]]);
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The store is away It does not answer.');
    expect(alert.textContent).toContain('req-7f3a');
    expect(await findings()).toEqual([]);
    isAway = false;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('link', { name: 'air-time' })).toBeTruthy();
  });

  it('is loading until it knows', () => {
    show('/');
    expect(screen.queryByRole('table')).toBeNull();
  });

  it('leads the newcomer to the first step', async () => {
    show('/', [['GET /fleet/summary', () => ({ status: 200, body: createFakeFleet([]) })]]);
    expect(await screen.findByText('No models yet')).toBeTruthy();
    expect(screen.getByText(/bellwether model add/)).toBeTruthy();
    expect(await findings()).toEqual([]);
  });

  it('keeps its filters in the address', async () => {
    const { address } = show('/?q=delay');
    expect(await screen.findByRole('link', { name: 'flight-delay' })).toBeTruthy();
    expect(screen.queryByRole('link', { name: 'air-time' })).toBeNull();
    await userEvent.clear(screen.getByRole('searchbox'));
    await userEvent.click(screen.getByRole('button', { name: /Act/ }));
    await waitFor(() => expect(screen.queryByRole('link', { name: 'flight-delay' })).toBeNull());
    expect(await screen.findByRole('link', { name: 'air-time' })).toBeTruthy();
    expect(address()).toBe('/?status=act');
  });

  it('asks the server for owner, tier and order', async () => {
    const { address, asked } = show('/');
    await userEvent.selectOptions(await screen.findByLabelText('Owner'), 'crew-planning');
    await waitFor(() => expect(screen.queryByRole('link', { name: 'flight-delay' })).toBeNull());
    await userEvent.selectOptions(screen.getByLabelText('Tier'), '2');
    await userEvent.selectOptions(screen.getByLabelText('Sort'), 'name');
    expect(address()).toBe('/?owner=crew-planning&tier=2&sort=name');
    await waitFor(() =>
      expect(asked.at(-1)!.query.toString()).toBe('limit=50&owner=crew-planning&tier=2&sort=name'),
    );
  });

  it('is paged by the server, a page being an address', async () => {
    const many = ['a', 'b', 'c'].map((model) => createFakeFleetItem({ model }));
    const { address } = show('/', [
      [
        'GET /fleet/summary',
        ({ query }) => {
          query.set('limit', '1');
          return { status: 200, body: createFakeFleet(many, query) };
        },
      ],
    ]);
    expect(await screen.findByText('1 to 1 of 3')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Next 1' }));
    await screen.findByText('2 to 2 of 3');
    await userEvent.click(await screen.findByRole('button', { name: 'Next 1' }));
    expect(await screen.findByText('3 to 3 of 3')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'c' })).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'First page' }));
    expect(address()).toBe('/');
  });

  it('offers the way back when nothing fits', async () => {
    show('/?q=nothing-like-this');
    expect(await screen.findByText('No model fits these filters')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Show all models' }));
    expect(await screen.findByRole('link', { name: 'air-time' })).toBeTruthy();
  });
});
