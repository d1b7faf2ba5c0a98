// What a person says about a model: whose it is, how much hangs on it, what a wrong decision costs, its lines.
import { useMutation, useQuery, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Link } from 'react-router';
import { changeModel, editableQuery, modelNamesQuery, type Editable } from '../../api/edit';
import { catalogueQuery } from '../../api/catalogue';
import { fleetKeys } from '../../api/fleet';
import { modelKeys } from '../../api/models';
import { Problem } from '../../api/problem';
import type { Model } from '../../api/types';
import { has } from '../../app/has';
import { paths } from '../../app/paths';
import { text, useUrl } from '../../app/url';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { faultAt } from '../../ui/faults';
import { Choice, Field } from '../../ui/field';
import { index } from '../../ui/format';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { ProblemView } from '../../ui/problem-view';
import { CostFields, OwnerFields } from '../said/fields';
import { Comparing } from './comparing';
import { Mutes } from './mutes';
import { draftOf, faultsOf, patchOf, type Draft, type DraftFaults } from './model-draft';
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

interface Change {
  found: Editable;
  draft: Draft;
}

function OneModel({ name }: { name: string }) {
  const queries = useQueryClient();
  const query = useQuery(editableQuery(name));
  // Held here, so that "Saved." is still said once the form begins anew with what was saved. It does so when one of its
  // own fields has another value, so that what is typed stays when something else of the model changes.
  const save = useMutation({
    mutationFn: ({ found, draft }: Change) => changeModel(found, patchOf(draft, found.model)),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: modelKeys.one(name) });
      void queries.invalidateQueries({ queryKey: fleetKeys.all });
    },
  });
  return (
    <Panel
      title={name}
      lead="Lines take effect with the next batch; what a wrong decision costs gives the money at risk."
    >
      <Loaded query={query} what={`the model ${name}`} height={320}>
        {(found) => <Form key={JSON.stringify(draftOf(found.model))} found={found} save={save} />}
      </Loaded>
    </Panel>
  );
}

interface FormProps {
  found: Editable;
  save: UseMutationResult<Model, Error, Change>;
}

function Form({ found, save }: FormProps) {
  const [draft, setDraft] = useState(() => draftOf(found.model));
  const [isTried, setTried] = useState(false);
  const { task } = found.model;
  const faults = faultsOf(draft, task);
  const shown = isTried ? faults : {};
  const change = (some: Partial<Draft>) => {
    save.reset();
    setDraft({ ...draft, ...some });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(faults).length === 0) save.mutate({ found, draft });
  };
  const said = { said: draft, task, faults: shown, error: save.error, onChange: change };
  return (
    <form className={styles.form} noValidate onSubmit={submit}>
      <OwnerFields {...said} />
      <CostFields {...said} />
      <Lines draft={draft} faults={shown} error={save.error} onChange={change} />
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

interface LinesProps {
  draft: Draft;
  faults: DraftFaults;
  error: unknown;
  onChange: (change: Partial<Draft>) => void;
}

/** The two lines of the drift index; what they are unless somebody says otherwise comes from the server. */
function Lines({ draft, faults, error, onChange }: LinesProps) {
  const usual = useQuery(catalogueQuery()).data?.index;
  const isUsual = draft.watch === '' && draft.act === '';
  const field = (name: 'watch' | 'act') => ({
    type: 'number',
    inputMode: 'decimal' as const,
    min: 0,
    max: 100,
    step: 'any',
    label: `Drift index: ${name} from (of 100)`,
    placeholder: usual && `${index(usual[name])}, as usual`,
    value: draft[name],
    fault: faults[name] ?? faultAt(error, `/thresholds/index/${name}`),
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ [name]: event.currentTarget.value }),
  });
  return (
    <div className={styles.lines}>
      <Field {...field('watch')} />
      <Field {...field('act')} />
      <Button disabled={isUsual} onClick={() => onChange({ watch: '', act: '' })}>
        Back to the usual lines
      </Button>
    </div>
  );
}
