// Every page: its address, its code (loaded when first opened, or when the browser has nothing else to do), and the
// question its data begins with, asked at the same time as the code. A new page is one line here.
import type { QueryClient } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import { fleetQuery } from '../api/fleet';
import { modelQuery } from '../api/models';
import { ROUTES } from './paths';

type Names = Readonly<Record<string, string | undefined>>;

export interface Page {
  path: string;
  code: () => Promise<ComponentType>;
  ask?: (queries: QueryClient, names: Names) => Promise<unknown>;
}

const ofModel = (queries: QueryClient, { model = '' }: Names) => queries.prefetchQuery(modelQuery(model));

export const PAGES: readonly Page[] = [
  {
    path: ROUTES.fleet,
    code: async () => (await import('../pages/fleet/page')).FleetPage,
    ask: (queries) => queries.prefetchQuery(fleetQuery()),
  },
  { path: ROUTES.model, code: async () => (await import('../pages/model/page')).ModelPage, ask: ofModel },
  {
    path: ROUTES.feature,
    code: async () => (await import('../pages/feature/page')).FeaturePage,
    ask: ofModel,
  },
  {
    path: ROUTES.performance,
    code: async () => (await import('../pages/performance/page')).PerformancePage,
    ask: ofModel,
  },
  {
    path: ROUTES.provenance,
    code: async () => (await import('../pages/provenance/page')).ProvenancePage,
    ask: ofModel,
  },
  {
    path: ROUTES.explain,
    code: async () => (await import('../pages/explain/page')).ExplainPage,
    ask: ofModel,
  },
  {
    path: ROUTES.decision,
    code: async () => (await import('../pages/decision/page')).DecisionPage,
    ask: ofModel,
  },
  { path: ROUTES.pipelines, code: async () => (await import('../pages/pipelines/page')).PipelinesPage },
  { path: ROUTES.pipeline, code: async () => (await import('../pages/run/pipeline')).PipelinePage },
  { path: ROUTES.run, code: async () => (await import('../pages/run/page')).RunPage },
  { path: ROUTES.sources, code: async () => (await import('../pages/sources/page')).SourcesPage },
  {
    path: ROUTES.insights,
    code: async () => (await import('../pages/insights/page')).InsightsPage,
    ask: ofModel,
  },
  { path: ROUTES.incidents, code: async () => (await import('../pages/incidents/page')).IncidentsPage },
  { path: ROUTES.incident, code: async () => (await import('../pages/incident/page')).IncidentPage },
  { path: ROUTES.new, code: async () => (await import('../pages/new/page')).NewPage },
  { path: ROUTES.settings, code: async () => (await import('../pages/settings/page')).SettingsPage },
  { path: ROUTES.setting, code: async () => (await import('../pages/settings/page')).SettingsPage },
  { path: '*', code: async () => (await import('../pages/not-found/page')).NotFoundPage },
];

/** Loads the code of all pages while nothing else is to do: the next page opens at once, also without a server. */
export function loadAhead(): void {
  const load = () => PAGES.forEach(({ code }) => void code().catch(() => undefined));
  if ('requestIdleCallback' in globalThis) requestIdleCallback(load, { timeout: 5000 });
  else setTimeout(load, 3000);
}
