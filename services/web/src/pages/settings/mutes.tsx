// The expected changes of a model: why, what they cover, until when. One that lasts can be ended.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { annotationKeys, mutesQuery, unmute } from '../../api/annotations';
import { Button } from '../../ui/button';
import { DataTable } from '../../ui/data-table';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { Since } from '../../ui/time';
import styles from './page.module.css';

export function Mutes({ model }: { model: string }) {
  const queries = useQueryClient();
  const query = useQuery(mutesQuery(model));
  const end = useMutation({
    mutationFn: (id: string) => unmute(model, id),
    onSettled: () => queries.invalidateQueries({ queryKey: annotationKeys.all(model) }),
  });
  return (
    <Panel flush title="Expected changes" lead="Nobody is told of them until they end; no value changes.">
      <Loaded
        query={query}
        what="the expected changes"
        height={80}
        empty={({ items }) => (items.length ? null : <p className={styles.fine}>None.</p>)}
      >
        {({ items }) => (
          <DataTable stack caption={`Expected changes of ${model}`}>
            <thead>
              <tr>
                <th scope="col">Why</th>
                <th scope="col">Covers</th>
                <th scope="col">From</th>
                <th scope="col">Until</th>
                <th scope="col">
                  <span className="bw-hidden">End</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <tr key={one.id}>
                  <th scope="row">
                    {one.reason}
                    <span className={styles.small}>{`by ${one.created_by}`}</span>
                  </th>
                  <td data-label="Covers">
                    {[...one.features, ...one.rules, ...one.kpis].join(', ') || 'everything'}
                  </td>
                  <td data-label="From">
                    <Since time={one.start} bare />
                  </td>
                  <td data-label="Until">
                    <Since time={one.end} bare />
                  </td>
                  <td>
                    {one.active ? (
                      <Button disabled={end.isPending} onClick={() => end.mutate(one.id)}>
                        End now
                      </Button>
                    ) : (
                      <span className="bw-muted">over</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </DataTable>
        )}
      </Loaded>
    </Panel>
  );
}
