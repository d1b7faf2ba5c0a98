// The activities of a pipeline run on one scale of time, with the error of what failed.
import type { ActivityRun, Run } from '../../api/types';
import { MarkIcon } from '../../graph/path';
import { markStatus, RUN_WORD } from '../../graph/status';
import { DataTable } from '../../ui/data-table';
import { count, duration } from '../../ui/format';
import { Panel } from '../../ui/panel';
import styles from './activities.module.css';
import facts from './runs.module.css';

interface Props {
  run: NonNullable<Run['pipeline']>;
  /** Name or run id of the activity that is meant. */
  chosen: string;
}

export function Activities({ run, chosen }: Props) {
  const times = run.activities.flatMap(({ start, end }) => [start, end]).filter((one) => one !== null);
  const [first, last] = [Math.min(...times.map(Date.parse)), Math.max(...times.map(Date.parse))];
  const span = Math.max(1, last - first);
  if (!run.activities.length) return null;
  return (
    <Panel
      flush
      title="Activities"
      lead={
        run.definition_newer_than_run
          ? 'The pipeline was changed after this run: it may have been made of others.'
          : 'In the order they began.'
      }
    >
      <DataTable stack caption="Activities of the run">
        <thead>
          <tr>
            <th scope="col">Status</th>
            <th scope="col">Activity</th>
            <th scope="col">When</th>
            <th scope="col" data-number>
              Took
            </th>
            <th scope="col" data-number>
              Rows read
            </th>
            <th scope="col" data-number>
              Rows written
            </th>
          </tr>
        </thead>
        <tbody>
          {[...run.activities].sort(byStart).map((one) => (
            <Row
              key={one.run_id}
              one={one}
              first={first}
              span={span}
              isChosen={one.run_id === chosen || one.name === chosen}
            />
          ))}
        </tbody>
      </DataTable>
    </Panel>
  );
}

function Row({
  one,
  first,
  span,
  isChosen,
}: {
  one: ActivityRun;
  first: number;
  span: number;
  isChosen: boolean;
}) {
  const status = markStatus(one);
  const [start, end] = [
    one.start === null ? null : Date.parse(one.start),
    one.end === null ? null : Date.parse(one.end),
  ];
  return (
    <>
      <tr
        data-chosen={isChosen || undefined}
        className={styles.row}
        data-more={one.error !== null || undefined}
      >
        <td className={facts.status}>
          <MarkIcon status={status} size={18} silent /> {RUN_WORD[one.status]}
        </td>
        <th scope="row">
          {one.url === null ? one.name : <a href={one.url}>{one.name}</a>}
          <span className={styles.kind}>
            {one.kind}
            {one.attempt > 0 && `, try ${one.attempt + 1}`}
            {one.depends_on.length > 0 && `, after ${one.depends_on.join(', ')}`}
          </span>
        </th>
        <td className={styles.when} data-label="When">
          <span className={styles.track} aria-hidden="true">
            {start !== null && (
              <i
                data-status={status}
                style={{
                  left: `${(100 * (start - first)) / span}%`,
                  width: `${(100 * ((end ?? start) - start)) / span}%`,
                }}
              />
            )}
          </span>
        </td>
        <td data-number data-label="Took">
          {start === null || end === null ? 'not ended' : duration((end - start) / 1000)}
        </td>
        <td data-number data-label="Rows read">
          {one.rows_read === null ? 'not said' : count(one.rows_read)}
        </td>
        <td data-number data-label="Rows written">
          {one.rows_written === null ? 'not said' : count(one.rows_written)}
        </td>
      </tr>
      {one.error !== null && (
        <tr className={styles.error}>
          <td colSpan={6} data-wide>
            <b>{one.error_code === null ? 'Error' : `Error ${one.error_code}`}</b>
            <pre>{one.error}</pre>
          </td>
        </tr>
      )}
    </>
  );
}

const byStart = (a: ActivityRun, b: ActivityRun) =>
  (a.start ?? '9').localeCompare(b.start ?? '9') || a.attempt - b.attempt;
