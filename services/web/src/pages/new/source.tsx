// Where the model's rows are: in a file, behind a registered model, or made as a sample.
import { useMutation, useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { Link } from 'react-router';
import { previewRegistered, previewRows, type Rows } from '../../api/onboard';
import { Problem } from '../../api/problem';
import { sourcesQuery } from '../../api/sources';
import { paths } from '../../app/paths';
import { Button } from '../../ui/button';
import { faultAt } from '../../ui/faults';
import { Choice, Field } from '../../ui/field';
import { ProblemView } from '../../ui/problem-view';
import { nameFrom, type Draft } from './draft';
import { FileField } from './file-field';
import type { NewUrl } from './page';
import styles from './page.module.css';
import { rowsOf } from './rows';
import { sampleReference } from './sample';

interface Asked {
  rows?: Rows;
  file?: string;
  known: Partial<Draft> & { source: 'file' | 'mlflow' | 'sample'; name: string };
}

export function Source({ url }: { url: NewUrl }) {
  const { values } = url;
  const look = useMutation({
    mutationFn: ({ rows }: Asked) =>
      rows ? previewRows(rows) : previewRegistered(values.uri.trim(), values.server),
    onSuccess: ({ id }, { known }) => {
      // What was typed about rows of the same kind is kept: they are given again because some were wrong.
      const isAgain = known.source === values.source && values.name !== '';
      const fresh = isAgain ? { ...known, name: values.name } : { roles: '', task: '' as const, ...known };
      url.set({ ...fresh, preview: id, step: '2' }, { push: true });
    },
  });
  const wrongKind =
    look.error instanceof Problem && look.error.faults.find(({ pointer }) => pointer === 'Content-Type');
  const failed = (source: Asked['known']['source']) =>
    look.error instanceof Problem &&
    look.variables?.known.source === source && <ProblemView problem={look.error} what="these rows" />;
  return (
    <>
      <div className={styles.sources} aria-busy={look.isPending}>
        <section className={styles.source}>
          <h2>A file</h2>
          <p>Rows of a good time, usually those the model was trained on: its inputs and its predictions.</p>
          <FileField
            label="Choose a file"
            about="Parquet, CSV, JSON or Arrow"
            isBusy={look.isPending}
            onFiles={([file]) =>
              file &&
              look.mutate({
                rows: rowsOf(file)!,
                file: file.name,
                known: { source: 'file', name: nameFrom(file.name) },
              })
            }
          />
          {wrongKind ? (
            <p role="alert" className={styles.fault}>
              {`${look.variables?.file} does not hold what its name says. Save it anew as that, or end its name with what it is.`}
            </p>
          ) : (
            failed('file')
          )}
        </section>
        <Registered
          url={url}
          isBusy={look.isPending}
          error={look.variables?.known.source === 'mlflow' ? look.error : null}
          onLook={() => look.mutate({ known: { source: 'mlflow', name: nameFrom(values.uri.trim()) } })}
        />
        <section className={styles.source}>
          <h2>Sample data</h2>
          <p>
            Two weeks of a loan model, made on the spot. In the last days its income arrives in another unit;
            see whether Bellwether finds it.
          </p>
          <div>
            <Button
              kind="main"
              disabled={look.isPending}
              onClick={() =>
                look.mutate({
                  rows: sampleReference(),
                  known: { source: 'sample', name: 'sample-loans', task: 'binary', hours: '24' },
                })
              }
            >
              Try the sample
            </Button>
          </div>
          {failed('sample')}
        </section>
      </div>
      <p role="status">{look.isPending && 'Sending the rows…'}</p>
    </>
  );
}

interface RegisteredProps {
  url: NewUrl;
  isBusy: boolean;
  error: unknown;
  onLook: () => void;
}

/** A version in a watched MLflow server; which one is asked only where there are several. */
function Registered({ url, isBusy, error, onLook }: RegisteredProps) {
  const { uri, server } = url.values;
  const { data } = useQuery(sourcesQuery());
  const servers = data?.items.filter(({ kind }) => kind === 'mlflow') ?? [];
  const isNone = data !== undefined && servers.length === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onLook();
  };
  const fault = faultAt(error, '?mlflow');
  return (
    <section className={styles.source}>
      <h2>Registered in MLflow</h2>
      <p>Task, columns and reference are read from the version, its run and the data it logged.</p>
      {isNone && (
        <p>
          No MLflow server is watched yet: <Link to={paths.settings('sources')}>add one under Sources</Link>,
          then come back.
        </p>
      )}
      <form className={styles.form} onSubmit={submit}>
        {servers.length > 1 && (
          <Choice
            above
            required
            label="MLflow server"
            value={server}
            onChange={(event) => url.set({ server: event.currentTarget.value })}
          >
            <option value="">choose one</option>
            {servers.map(({ source, name }) => (
              <option key={source} value={source}>
                {name}
              </option>
            ))}
          </Choice>
        )}
        <Field
          label="Model version"
          required
          placeholder="models:/credit-default/5"
          value={uri}
          fault={fault}
          onChange={(event) => url.set({ uri: event.currentTarget.value })}
        />
        <div>
          <Button type="submit" disabled={isBusy || isNone || !uri.trim()}>
            Look at it
          </Button>
        </div>
      </form>
      {error instanceof Problem && !fault && <ProblemView problem={error} what="this version" />}
    </section>
  );
}
