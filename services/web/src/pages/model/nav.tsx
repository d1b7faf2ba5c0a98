// The pages about one model; those this server cannot fill are left out.
import { useLocation } from 'react-router';
import { has } from '../../app/has';
import { paths } from '../../app/paths';
import { Tabs } from '../../ui/tabs';

export function ModelNav({ model }: { model: string }) {
  const { pathname } = useLocation();
  const insights = paths.insights(model, 'business');
  const pages = [
    ['Drift', paths.model(model), true],
    ['Insights', insights, has('/models/{model}/kpis')],
    ['Performance', paths.performance(model), has('/models/{model}/performance')],
    ['Explanations', paths.explain(model), has('/models/{model}/explanations/global')],
    ['Provenance', paths.provenance(model), has('/lineage/graph')],
  ] as const;
  const shown = pages.filter(([, , isThere]) => isThere).map(([name, to]) => [name, to] as const);
  // Insights are one page, whoever they are for.
  const current = shown.find(([, to]) => to === pathname)?.[1] ?? insights;
  return <Tabs label={`Pages of ${model}`} pages={shown} current={current} />;
}
