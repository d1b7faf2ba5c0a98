// The batches of the model's past: sent one after another, and followed until each is analysed.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { batchesQuery, pushBatch, timesOf } from '../../api/onboard';
import { modelQuery } from '../../api/models';
import { Problem } from '../../api/problem';
import type { Batches } from '../../api/types';
import { paths } from '../../app/paths';
import { Button } from '../../ui/button';
import { ButtonLink } from '../../ui/button-link';
import { Faults } from '../../ui/faults';
import { count, window as windowWords } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { ProblemView } from '../../ui/problem-view';
import { FileField } from './file-field';
import styles from './page.module.css';
import { dayIn, fileOf, keyOf, rowsOf } from './rows';
import { sampleBatches } from './sample';

type Sending = { name: string; send: () => Promise<unknown> };
interface Refused {
  name: string;
  problem: Problem;
}
/** Rejected batches that are told of. */
const TOLD = 5;

export function History({ name, isSample, isReady }: { name: string; isSample: boolean; isReady: boolean }) {
  const queries = useQueryClient();
  const { data: model } = useQuery(modelQuery(name));
  const [sent, setSent] = useState({ done: 0, of: 0 });
  const [refused, setRefused] = useState<readonly Refused[]>([]);
  const push = useMutation({
    mutationFn: async (all: readonly Sending[]) => {
      setRefused([]);
      for (const [i, { name: file, send }] of all.entries()) {
        setSent({ done: i, of: all.length });
        try {
          await send();
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          setRefused((before) => [...before, { name: file, problem: error }]);
        }
      }
      setSent({ done: all.length, of: all.length });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['batches', name] }),
  });
  const batches = useQuery(batchesQuery(name, push.isPending));
  const all = batches.data?.items ?? [];
  const time = model?.roles.time;
  const files = (chosen: readonly File[]) =>
    [...chosen]
      .sort((a, b) => a.name.localeCompare(b.name))
      .map((file) => ({
        name: file.name,
        send: async () => {
          // Said beside the rows, since the rows themselves are read only after they are stored under their time.
          const rows = rowsOf(file)!;
          const told = time ? await timesOf(rows, name) : {};
          await pushBatch(name, rows, { key: keyOf(file), ...(told.end ? told : dayIn(file.name)) });
        },
      }));
  const samples = () =>
    sampleBatches().map(({ rows, ...rest }) => ({ name: rest.key, send: () => pushBatch(name, rows, rest) }));
  const hasReport = all.some(({ state }) => state === 'analysed');
  return (
    <>
      {isReady && (
        <Panel
          title="Its past"
          lead="Each file is one batch, such as a day; they are sent in the order of their names."
        >
          <div className={styles.form}>
            {isSample ? (
              <div className={styles.foot}>
                <Button
                  kind="main"
                  large
                  disabled={push.isPending || push.isSuccess || all.length > 0}
                  onClick={() => push.mutate(samples())}
                >
                  Add two weeks of history
                </Button>
              </div>
            ) : (
              <FileField
                label="Choose files of past batches"
                about={
                  time
                    ? `when they are from is read from ${time}`
                    : 'when they are from is read from a date in their names, such as 2026-11-30.csv; else they are of now'
                }
                multiple
                isBusy={push.isPending || !model}
                onFiles={(chosen) => push.mutate(files(chosen))}
              />
            )}
            {push.isPending && <p role="status">{`Sending ${count(sent.done + 1)} of ${count(sent.of)}…`}</p>}
            {refused.map(({ name: file, problem }) => (
              <ProblemView key={file} problem={problem} what={file} act="save" />
            ))}
            <Progress all={all} />
          </div>
        </Panel>
      )}
      <div className={styles.foot}>
        <ButtonLink to={paths.model(name)} kind={hasReport ? 'main' : 'plain'} large>
          {hasReport ? 'See the first report' : `Open ${name}`}
        </ButtonLink>
      </div>
    </>
  );
}

function Progress({ all }: { all: Batches['items'] }) {
  const done = all.filter(({ state }) => state === 'analysed').length;
  const rejected = all.filter(({ state }) => state === 'rejected');
  if (all.length === 0) return null;
  return (
    <>
      <div className={styles.progress} role="status">
        <span>
          {`${count(done)} of ${count(all.length)} batches analysed`}
          {rejected.length > 0 && `, ${count(rejected.length)} could not be used`}
        </span>
        <progress value={done + rejected.length} max={all.length} aria-label="Batches analysed" />
      </div>
      {rejected.slice(0, TOLD).map(({ id, key, start, end, submitted_at: sent, reasons }) => (
        <div key={id} role="alert">
          <b>{`${fileOf(key) ?? windowWords(start, end ?? sent)} could not be used`}</b>
          <Faults faults={reasons} />
        </div>
      ))}
      {rejected.length > TOLD && <p>{`And ${count(rejected.length - TOLD)} more.`}</p>}
    </>
  );
}
