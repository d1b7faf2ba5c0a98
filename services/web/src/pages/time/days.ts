// Days as date fields write them, in UTC.
import { DAY } from '../../charts/scale';

export const daysFromNow = (days: number, now = Date.now()): string =>
  new Date(now + days * DAY).toISOString().slice(0, 10);
