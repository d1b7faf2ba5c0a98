// How it was measured: every method with its line, what luck alone reaches, and the smallest change it finds.
import type { FeatureDrift } from '../../api/types';
import { DataTable } from '../../ui/data-table';
import { number } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { READING_HEADS, Reading } from '../methods/reading';

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
  return (
    <Panel flush title="How it was measured" lead="The first method decides; the others inform.">
      <DataTable stack caption="Methods on this input in this batch">
        <thead>
          <tr>
            {READING_HEADS}
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
              <Reading found={one} title={titleOf(one.method)} />
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
