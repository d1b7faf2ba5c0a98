// What hangs on the model; all of it can be skipped and said later in the settings.
import { useState, type FormEvent } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { fleetKeys } from '../../api/fleet';
import { modelKeys } from '../../api/models';
import { createModel } from '../../api/onboard';
import { Problem } from '../../api/problem';
import type { Preview } from '../../api/types';
import { Button } from '../../ui/button';
import { Choice, Field } from '../../ui/field';
import { Panel } from '../../ui/panel';
import { ProblemView } from '../../ui/problem-view';
import { modelOf, type Draft } from './draft';
import type { NewUrl } from './page';
import styles from './page.module.css';

export function Meaning({ url, preview }: { url: NewUrl; preview: Preview }) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(url.values);
  const bind = (name: keyof Draft) => ({
    value: draft[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setDraft({ ...draft, [name]: event.currentTarget.value }),
    onBlur: () => url.set({ [name]: draft[name] }),
  });
  const amount = { type: 'number', min: 0, step: 'any', inputMode: 'decimal' } as const;
  const create = useMutation({
    mutationFn: () => createModel(modelOf(draft, preview)),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: fleetKeys.all });
      void queries.invalidateQueries({ queryKey: modelKeys.all });
      url.set({ ...draft, step: '4' }, { push: true });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  const task = draft.task || preview.task;
  return (
    <form className={styles.form} onSubmit={submit}>
      <Panel
        title="What does a wrong decision cost?"
        lead="It gives the money at risk, also before labels arrive. Leave it empty if nobody knows."
      >
        <div className={styles.pair}>
          <Field label="Currency" pattern="[A-Z]{3}" maxLength={3} placeholder="EUR" {...bind('currency')} />
          {task === 'regression' ? (
            <Field label="One unit of error costs" {...amount} {...bind('unit')} />
          ) : (
            <>
              <Field label="A false alarm costs" {...amount} {...bind('alarm')} />
              <Field label="A missed case costs" {...amount} {...bind('miss')} />
            </>
          )}
        </div>
      </Panel>
      <Panel title="Whose is it, and how often does it decide?">
        <div className={styles.pair}>
          <Field label="Owner" maxLength={200} placeholder="team or person" {...bind('owner')} />
          <Choice label="Tier" {...bind('tier')}>
            <option value="">not said</option>
            <option value="1">1, most hangs on it</option>
            <option value="2">2</option>
            <option value="3">3</option>
          </Choice>
          <Field label="Hours between batches" {...amount} placeholder="24" {...bind('hours')} />
        </div>
      </Panel>
      {create.error instanceof Problem && (
        <ProblemView problem={create.error} what="the new model" act="save" />
      )}
      <div className={styles.foot}>
        <Button type="submit" kind="main" large disabled={create.isPending}>
          {`Create ${draft.name}`}
        </Button>
        <Button large onClick={() => url.set({ ...draft, step: '2' }, { push: true })}>
          Back
        </Button>
      </div>
    </form>
  );
}
