// What the fake server says it has.
import type { Catalogue } from '../api/types';
import { METRICS } from './create-fake-performance';

const TITLES = {
  js: 'Jensen-Shannon distance',
  psi: 'Population stability index',
  ks: 'Kolmogorov-Smirnov distance',
  wasserstein: 'Wasserstein distance',
  chi2: 'Chi-squared statistic',
};

const LINES: Record<string, { watch: number; act: number }> = {
  js: { watch: 0.1, act: 0.2 },
  psi: { watch: 0.1, act: 0.25 },
  ks: { watch: 0.1, act: 0.2 },
  wasserstein: { watch: 0.1, act: 0.3 },
};

export function createFakeCatalogue(): Catalogue {
  return {
    index: { watch: 10, act: 20 },
    methods: Object.entries(TITLES).map(([slug, title]) => ({
      slug,
      title,
      unit: '1',
      low: 0,
      high: slug === 'js' || slug === 'ks' ? 1 : null,
      definition: `What ${title} measures.`,
      source: 'a paper',
      kinds: ['numeric'],
      headline: slug === 'js',
      lines: LINES[slug] ?? null,
    })),
    statuses: [
      { status: 'act', title: 'Act', meaning: 'past its line: look into it now' },
      { status: 'watch', title: 'Watch', meaning: 'changed, not past its line: keep an eye on it' },
      { status: 'fine', title: 'Fine', meaning: 'no change that luck does not explain' },
      { status: 'unknown', title: 'Unknown', meaning: 'too little to say: too few rows, or none' },
    ],
    metrics: METRICS,
    kpis: [],
    rules: [],
    media_types: [],
    encodings: [],
  };
}
