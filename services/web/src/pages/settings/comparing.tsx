// What the batches of a model are compared with, and whether evidence is carried from batch to batch.
import { useMutation, useQuery, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { changeModel, editableQuery, type Editable } from '../../api/edit';
import { modelKeys } from '../../api/models';
import { Problem } from '../../api/problem';
import type { Model } from '../../api/types';
import { Button } from '../../ui/button';
import { Choice, Field } from '../../ui/field';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { ProblemView } from '../../ui/problem-view';
import { COMPARED, printCompare, readCompare, type Kind } from './compare';
import styles from './page.module.css';

type Change = Pick<Model, 'compare' | 'sequential'>;

export function Comparing({ name }: { name: string }) {
  const queries = useQueryClient();
  const query = useQuery(editableQuery(name));
  const save = useMutation({
    mutationFn: ({ found, change }: { found: Editable; change: Change }) => changeModel(found, change),
    onSuccess: () => void queries.invalidateQueries({ queryKey: modelKeys.one(name) }),
  });
  return (
    <Panel title="How its batches are judged" lead="Takes effect with the next batch.">
      <Loaded query={query} what={`the model ${name}`} height={160}>
        {(found) => {
          const { compare, sequential } = found.model;
          return (
            <Form
              key={`${compare} ${sequential}`}
              said={{ compare, sequential }}
              save={save}
              onSave={(change) => save.mutate({ found, change })}
            />
          );
        }}
      </Loaded>
    </Panel>
  );
}

interface Props {
  said: Change;
  save: Pick<UseMutationResult, 'error' | 'isPending' | 'isSuccess'>;
  onSave: (change: Change) => void;
}

function Form({ said, save, onSave }: Props) {
  const [{ kind, size }, setCompare] = useState(() => readCompare(said.compare));
  const [sequential, setSequential] = useState(said.sequential);
  const unit = COMPARED.find(([one]) => one === kind)![2];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave({ compare: printCompare(kind, size), sequential });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.pair}>
        <Choice
          above
          label="Compared with"
          value={kind}
          onChange={({ currentTarget }) => setCompare(readCompare(currentTarget.value as Kind))}
        >
          {COMPARED.map(([one, words]) => (
            <option key={one} value={one}>
              {words}
            </option>
          ))}
        </Choice>
        {unit && (
          <Field
            label={unit}
            type="number"
            min={1}
            required
            value={size || ''}
            onChange={({ currentTarget }) => setCompare({ kind, size: currentTarget.valueAsNumber || 0 })}
          />
        )}
      </div>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={sequential}
          onChange={({ currentTarget }) => setSequential(currentTarget.checked)}
        />
        <span>Find slow drift: add up evidence over batches</span>
      </label>
      <p className="bw-muted">
        Drift too slow for any single batch is then to be watched. When nothing changed, the chance of an
        alarm within 120 batches is one in a hundred at most.
      </p>
      {save.error instanceof Problem && <ProblemView problem={save.error} what="the change" act="save" />}
      <footer>
        <Button type="submit" kind="main" disabled={save.isPending}>
          Save
        </Button>
        <span role="status">{save.isSuccess && 'Saved.'}</span>
      </footer>
    </form>
  );
}
