import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it } from 'vitest';
import { show } from '../fakes/render';

afterEach(() => localStorage.clear());

describe('the frame', () => {
  it('is walked by single keys', async () => {
    const { address } = show('/models/flight-delay?at=2013-05-02&from=2013-05-01&to=2013-05-07');
    await screen.findByRole('button', { name: 'Batch after' });
    await userEvent.keyboard(']');
    await waitFor(() => expect(address()).toContain('at=2013-05-03'));
    await userEvent.keyboard('gf');
    await screen.findByRole('link', { name: 'air-time' });
    await userEvent.keyboard('jj');
    expect(document.activeElement?.textContent).toBe('flight-delay');
    await userEvent.keyboard('k');
    expect(document.activeElement?.textContent).toBe('air-time');
    await userEvent.keyboard('/');
    expect(document.activeElement).toBe(screen.getByRole('searchbox'));
    await userEvent.keyboard('gf?');
    expect(screen.getByRole<HTMLInputElement>('searchbox').value).toBe('gf?');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('explains itself, and its keys can be turned off for good', async () => {
    const { unmount } = show('/');
    await screen.findByRole('link', { name: 'air-time' });
    await userEvent.keyboard('?');
    expect(screen.getByRole('dialog', { name: 'Reading Bellwether' })).toBeTruthy();
    expect(screen.getByText(/It is never counted as fine/)).toBeTruthy();
    await userEvent.click(screen.getByRole('checkbox', { name: 'Single-key shortcuts' }));
    await userEvent.click(screen.getByRole('button', { name: 'Close' }));
    expect(screen.queryByRole('dialog')).toBeNull();
    await userEvent.keyboard('?');
    expect(screen.queryByRole('dialog')).toBeNull();
    unmount();
    show('/');
    await screen.findByRole('link', { name: 'air-time' });
    await userEvent.keyboard('?');
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});
