// Work that was given up: what, about which model, and why. It can be tried again once the cause is gone.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { Problem } from '../../api/problem';
import { deadLettersQuery, discard, replay, settingKeys } from '../../api/settings';
import { paths } from '../../app/paths';
import { AskFirst } from '../../ui/ask-first';
import { Button } from '../../ui/button';
import { DataTable } from '../../ui/data-table';
import { count } from '../../ui/format';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { ProblemView } from '../../ui/problem-view';
import { StatusBadge } from '../../ui/status';
import { Ago } from '../../ui/time';
import styles from './page.module.css';

export function Health() {
  const queries = useQueryClient();
  const query = useQuery(deadLettersQuery());
  const onSettled = () => queries.invalidateQueries({ queryKey: settingKeys.deadLetters });
  const again = useMutation({ mutationFn: replay, onSettled });
  const drop = useMutation({ mutationFn: discard, onSettled });
  const error = again.error ?? drop.error;
  return (
    <Panel
      flush
      title="Work that was given up"
      lead="A step that failed several times stands here with its reason, so that nothing is lost silently."
    >
      {error instanceof Problem && <ProblemView problem={error} what="that" />}
      <Loaded
        query={query}
        what="the given-up work"
        height={160}
        empty={({ items }) =>
          items.length ? null : (
            <p className={styles.fine}>
              <StatusBadge status="fine" /> Nothing was given up.
            </p>
          )
        }
      >
        {({ items }) => (
          <DataTable stack caption="Given-up work">
            <thead>
              <tr>
                <th scope="col">Step</th>
                <th scope="col">Why</th>
                <th scope="col" data-number>
                  Tries
                </th>
                <th scope="col">Given up</th>
                <th scope="col">
                  <span className="bw-hidden">Decide</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <tr key={one.id}>
                  <th scope="row">
                    {one.handler}
                    <span className={styles.small}>
                      <Link to={paths.model(one.model)}>{one.model}</Link>, {one.subject}
                    </span>
                  </th>
                  <td data-wide>
                    <b>{one.error_type}</b> {one.error}
                  </td>
                  <td data-number data-label="Tries">
                    {count(one.attempts)}
                  </td>
                  <td data-label="Given up">
                    <Ago time={one.buried_at} />
                  </td>
                  <td>
                    <span className={styles.tools}>
                      <Button disabled={again.isPending} onClick={() => again.mutate(one.id)}>
                        Try again
                      </Button>
                      <AskFirst
                        word="Discard"
                        name={one.subject}
                        question="It is never done then."
                        yes="Discard it"
                        isBusy={drop.isPending}
                        onYes={() => drop.mutate(one.id)}
                      />
                    </span>
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
