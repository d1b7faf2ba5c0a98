// What was found, one row for each rule and subject.
import { Link } from 'react-router';
import type { Incident } from '../../api/types';
import { paths, withSearch } from '../../app/paths';
import { printMoment } from '../../app/url';
import { DataTable } from '../../ui/data-table';
import { count, number } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { StatusBadge } from '../../ui/status';
import { Since } from '../../ui/time';

export function Findings({ incident }: { incident: Incident }) {
  return (
    <Panel flush title="Findings">
      <DataTable stack caption="Findings of this incident">
        <thead>
          <tr>
            <th scope="col">Status</th>
            <th scope="col">About</th>
            <th scope="col">What</th>
            <th scope="col">Since</th>
            <th scope="col" data-number>
              Batches
            </th>
            <th scope="col" data-number>
              Value and line
            </th>
          </tr>
        </thead>
        <tbody>
          {incident.findings.map((one) => (
            <tr key={one.key}>
              <td>
                <StatusBadge status={one.cleared_at === null ? one.status : 'fine'} />
              </td>
              <th scope="row">
                {one.features[0] ? (
                  <Link
                    to={withSearch(paths.feature(incident.model, one.features[0]), {
                      at: printMoment(Date.parse(one.since)),
                    })}
                  >
                    {one.subject ?? one.features[0]}
                  </Link>
                ) : (
                  (one.subject ?? incident.model)
                )}
              </th>
              <td data-wide>
                {one.sentence}
                {one.cleared_at !== null && (
                  <>
                    {' '}
                    Over <Since time={one.until ?? one.cleared_at} />.
                  </>
                )}
              </td>
              <td data-label="Since">
                <Since time={one.since} bare />
              </td>
              <td data-number data-label="Batches">
                {count(one.batches)}
              </td>
              <td data-number data-label="Value and line">
                {one.value === null ? 'no value' : number(one.value)}
                {one.threshold !== null && `, line ${number(one.threshold)}`}
              </td>
            </tr>
          ))}
        </tbody>
      </DataTable>
    </Panel>
  );
}
