// The heatmap as numbers: every batch, unrounded on hover.
import type { HeatRow } from '../../charts/heatmap';
import { score } from '../../ui/format';
import { StatusMark } from '../../ui/status';
import { DataTable } from '../../ui/data-table';

export function HeatTable({ rows, names }: { rows: readonly HeatRow[]; names: readonly string[] }) {
  return (
    <DataTable caption="Drift by input and batch, newest batch first" tall>
      <thead>
        <tr>
          <th scope="col">Batch</th>
          {rows.map(({ name }) => (
            <th scope="col" key={name} data-number>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {names.map((_, i) => {
          const b = names.length - 1 - i;
          return (
            <tr key={b}>
              <th scope="row">{names[b]}</th>
              {rows.map(({ name, statuses, scores }) => {
                const value = scores[b];
                const status = statuses[b] ?? null;
                return (
                  <td key={name} data-number title={value == null ? undefined : String(value)}>
                    {status !== null && status !== 'fine' && <StatusMark status={status} size={14} />}{' '}
                    {value == null ? (status === null ? 'absent' : 'unknown') : score(value)}
                  </td>
                );
              })}
            </tr>
          );
        })}
      </tbody>
    </DataTable>
  );
}
