// Why these five, in this order: every factor of the rank.
import type { Kpi } from '../../api/types';
import { DataTable } from '../../ui/data-table';
import { number, percent } from '../../ui/format';
import { Dialog } from '../../ui/dialog';

export function Why({ kpis, onClose }: { kpis: readonly Kpi[]; onClose: () => void }) {
  return (
    <Dialog title="Why these?" onClose={onClose}>
      <p>
        Each figure is ranked by how much it matters to this reader, how near it is to its act line, how fast
        it got worse in seven days, and how sure it is. At most two come from one family, so that no subject
        crowds out the others, and what was shown yesterday has a small bonus, so that cards do not flicker.
      </p>
      <DataTable stack caption="The factors of each rank">
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col" data-number>
              Rank
            </th>
            <th scope="col" data-number>
              Matters
            </th>
            <th scope="col" data-number>
              Severity
            </th>
            <th scope="col" data-number>
              Urgency
            </th>
            <th scope="col" data-number>
              Sure
            </th>
          </tr>
        </thead>
        <tbody>
          {kpis.map(({ id, title, rank }) => (
            <tr key={id}>
              <th scope="row" data-wide>
                {title}
                {rank?.pinned && ' (pinned)'}
              </th>
              <td data-number data-label="Rank">
                {rank ? number(rank.score) : 'not ranked'}
              </td>
              <td data-number data-label="Matters">
                {rank ? percent(rank.relevance) : ''}
              </td>
              <td data-number data-label="Severity">
                {rank ? `× ${number(rank.floor)}` : ''}
              </td>
              <td data-number data-label="Urgency">
                {rank ? `× ${number(rank.urgency)}` : ''}
              </td>
              <td data-number data-label="Sure">
                {rank ? `× ${number(rank.confidence)}` : ''}
              </td>
            </tr>
          ))}
        </tbody>
      </DataTable>
    </Dialog>
  );
}
