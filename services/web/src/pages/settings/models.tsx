// What a person says about a model: whose it is, how much hangs on it, what a wrong decision costs, its lines.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Link } from 'react-router';
import { changeModel, editableQuery, modelNamesQuery, type Editable } from '../../api/edit';
import { fleetKeys } from '../../api/fleet';
import { modelKeys } from '../../api/models';
import { Problem } from '../../api/problem';
import { has } from '../../app/has';
import { paths } from '../../app/paths';
import { text, useUrl } from '../../app/url';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { Choice, Field } from '../../ui/field';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { ProblemView } from '../../ui/problem-view';
import { Comparing } from './comparing';
import { Mutes } from './mutes';
import { draftOf, patchOf, type Draft } from './model-draft';
import styles from './page.module.css';

const SPEC = { model: text };

export function Models() {
  const url = useUrl(SPEC);
  const names = useQuery(modelNamesQuery());
  return (
    <Loaded
      query={names}
      what="the models"
      height={320}
      empty={(found) =>
        found.length ? null : (
          <Empty title="No models yet">
            <Link to={paths.new()}>Add the first one</Link>.
          </Empty>
        )
      }
    >
      {(found) => {
        const chosen = found.includes(url.values.model) ? url.values.model : found[0]!;
        return (
          <>
            <ChooseModel names={found} chosen={chosen} onChoose={(model) => url.set({ model })} />
            <OneModel key={chosen} name={chosen} />
            <Comparing key={`${chosen} compared`} name={chosen} />
            {has('/mutes') && <Mutes model={chosen} />}
          </>
        );
      }}
    </Loaded>
  );
}

/** From so many models on the name is typed, not picked from a list. */
const MANY = 50;

interface ChooseProps {
  names: readonly string[];
  chosen: string;
  onChoose: (name: string) => void;
}

function ChooseModel({ names, chosen, onChoose }: ChooseProps) {
  const [typed, setTyped] = useState(chosen);
  if (names.length < MANY) {
    return (
      <Choice label="Model" value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
        {names.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </Choice>
    );
  }
  const near = names.filter((one) => one.includes(typed.trim())).slice(0, MANY);
  return (
    <>
      <Field
        label="Model"
        list="model-names"
        hint={
          names.includes(typed)
            ? undefined
            : `${near.length ? 'Choose one of those offered' : 'No model is called like that'}.`
        }
        value={typed}
        onChange={(event) => {
          const name = event.currentTarget.value;
          setTyped(name);
          if (names.includes(name)) onChoose(name);
        }}
      />
      <datalist id="model-names">
        {near.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </>
  );
}

function OneModel({ name }: { name: string }) {
  const query = useQuery(editableQuery(name));
  return (
    <Panel
      title={name}
      lead="Lines take effect with the next batch; what a wrong decision costs gives the money at risk."
    >
      <Loaded query={query} what={`the model ${name}`} height={320}>
        {(found) => <Form key={found.etag} found={found} />}
      </Loaded>
    </Panel>
  );
}

function Form({ found }: { found: Editable }) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(found.model));
  const save = useMutation({
    mutationFn: () => changeModel(found, patchOf(draft, found.model)),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: modelKeys.one(found.model.name) });
      void queries.invalidateQueries({ queryKey: fleetKeys.all });
    },
  });
  const bind = (name: keyof Draft) => ({
    value: draft[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setDraft({ ...draft, [name]: event.currentTarget.value }),
  });
  const money = { type: 'number', min: 0, step: 'any', inputMode: 'decimal' } as const;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.pair}>
        <Field label="Owner" maxLength={200} {...bind('owner')} />
        <Choice label="Tier" {...bind('tier')}>
          <option value="">none</option>
          <option value="1">1, most hangs on it</option>
          <option value="2">2</option>
          <option value="3">3</option>
        </Choice>
        <Field label="Hours between batches" {...money} placeholder="not known" {...bind('hours')} />
      </div>
      <div className={styles.pair}>
        <Field label="Currency" pattern="[A-Z]{3}" maxLength={3} placeholder="EUR" {...bind('currency')} />
        {found.model.task === 'regression' ? (
          <Field label="Cost of one unit of error" {...money} {...bind('unit')} />
        ) : (
          <>
            <Field label="Cost of a false alarm" {...money} {...bind('alarm')} />
            <Field label="Cost of a missed case" {...money} {...bind('miss')} />
          </>
        )}
      </div>
      <div className={styles.pair}>
        <Field
          label="Drift index: watch from"
          {...money}
          max={100}
          placeholder="default"
          {...bind('watch')}
        />
        <Field label="Drift index: act from" {...money} max={100} placeholder="default" {...bind('act')} />
      </div>
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
