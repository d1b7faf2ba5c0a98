// The page that shows what is behind a key figure.
import type { Kpi } from '../../api/types';
import { has } from '../../app/has';
import { paths, withSearch } from '../../app/paths';

const PAGES: Partial<Record<Kpi['family'], (model: string) => readonly [string, string]>> = {
  drift: (model) => ['Drift over time', paths.model(model)],
  outcome: (model) => ['Drift over time', paths.model(model)],
  quality: (model) => ['What arrived', paths.model(model)],
  volume: (model) => ['What arrived', paths.model(model)],
  freshness: (model) => ['What arrived', paths.model(model)],
  performance: (model) => ['Performance', paths.performance(model)],
  value: (model) => ['Performance', paths.performance(model)],
  labels: (model) => ['Performance', paths.performance(model)],
  fairness: (model) => ['Performance', paths.performance(model)],
  recovery: (model) => ['Incidents', withSearch(paths.incidents(), { model, state: 'all' })],
  pipeline: () => ['Pipelines', paths.pipelines()],
  service: () => ['Health', paths.settings('health')],
};

export function behind({ family, model }: Kpi): readonly [string, string] | null {
  if (family === 'pipeline' && !has('/pipelines')) return null;
  return PAGES[family]?.(model) ?? null;
}
