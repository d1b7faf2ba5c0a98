// One batch: every metric from labels and estimated, how honest the scores are, what mistakes cost, by segment.
import type { BatchPerformance as Found, MetricInfo, MetricValue, PerformancePart } from '../../api/types';
import { DataTable } from '../../ui/data-table';
import { count, number } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { StatusBadge } from '../../ui/status';
import { ReportMenu } from '../time/report';
import { Calibration } from './calibration';
import { Cost } from './cost';
import styles from './batch.module.css';

interface Props {
  model: string;
  found: Found;
  metrics: readonly MetricInfo[];
  name: string;
}

export function BatchPerformance({ model, found, metrics, name }: Props) {
  const { realised, estimated } = found;
  const slugs = [
    ...new Set([...(realised?.metrics ?? []), ...(estimated?.metrics ?? [])].map(({ metric }) => metric)),
  ];
  const titles = new Map(metrics.map(({ slug, title }) => [slug, title]));
  const of = (part: PerformancePart | null, slug: string) =>
    part?.metrics.find(({ metric }) => metric === slug);
  const segments = realised?.segments ?? [];
  const calibration = realised?.calibration ?? null;
  const money = realised?.money ?? estimated?.money ?? null;
  return (
    <>
      <Panel
        flush
        title={`Every metric: ${name}`}
        lead={
          realised
            ? `${count(realised.labelled)} of ${count(realised.rows)} rows have a label.`
            : 'No labels yet: only what can be estimated from the scores.'
        }
        aside={<ReportMenu model={model} id={found.batch} tables={['performance']} />}
      >
        <DataTable stack caption={`Metrics of ${name}`}>
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col">Status</th>
              <th scope="col" data-number>
                From labels
              </th>
              <th scope="col" data-number>
                Estimated
              </th>
              <th scope="col" data-number>
                Normal
              </th>
            </tr>
          </thead>
          <tbody>
            {slugs.map((slug) => {
              const [real, guess] = [of(realised, slug), of(estimated, slug)];
              const said = real ?? guess;
              return (
                <tr key={slug}>
                  <th scope="row">{titles.get(slug) ?? slug}</th>
                  <td>{said && <StatusBadge status={said.status} />}</td>
                  <td data-number data-label="From labels">
                    <Value of={real} />
                  </td>
                  <td data-number data-label="Estimated">
                    <Value of={guess} />
                  </td>
                  <td data-number data-label="Normal">
                    {said?.normal == null ? 'not known' : number(said.normal)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </DataTable>
      </Panel>
      {(calibration ?? money) && (
        <div className={styles.pair}>
          {calibration && <Calibration found={calibration} />}
          {money && <Cost found={money} isReal={realised?.money != null} />}
        </div>
      )}
      {segments.length > 0 && (
        <Panel flush title="By segment" lead={titles.get(realised?.key_metric ?? '') ?? ''}>
          <DataTable stack caption="The key metric by segment">
            <thead>
              <tr>
                <th scope="col">Segment</th>
                <th scope="col">Status</th>
                <th scope="col" data-number>
                  Rows
                </th>
                <th scope="col" data-number>
                  Value
                </th>
              </tr>
            </thead>
            <tbody>
              {segments.map(({ column, value, rows, metric }) => (
                <tr key={`${column} ${value}`}>
                  <th scope="row">{`${column} = ${value}`}</th>
                  <td>
                    <StatusBadge status={metric.status} />
                  </td>
                  <td data-number data-label="Rows">
                    {count(rows)}
                  </td>
                  <td data-number data-label="Value">
                    <Value of={metric} />
                  </td>
                </tr>
              ))}
            </tbody>
          </DataTable>
        </Panel>
      )}
    </>
  );
}

function Value({ of }: { of: MetricValue | undefined }) {
  if (!of) return <span className="bw-muted">none</span>;
  if (of.value === null) return <span className="bw-muted">{of.reason ?? 'unknown'}</span>;
  return (
    <span>
      {number(of.value)}
      {of.interval && (
        <small className={styles.range}>{`${number(of.interval[0])} to ${number(of.interval[1])}`}</small>
      )}
    </span>
  );
}
