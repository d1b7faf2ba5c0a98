// What likely caused the incident of the scenario, and a rival.
import type { RootCause } from '../api/types';
import { dayStart, INCIDENT } from './scenario';

const nodeOf = (name: string) => `run:adf/demo:${name}/2013-04-30`;
const cause = (name: string, strength: 'strong' | 'weak'): RootCause['causes'][number] => ({
  node: nodeOf(name),
  kind: 'run',
  label: `${name} of 30 April`,
  rule: strength === 'strong' ? 'upstream_distribution' : 'late_producer',
  sentence:
    strength === 'strong'
      ? `${name} delivered wind_speed in another unit from 30 April on.`
      : `${name} ran later than usual.`,
  score: strength === 'strong' ? 0.9 : 0.3,
  strength,
  tests: { onset: true, column: true, size: strength === 'strong', siblings: null },
  distance: 2,
  error: null,
  count: 1,
  path: [],
  evidence: 'exact',
  at: '2013-04-30T02:10:00Z',
  features: ['wind_speed'],
  rejected: false,
  doubted: strength === 'strong' ? 0 : 1,
  links: [],
});

/** `rejected`: the node a person said is not it. */
export function createFakeRootCause(model: string, rejected = ''): RootCause {
  const causes = [cause('load_weather', 'strong'), cause('load_planes', 'weak')].map((one) => ({
    ...one,
    rejected: one.node === rejected,
  }));
  return {
    model,
    report: null,
    batch: null,
    onset: dayStart(INCIDENT.from),
    status: 'found',
    reason: '',
    sentence: 'load_weather of 30 April likely caused it.',
    causes: causes.sort((a, b) => Number(a.rejected) - Number(b.rejected)),
    sources: [],
  };
}
