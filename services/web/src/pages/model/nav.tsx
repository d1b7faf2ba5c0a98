// The pages about one model; those this server cannot fill are left out.
import { useLocation } from 'react-router';
import { has } from '../../app/has';
import { paths } from '../../app/paths';
import { Tabs } from '../../ui/tabs';
import { useSameTime } from '../time/same-time';

export function ModelNav({ model }: { model: string }) {
  const { pathname } = useLocation();
  const sameTime = useSameTime();
  const insights = paths.insights(model, 'business');
  const pages = [
    ['Drift', paths.model(model), true],
    ['Insights', insights, has('/models/{model}/kpis')],
    ['Performance', paths.performance(model), has('/models/{model}/performance')],
    ['Explanations', paths.explain(model), has('/models/{model}/explanations/global')],
    ['Provenance', paths.provenance(model), has('/lineage/graph')],
  ] as const;
  const shown = pages.filter(([, , isThere]) => isThere).map(([name, to]) => [name, sameTime(to)] as const);
  // Insights are one page, whoever they are for.
  const current = pages.find(([, to]) => to === pathname)?.[1] ?? insights;
  return <Tabs label={`Pages of ${model}`} pages={shown} current={sameTime(current)} />;
}
