// The heatmap as numbers: every batch, unrounded on hover.
import type { HeatRow } from '../../charts/heatmap';
import { score } from '../../ui/format';
import { StatusMark } from '../../ui/status';
import { DataTable } from '../../ui/data-table';

const MOST_COLUMNS = 24;
const MOST_CELLS = 600;

export function HeatTable({ rows: all, names }: { rows: readonly HeatRow[]; names: readonly string[] }) {
  const rows = all.slice(0, MOST_COLUMNS);
  const most = Math.floor(MOST_CELLS / Math.max(1, rows.length));
  const left = [
    rows.length < all.length && `the ${rows.length} inputs that drift most`,
    most < names.length && `the newest ${most} batches`,
  ].filter(Boolean);
  return (
    <>
      {left.length > 0 && (
        <p className="bw-muted">{`Only ${left.join(' and ')} are listed; a shorter stretch or a report holds all of it.`}</p>
      )}
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
          {names.slice(-most).map((_, i) => {
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
    </>
  );
}
