// Adding a source: what kind it is, where it is, which model it is about. Secrets are named, never typed.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { fleetQuery } from '../../api/fleet';
import { Problem } from '../../api/problem';
import { saveSource, sourceKeys } from '../../api/sources';
import type { SourceIn } from '../../api/types';
import { Button } from '../../ui/button';
import { faultAt } from '../../ui/faults';
import { Choice, Field } from '../../ui/field';
import { Panel } from '../../ui/panel';
import { ProblemView } from '../../ui/problem-view';
import { Segments } from '../../ui/segments';
import styles from './page.module.css';

interface Props {
  kind: 'mlflow' | 'adf';
  onKind: (kind: 'mlflow' | 'adf') => void;
  onDone: () => void;
}

export function AddSource({ kind, onKind, onDone }: Props) {
  const queries = useQueryClient();
  const fleet = useQuery(fleetQuery());
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    try {
      await saveSource(read(kind, (name) => String(data.get(name) ?? '').trim()));
      await queries.invalidateQueries({ queryKey: sourceKeys.all });
      onDone();
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem({ status: 0, title: String(error) }));
      setBusy(false);
    }
  };
  const fault = (pointer: string) => faultAt(problem, pointer);
  return (
    <Panel
      title="Add a source"
      lead="It is looked at as soon as it is saved; the last 45 days are read beside what is new."
      aside={
        <Segments
          label="Kind of source"
          value={kind}
          options={[
            ['mlflow', 'MLflow'],
            ['adf', 'Data Factory'],
          ]}
          onChange={onKind}
        />
      }
    >
      <form key={kind} className={styles.form} onSubmit={(event) => void save(event)}>
        <Field
          name="name"
          label="Name"
          hint="Part of every link to it, so it never changes."
          required
          pattern="[a-z0-9][a-z0-9._\-]{0,62}"
          title="Small letters, digits, dots and dashes"
          fault={fault('/name')}
        />
        {kind === 'mlflow' ? (
          <>
            <Field
              name="url"
              label="Address of the tracking server"
              hint="For a Databricks workspace: databricks"
              placeholder="https://mlflow.example.com"
              required
              fault={fault('/settings/url')}
            />
            <Field
              name="experiments"
              label="Experiments"
              hint="Names, separated by commas. Empty: all."
              fault={fault('/settings/experiments')}
            />
            <Field
              name="token"
              label="Name of the secret"
              hint="BELLWETHER_SECRET_<name> holds the token where the collector runs. Empty: none is sent."
              placeholder="MLFLOW"
              pattern="[A-Z][A-Z0-9_]{0,62}"
              title="Capitals, digits and underscores"
              fault={fault('/settings/token')}
            />
          </>
        ) : (
          <>
            <Field
              name="subscription"
              label="Subscription"
              hint="Its id, 36 characters."
              required
              pattern="[0-9A-Fa-f\-]{36}"
              title="36 characters: digits, a to f, dashes"
              fault={fault('/settings/subscription')}
            />
            <Field name="group" label="Resource group" required fault={fault('/settings/group')} />
            <Field name="factory" label="Data factory" required fault={fault('/settings/factory')} />
            <Field
              name="endpoint"
              label="Address of the management API"
              hint="Only other than usual in a sovereign cloud."
              defaultValue="https://management.azure.com"
              fault={fault('/settings/endpoint')}
            />
          </>
        )}
        <Choice name="model" label="About the model">
          <option value="">found by its own links</option>
          {fleet.data?.items.map(({ model }) => (
            <option key={model} value={model}>
              {model}
            </option>
          ))}
        </Choice>
        <div className={styles.buttons}>
          <Button kind="main" type="submit" disabled={busy}>
            {busy ? 'Saving…' : 'Save and look at it'}
          </Button>
          <Button kind="quiet" onClick={onDone}>
            Cancel
          </Button>
        </div>
        {problem && (
          <div className={styles.wide}>
            <ProblemView problem={problem} what="the source" act="save" />
          </div>
        )}
      </form>
    </Panel>
  );
}

const HISTORY_DAYS = 45;
const POLL_S = { mlflow: 30, adf: 30 } as const;

/** The body the server wants, from the fields. */
export function read(kind: 'mlflow' | 'adf', value: (name: string) => string): SourceIn {
  const list = (text: string) =>
    text
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean);
  const experiments = list(value('experiments'));
  const model = value('model');
  return {
    name: value('name'),
    settings:
      kind === 'mlflow'
        ? { kind, url: value('url'), registry: null, experiments, token: value('token') || null }
        : {
            kind,
            subscription: value('subscription'),
            group: value('group'),
            factory: value('factory'),
            endpoint: value('endpoint'),
            identity: null,
          },
    bindings: model
      ? [
          {
            model,

            experiments,
            registered_model: kind === 'mlflow' ? model : null,
            table: 'predictions',
          },
        ]
      : [],
    since: null,
    history_days: HISTORY_DAYS,
    poll_seconds: POLL_S[kind],
    overlap_seconds: 900,
    enabled: true,
  };
}
