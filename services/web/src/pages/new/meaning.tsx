// What hangs on the model; all of it can be skipped and said later in the settings.
import { useState, type FormEvent } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { fleetKeys } from '../../api/fleet';
import { modelKeys } from '../../api/models';
import { createModel } from '../../api/onboard';
import { Problem } from '../../api/problem';
import type { Preview } from '../../api/types';
import { Button } from '../../ui/button';
import { Panel } from '../../ui/panel';
import { ProblemView } from '../../ui/problem-view';
import { CostFields, OwnerFields } from '../said/fields';
import { faultsOf, type Said } from '../said/said';
import { modelOf, type Draft } from './draft';
import type { NewUrl } from './page';
import styles from './page.module.css';

export function Meaning({ url, preview }: { url: NewUrl; preview: Preview }) {
  const queries = useQueryClient();
  const [typed, setTyped] = useState(url.values);
  const [isTried, setTried] = useState(false);
  const task: Draft['task'] = typed.task || preview.task || '';
  const faults = faultsOf(typed, task);
  const create = useMutation({
    mutationFn: () => createModel(modelOf(typed, preview)),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: fleetKeys.all });
      void queries.invalidateQueries({ queryKey: modelKeys.all });
      url.set({ ...typed, step: '4' }, { push: true });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(faults).length === 0) create.mutate();
  };
  const bound = {
    said: typed,
    task,
    faults: isTried ? faults : {},
    error: create.error,
    onChange: (change: Partial<Said>) => setTyped({ ...typed, ...change }),
  };
  return (
    <form className={styles.form} noValidate onSubmit={submit} onBlur={() => url.set(typed)}>
      <Panel
        title="What does a wrong decision cost?"
        lead="It gives the money at risk, also before labels arrive. Leave it empty if nobody knows."
      >
        <CostFields {...bound} />
      </Panel>
      <Panel title="Whose is it, and how often does it decide?">
        <OwnerFields {...bound} />
      </Panel>
      {create.error instanceof Problem && (
        <ProblemView problem={create.error} what="the new model" act="save" />
      )}
      <div className={styles.foot}>
        <Button type="submit" kind="main" large disabled={create.isPending}>
          {`Create ${typed.name}`}
        </Button>
        <Button large onClick={() => url.set({ ...typed, step: '2' }, { push: true })}>
          Back
        </Button>
      </div>
    </form>
  );
}
