// The pages about one model; those this server cannot fill are left out.
import { NavLink } from 'react-router';
import { has } from '../../app/has';
import { paths } from '../../app/paths';
import styles from './nav.module.css';

export function ModelNav({ model }: { model: string }) {
  const pages = [
    ['Drift', paths.model(model), true],
    ['Insights', paths.insights(model, 'business'), has('/models/{model}/kpis')],
    ['Performance', paths.performance(model), has('/models/{model}/performance')],
    ['Explanations', paths.explain(model), has('/models/{model}/explanations/global')],
    ['Provenance', paths.provenance(model), has('/lineage/graph')],
  ] as const;
  return (
    <nav aria-label={`Pages of ${model}`} className={`${styles.nav} bw-screen`}>
      {pages.map(
        ([name, to, isThere]) =>
          isThere && (
            <NavLink key={to} to={to} end>
              {name}
            </NavLink>
          ),
      )}
    </nav>
  );
}
