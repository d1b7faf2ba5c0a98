// Incidents in words. Pure.
import type { Incident, IncidentItem } from '../../api/types';
import { compact, count, money, percent } from '../../ui/format';

export const STATE: Record<IncidentItem['state'], string> = {
  open: 'Open',
  acknowledged: 'Acknowledged',
  expected: 'Expected change',
  resolved: 'Resolved',
  noise: 'Noise',
};

export const isOver = (state: IncidentItem['state']) => state === 'resolved' || state === 'noise';

/** What an incident touches; what is not known is left out, and only money says an amount. */
export function impactWords({ batches, rows, share, money: amount, currency }: Incident['impact']): string[] {
  const said: string[] = [];
  if (amount !== null && currency !== null) said.push(`${money(amount, currency)} at risk`);
  if (share !== null) said.push(`${percent(share)} of the decisions`);
  if (batches > 0) said.push(`${count(batches)} ${batches === 1 ? 'batch' : 'batches'}`);
  if (rows > 0) said.push(`${compact(rows)} rows`);
  return said;
}
