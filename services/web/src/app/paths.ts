// Every address of the app, and the one place where names are encoded.
export const ROUTES = {
  fleet: '/',
  new: '/new',
  model: '/models/:model',
  feature: '/models/:model/features/:feature',
  performance: '/models/:model/performance',
  insights: '/models/:model/insights/:persona?',
  incidents: '/incidents',
  incident: '/incidents/:incident',
  settings: '/settings',
  setting: '/settings/:part',
  explain: '/models/:model/explain',
  decision: '/models/:model/explain/:row',
  provenance: '/models/:model/provenance',
  pipelines: '/pipelines',
  pipeline: '/pipelines/:pipeline',
  run: '/runs/:run',
  sources: '/settings/sources',
} as const;

const name = encodeURIComponent;

export const paths = {
  fleet: () => '/',
  new: () => '/new',
  model: (model: string) => `/models/${name(model)}`,
  performance: (model: string) => `/models/${name(model)}/performance`,
  explain: (model: string) => `/models/${name(model)}/explain`,
  decision: (model: string, row: string) => `/models/${name(model)}/explain/${name(row)}`,
  provenance: (model: string) => `/models/${name(model)}/provenance`,
  pipelines: () => '/pipelines',
  pipeline: (pipeline: string) => `/pipelines/${name(pipeline)}`,
  run: (run: string) => `/runs/${name(run)}`,
  sources: () => '/settings/sources',
  feature: (model: string, feature: string) => `/models/${name(model)}/features/${name(feature)}`,
  insights: (model: string, persona: string) => `/models/${name(model)}/insights/${name(persona)}`,
  incidents: () => '/incidents',
  incident: (incident: string) => `/incidents/${name(incident)}`,
  settings: (part?: string) => (part === undefined ? '/settings' : `/settings/${name(part)}`),
};

/** An address with search parameters; empty ones are left out. */
export function withSearch(path: string, search: Record<string, string | undefined>): string {
  const filled = Object.entries(search).filter((pair): pair is [string, string] => !!pair[1]);
  return filled.length ? `${path}?${new URLSearchParams(filled).toString()}` : path;
}
