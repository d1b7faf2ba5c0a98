// The marks of the lanes as rows, newest first.
import type { Graph } from '../../api/types';
import type { Extent } from '../../charts/scale';
import { isWithin } from '../../graph/layout';
import { MarkIcon } from '../../graph/path';
import { MARK_WORD, markStatus } from '../../graph/status';
import { DataTable } from '../../ui/data-table';
import { count } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { Moment } from '../../ui/time';
import type { ProvenanceUrl } from './page';
import styles from './table.module.css';
import { Tools } from './tools';
import { KIND } from './words';

interface Props {
  graph: Graph;
  extent: Extent;
  chosen: string | null;
  onChoose: (id: string) => void;
  url: ProvenanceUrl;
}

/** Rows on one page; a filter by search or time finds the others. */
const MOST_ROWS = 200;

export function MarksTable({ graph, extent, chosen, onChoose, url }: Props) {
  const rows = graph.lanes
    .flatMap(({ title, marks }) => marks.map((mark) => ({ title, mark })))
    .filter(({ mark }) => mark.start === null || isWithin(mark, extent))
    .sort((a, b) => (b.mark.start ?? '').localeCompare(a.mark.start ?? ''));
  return (
    <Panel
      flush
      title="Every step"
      lead={
        rows.length > MOST_ROWS
          ? `The newest ${MOST_ROWS} of ${count(rows.length)}.`
          : `${count(rows.length)} steps.`
      }
      aside={<Tools url={url} graph={graph} />}
    >
      <DataTable caption="Steps of the provenance, newest first" tall>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Lane</th>
            <th scope="col">What</th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map(({ title, mark }) => {
            const status = markStatus(mark);
            return (
              <tr key={mark.id} data-chosen={mark.id === chosen || undefined}>
                <td className={styles.when}>
                  {mark.start === null ? 'unknown' : <Moment time={mark.start} />}
                </td>
                <td>{title}</td>
                <th scope="row" className={styles.what}>
                  <button type="button" onClick={() => onChoose(mark.id)}>
                    {mark.detail || mark.label}
                  </button>
                  <span className="bw-muted">
                    {KIND[mark.kind]}
                    {mark.count > 1 && `, ${count(mark.count)} of them`}
                  </span>
                </th>
                <td className={styles.status}>
                  <MarkIcon status={status} size={16} silent /> {MARK_WORD[status]}
                </td>
              </tr>
            );
          })}
        </tbody>
      </DataTable>
    </Panel>
  );
}
