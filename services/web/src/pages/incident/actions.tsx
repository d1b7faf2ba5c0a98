// What a person may decide: acknowledge, expect the change until a day, resolve, call it noise, take it up again.
import { useState } from 'react';
import { Problem } from '../../api/problem';
import type { Incident } from '../../api/types';
import { Button } from '../../ui/button';
import { ProblemView } from '../../ui/problem-view';
import { ExpectDialog } from '../expect/dialog';
import { isOver } from '../incidents/words';
import styles from './page.module.css';
import { useChange } from './use-change';

export function Actions({ incident }: { incident: Incident }) {
  const { state, useful } = incident;
  const { mutate, mutateAsync, isPending, error } = useChange(incident);
  const features = [...new Set(incident.findings.flatMap((one) => one.features))];
  const [isExpecting, setExpecting] = useState(false);
  return (
    <>
      <div className={`${styles.actions} bw-screen`} role="group" aria-label="Decide">
        {isOver(state) ? (
          <Button disabled={isPending} onClick={() => mutate({ reopen: true })}>
            Take up again
          </Button>
        ) : (
          <>
            {state === 'open' && (
              <Button kind="main" disabled={isPending} onClick={() => mutate({ acknowledge: true })}>
                Acknowledge
              </Button>
            )}
            {state !== 'expected' && (
              <Button disabled={isPending} onClick={() => setExpecting(true)}>
                Expected change
              </Button>
            )}
            <Button disabled={isPending} onClick={() => mutate({ resolve: true })}>
              Resolve
            </Button>
          </>
        )}
        <span className={styles.asks}>
          Was it worth telling?
          <Button
            aria-pressed={useful === true}
            kind={useful === true ? 'main' : 'plain'}
            disabled={isPending}
            onClick={() => mutate({ useful: true })}
          >
            Useful
          </Button>
          <Button
            aria-pressed={useful === false}
            kind={useful === false ? 'main' : 'plain'}
            disabled={isPending}
            onClick={() => mutate({ useful: false })}
          >
            Noise
          </Button>
        </span>
      </div>
      {error instanceof Problem && <ProblemView problem={error} what="your decision" act="save" />}
      {isExpecting && (
        <ExpectDialog
          about={features.join(', ') || incident.model}
          save={({ reason, end }) => mutateAsync({ expected_change: { reason, end, features } })}
          onClose={() => setExpecting(false)}
        />
      )}
    </>
  );
}
