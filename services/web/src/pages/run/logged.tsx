// What a run of a tracking server logged: numbers first, then the data it used, its settings, where its code is.
import { Link } from 'react-router';
import type { Run } from '../../api/types';
import { paths } from '../../app/paths';
import { DataTable } from '../../ui/data-table';
import { count, number } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { Named } from './named';

type Ml = NonNullable<Run['ml']>;

/** Tags that other parts of the page tell in words. */
const HIDDEN = /^mlflow\.(source|user|runName|log-model|databricks|note)/;

export function Logged({ run }: { run: Ml }) {
  const metrics = Object.fromEntries(
    Object.entries(run.metrics).map(([name, value]) => [
      name,
      value === null ? 'not a number' : number(value),
    ]),
  );
  const tags = Object.fromEntries(Object.entries(run.tags).filter(([name]) => !HIDDEN.test(name)));
  const origin = {
    ...(run.repository !== null && { Repository: run.repository }),
    ...(run.commit !== null && { Commit: <code>{run.commit.slice(0, 12)}</code> }),
    ...(run.notebook !== null && { Notebook: run.notebook }),
    ...(run.adf_run_id !== null && {
      'Started by': <Link to={paths.run(run.adf_run_id)}>pipeline run</Link>,
    }),
    ...(run.model_versions.length > 0 && {
      'Loaded versions': run.model_versions.map((one) => one.join(' v')).join(', '),
    }),
  };
  return (
    <>
      <Named title="Metrics" values={metrics} />
      {run.datasets.length > 0 && (
        <Panel flush title="Data">
          <DataTable stack caption="Datasets of the run">
            <thead>
              <tr>
                <th scope="col">Dataset</th>
                <th scope="col">Used for</th>
                <th scope="col" data-number>
                  Rows
                </th>
                <th scope="col">Digest</th>
              </tr>
            </thead>
            <tbody>
              {run.datasets.map((one) => (
                <tr key={`${one.namespace} ${one.name} ${one.context}`}>
                  <th scope="row">{one.name}</th>
                  <td data-label="Used for">{one.context ?? 'not said'}</td>
                  <td data-number data-label="Rows">
                    {one.rows === null ? 'not said' : count(one.rows)}
                  </td>
                  <td data-label="Digest">
                    <code>{one.digest ?? 'none'}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </DataTable>
        </Panel>
      )}
      <Named title="Parameters" values={run.params} />
      <Named title="Where it came from" values={origin} />
      <Named title="Tags" values={tags} />
    </>
  );
}
