import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { problem } from '../../fakes/api';
import { createFakeFleet } from '../../fakes/create-fake-fleet';
import { findings, show } from '../../fakes/render';

describe('signing in', () => {
  it('stands in place of the page, keeps its address, and gives way once the key is known', async () => {
    let isKnown = false;
    const { address } = show('/?q=delay', [
      [
        'GET /fleet/summary',
        () => (isKnown ? { status: 200, body: createFakeFleet() } : problem(401, 'No key')),
      ],
    ]);
    const field = await screen.findByLabelText('API key');
    expect(await findings()).toEqual([]);

    await userEvent.type(field, 'wrong');
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect((await screen.findByRole('alert')).textContent).toContain('This key is not known');
    expect(field.getAttribute('aria-invalid')).toBe('true');

    isKnown = true;
    await userEvent.clear(field);
    await userEvent.type(field, ' right ');
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByRole('link', { name: 'flight-delay' })).toBeTruthy();
    expect(address()).toBe('/?q=delay');
  });

  it('ends by the way out, with the token of the session', async () => {
    const { asked } = show('/');
    await screen.findByText('demo');
    await userEvent.click(screen.getByRole('button', { name: 'Sign out' }));
    expect(await screen.findByLabelText('API key')).toBeTruthy();
    expect(asked.some(({ method, path }) => method === 'DELETE' && path === '/api/v1/session')).toBe(true);
  });
});
