// How a key figure is written: by its unit. Pure.
import type { Kpi } from '../../api/types';
import { index, money, number, percent, points } from '../../ui/format';

const SECOND = 1 / 3600;
const MINUTE = 1 / 60;
const DIFFERENCE_OF_SHARES = new Set(['outcome_rate_shift']);

/** Units that are no words: the value says all. */
const PLAIN = new Set(['of the metric', 'of 1', '1', 'units']);

type Said = Pick<Kpi, 'id' | 'unit' | 'direction'>;

/** The value in its unit; a distance from zero carries its sign. */
export function written(value: number, { id, unit, direction }: Said): string {
  if (/^[A-Z]{3}$/.test(unit)) return money(value, unit);
  if (unit.startsWith('share')) {
    if (unit === 'share' && DIFFERENCE_OF_SHARES.has(id)) return points(value);
    return direction === 'zero' && value > 0 ? `+${percent(value)}` : percent(value);
  }
  if (unit === 'h') return hours(value);
  if (unit === 'ratio') return `${number(value)} ×`;
  if (unit === 'of 100') return index(value);
  if (PLAIN.has(unit)) return number(value);
  return `${number(value)} ${unit}`;
}

/** Hours in the unit that fits. */
function hours(value: number): string {
  const size = Math.abs(value);
  if (size < 90 * SECOND) return `${number(Math.round(value / SECOND))} s`;
  if (size < 90 * MINUTE) return `${number(Math.round(value / MINUTE))} min`;
  if (size < 48) return `${number(value)} h`;
  return `${number(value / 24)} days`;
}

/** A change, always with its sign; of a share in points, since per cent of per cent are read as something else. */
export function change(value: number, said: Said): string {
  if (said.unit === 'share') return points(value);
  const text = written(value, { ...said, direction: 'lower' });
  return value > 0 && !text.startsWith('+') ? `+${text}` : text;
}
