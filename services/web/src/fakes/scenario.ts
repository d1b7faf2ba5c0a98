// What the fakes tell: daily batches of a flight model; wind speed arrives in another unit for a week, then the
// seasons change the temperatures. Deterministic: the same day always has the same numbers.
import type { Status } from '../api/types';

export const DAY = 86_400_000;
export const FIRST = Date.UTC(2013, 2, 1);
export const DAYS = 120;
export const INCIDENT = { from: 60, to: 67 };
const SUMMER = 84;

export interface Input {
  feature: string;
  kind: 'numeric' | 'categorical' | 'boolean';
  importance: number;
}

export const INPUTS: readonly Input[] = [
  { feature: 'sched_dep_minute', kind: 'numeric', importance: 0.214 },
  { feature: 'wind_speed', kind: 'numeric', importance: 0.163 },
  { feature: 'visibility', kind: 'numeric', importance: 0.098 },
  { feature: 'carrier', kind: 'categorical', importance: 0.087 },
  { feature: 'humidity', kind: 'numeric', importance: 0.073 },
  { feature: 'precipitation', kind: 'numeric', importance: 0.066 },
  { feature: 'temperature', kind: 'numeric', importance: 0.061 },
  { feature: 'destination', kind: 'categorical', importance: 0.052 },
  { feature: 'pressure', kind: 'numeric', importance: 0.044 },
  { feature: 'dew_point', kind: 'numeric', importance: 0.036 },
  { feature: 'distance', kind: 'numeric', importance: 0.031 },
  { feature: 'origin', kind: 'categorical', importance: 0.026 },
  { feature: 'weekday', kind: 'categorical', importance: 0.019 },
  { feature: 'plane_age', kind: 'numeric', importance: 0.014 },
  { feature: 'seats', kind: 'numeric', importance: 0.009 },
  { feature: 'is_holiday', kind: 'boolean', importance: 0.004 },
];

export const WATCH = 0.1;
export const ACT = 0.2;

/** A repeatable number in [0, 1). */
export function chance(...seed: number[]): number {
  let h = 2166136261;
  for (const one of seed) h = Math.imul(h ^ (one + 0x9e37), 16777619) ^ (h >>> 13);
  return ((h >>> 0) % 10_000) / 10_000;
}

export function scoreOf(feature: string, day: number): number {
  const f = INPUTS.findIndex((input) => input.feature === feature);
  const noise = 0.025 + 0.04 * chance(f, day);
  const isIncident = day >= INCIDENT.from && day < INCIDENT.to;
  if (feature === 'wind_speed' && isIncident) return 0.71 + 0.05 * chance(day);
  if ((feature === 'temperature' || feature === 'dew_point') && day >= SUMMER) {
    return Math.min(0.34, noise + 0.008 * (day - SUMMER));
  }
  if (feature === 'is_holiday' && day % 31 === 5) return 0.15;
  return noise;
}

export function statusOf(value: number | null, watch = WATCH, act = ACT): Status {
  if (value === null) return 'unknown';
  return value >= act ? 'act' : value >= watch ? 'watch' : 'fine';
}

/** The importance-weighted index, 0 to 100. */
export function indexOf(day: number): number {
  const total = INPUTS.reduce((sum, input) => sum + input.importance, 0);
  const sum = INPUTS.reduce((all, { feature, importance }) => all + importance * scoreOf(feature, day), 0);
  return (100 * sum) / total;
}

export function rowsOf(day: number): number {
  return 780 + Math.round(220 * chance(7, day)) - (day % 7 === 1 ? 180 : 0);
}

export const iso = (time: number) => new Date(time).toISOString().replace('.000Z', 'Z');
export const dayStart = (day: number) => iso(FIRST + day * DAY);
export const dayEnd = (day: number) => iso(FIRST + (day + 1) * DAY);

export function batchId(day: number): string {
  const stamp = dayEnd(day).replace(/[-:]/g, '').replace('Z', '000000Z');
  return `${stamp}~batch~${day.toString(16).padStart(12, '0')}`;
}

export function dayOf(batch: string): number {
  return parseInt(batch.slice(-12), 16);
}
