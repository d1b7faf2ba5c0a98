// Where the model's rows are: in a file, behind a registered model, or made as a sample.
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { previewRegistered, previewRows, type Rows } from '../../api/onboard';
import { Problem } from '../../api/problem';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { ProblemView } from '../../ui/problem-view';
import { nameFrom, type Draft } from './draft';
import type { NewUrl } from './page';
import styles from './page.module.css';
import { ACCEPTED, rowsOf } from './rows';
import { sampleReference } from './sample';

interface Asked {
  rows?: Rows;
  uri?: string;
  known: Partial<Draft>;
}

export function Source({ url }: { url: NewUrl }) {
  const { uri } = url.values;
  const [fault, setFault] = useState('');
  const [isOver, setOver] = useState(false);
  const look = useMutation({
    mutationFn: ({ rows, uri: registered }: Asked) =>
      rows ? previewRows(rows, null) : previewRegistered(registered ?? '', null),
    onSuccess: ({ id }, { known }) =>
      url.set({ roles: '', task: '', ...known, preview: id, step: '2' }, { push: true }),
  });
  const take = (file: File | undefined) => {
    const rows = file && rowsOf(file);
    setFault(file && !rows ? `${file.name} is none of ${ACCEPTED.replaceAll(',', ', ')}.` : '');
    if (rows) look.mutate({ rows, known: { source: 'file', name: nameFrom(file.name) } });
  };
  const register = (event: FormEvent) => {
    event.preventDefault();
    look.mutate({ uri: uri.trim(), known: { source: 'mlflow', name: nameFrom(uri.trim()) } });
  };
  return (
    <>
      {look.error instanceof Problem && <ProblemView problem={look.error} what="the preview" />}
      <div className={styles.sources} aria-busy={look.isPending}>
        <section className={styles.source}>
          <h2>A file</h2>
          <p>Rows of a good time, usually those the model was trained on: its inputs and its predictions.</p>
          <label
            className={styles.file}
            data-over={isOver || undefined}
            onDragOver={() => setOver(true)}
            onDragLeave={() => setOver(false)}
            onDrop={() => setOver(false)}
          >
            <input
              type="file"
              accept={ACCEPTED}
              aria-describedby="file-kinds"
              disabled={look.isPending}
              onChange={(event) => take(event.currentTarget.files?.[0])}
            />
            <b>Choose a file, or drop it here</b>
            <span id="file-kinds" className="bw-muted">
              Parquet, CSV, JSON or Arrow
            </span>
          </label>
          {fault && <div role="alert">{fault}</div>}
        </section>
        <section className={styles.source}>
          <h2>Registered in MLflow</h2>
          <p>Task, columns and reference are read from the version, its run and the data it logged.</p>
          <form className={styles.form} onSubmit={register}>
            <Field
              label="Model version"
              required
              placeholder="models:/credit-default/5"
              value={uri}
              onChange={(event) => url.set({ uri: event.currentTarget.value })}
            />
            <div>
              <Button type="submit" disabled={look.isPending || !uri.trim()}>
                Look at it
              </Button>
            </div>
          </form>
        </section>
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
        </section>
      </div>
      <p role="status">{look.isPending && 'Sending the rows…'}</p>
    </>
  );
}
