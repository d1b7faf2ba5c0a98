// What the batches of a model are compared with, and whether evidence is carried from batch to batch.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { changeModel, editableQuery, type Editable } from '../../api/edit';
import { modelKeys } from '../../api/models';
import { Problem } from '../../api/problem';
import { Button } from '../../ui/button';
import { Choice, Field } from '../../ui/field';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { ProblemView } from '../../ui/problem-view';
import { COMPARED, printCompare, readCompare, type Kind } from './compare';
import styles from './page.module.css';

export function Comparing({ name }: { name: string }) {
  const query = useQuery(editableQuery(name));
  return (
    <Panel title="How its batches are judged" lead="Takes effect with the next batch.">
      <Loaded query={query} what={`the model ${name}`} height={160}>
        {(found) => <Form key={found.etag} found={found} />}
      </Loaded>
    </Panel>
  );
}

function Form({ found }: { found: Editable }) {
  const queries = useQueryClient();
  const [{ kind, size }, setCompare] = useState(() => readCompare(found.model.compare));
  const [sequential, setSequential] = useState(found.model.sequential);
  const save = useMutation({
    mutationFn: () => changeModel(found, { compare: printCompare(kind, size), sequential }),
    onSuccess: () => void queries.invalidateQueries({ queryKey: modelKeys.one(found.model.name) }),
  });
  const unit = COMPARED.find(([one]) => one === kind)![2];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.pair}>
        <Choice
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
        alarm within 120 batches is one in a hundred.
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
