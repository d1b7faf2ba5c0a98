// How it was measured: every method with its line, what luck alone reaches, and the smallest change it finds.
import { useQuery } from '@tanstack/react-query';
import { catalogueQuery } from '../../api/catalogue';
import type { FeatureDrift } from '../../api/types';
import { DataTable } from '../../ui/data-table';
import { number, pValue } from '../../ui/format';
import { Panel } from '../../ui/panel';
import styles from './methods.module.css';

const SHORT: Record<string, string> = {
  js: 'Jensen-Shannon',
  psi: 'PSI',
  ks: 'Kolmogorov-Smirnov',
  wasserstein: 'Wasserstein',
  chi2: 'Chi-squared',
  tvd: 'Total variation',
  cramer_v: "Cramér's V",
};

export const titleOf = (method: string) => SHORT[method] ?? method;

export function Methods({ drift }: { drift: FeatureDrift }) {
  const { data } = useQuery(catalogueQuery());
  const known = new Map(data?.methods.map((one) => [one.slug, one]));
  return (
    <Panel flush title="How it was measured" lead="The first method decides; the others inform.">
      <DataTable stack caption="Methods on this input in this batch">
        <thead>
          <tr>
            <th scope="col">Method</th>
            <th scope="col" data-number>
              Value
            </th>
            <th scope="col" data-number>
              Watch from
            </th>
            <th scope="col" data-number>
              p-value
            </th>
            <th scope="col" data-number>
              Luck reaches
            </th>
            <th scope="col" data-number>
              Finds from
            </th>
            <th scope="col">Drifted</th>
          </tr>
        </thead>
        <tbody>
          {drift.methods.map((one) => (
            <tr key={one.method}>
              <th scope="row" data-wide>
                {known.get(one.method)?.title ?? titleOf(one.method)}
                <span className={styles.what}>{known.get(one.method)?.definition}</span>
              </th>
              <td data-number data-label="Value" title={one.value === null ? undefined : String(one.value)}>
                {one.value === null ? (one.reason ?? 'unknown') : number(one.value)}
              </td>
              <td data-number data-label="Watch from">
                {one.threshold === null ? 'no line' : number(one.threshold)}
              </td>
              <td data-number data-label="p-value">
                {one.p_value === null ? 'none' : pValue(one.p_value)}
              </td>
              <td data-number data-label="Luck reaches">
                {one.floor === null ? 'not known' : number(one.floor)}
              </td>
              <td data-number data-label="Finds from">
                {one.detectable === null ? 'not known' : number(one.detectable)}
              </td>
              <td data-label="Drifted">{one.drifted ? 'yes' : 'no'}</td>
            </tr>
          ))}
        </tbody>
      </DataTable>
    </Panel>
  );
}
