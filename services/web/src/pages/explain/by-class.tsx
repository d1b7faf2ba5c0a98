// A model of several classes: what moves the answer for each of them.
import { Link } from 'react-router';
import type { GlobalExplanation } from '../../api/types';
import { DataTable } from '../../ui/data-table';
import { percent } from '../../ui/format';
import { Panel } from '../../ui/panel';

const FEW = 10;

interface Props {
  found: GlobalExplanation;
  /** The way to an input, at the time that is shown. */
  to: (feature: string) => string;
}

export function ByClass({ found, to }: Props) {
  const told = found.classes.filter(({ features }) => features.length > 0);
  if (told.length < 2) return null;
  const shares = told.map((one) => new Map(one.features.map(({ feature, share }) => [feature, share])));
  const most = (feature: string) => Math.max(...shares.map((share) => share.get(feature) ?? 0));
  const features = [...new Set(shares.flatMap((share) => [...share.keys()]))]
    .sort((a, b) => most(b) - most(a))
    .slice(0, FEW);
  return (
    <Panel
      flush
      title="For each class"
      lead="Share of the mean absolute contribution to the answer for a class."
    >
      <DataTable stack caption="Inputs by importance, for each class">
        <thead>
          <tr>
            <th scope="col">Input</th>
            {told.map((one) => (
              <th key={one.output_class} scope="col" data-number>
                {one.output_class}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {features.map((feature) => (
            <tr key={feature}>
              <th scope="row">
                <Link to={to(feature)}>{feature}</Link>
              </th>
              {told.map((one, i) => {
                const share = shares[i]!.get(feature);
                return (
                  <td key={one.output_class} data-number data-label={one.output_class}>
                    {share === undefined ? 'less' : percent(share)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </DataTable>
    </Panel>
  );
}
