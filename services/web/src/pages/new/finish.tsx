// The model's past: batches there are already. It ends on the first report.
import { useMutation, useQuery } from '@tanstack/react-query';
import { batchesQuery, pushBatch } from '../../api/onboard';
import { Problem } from '../../api/problem';
import type { Preview } from '../../api/types';
import { paths } from '../../app/paths';
import { Button } from '../../ui/button';
import { ButtonLink } from '../../ui/button-link';
import { count } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { ProblemView } from '../../ui/problem-view';
import type { NewUrl } from './page';
import styles from './page.module.css';
import { ACCEPTED, rowsOf } from './rows';
import { sampleBatches } from './sample';

export function Finish({ url, preview }: { url: NewUrl; preview: Preview }) {
  const { name, source } = url.values;
  const push = useMutation({
    mutationFn: async (files: readonly File[] | null) => {
      if (files === null) {
        for (const { key, rows, start, end } of sampleBatches())
          await pushBatch(name, key, rows, { start, end });
        return;
      }
      for (const file of files) {
        const rows = rowsOf(file);
        if (rows) await pushBatch(name, file.name, rows);
      }
    },
  });
  const batches = useQuery(batchesQuery(name, true));
  const all = batches.data?.items ?? [];
  const done = all.filter(({ state }) => state === 'analysed').length;
  const rejected = all.filter(({ state }) => state === 'rejected');
  return (
    <>
      <Panel
        title={`${name} is watched`}
        lead={
          preview.has_reference
            ? 'Its reference is being read. Give it the batches there are already, and its drift appears from the first day on.'
            : 'It needs a reference before batches can be compared: the rows of a good time.'
        }
      >
        <div className={styles.form}>
          {source === 'sample' ? (
            <div className={styles.foot}>
              <Button
                kind="main"
                large
                disabled={push.isPending || push.isSuccess || all.length > 0}
                onClick={() => push.mutate(null)}
              >
                Add two weeks of history
              </Button>
            </div>
          ) : (
            <label className={styles.file}>
              <input
                type="file"
                multiple
                accept={ACCEPTED}
                disabled={push.isPending}
                onChange={(event) => push.mutate([...(event.currentTarget.files ?? [])])}
              />
              <b>Choose files of past batches</b>
              <span className="bw-muted">one file a batch, with a time column or pushed as of now</span>
            </label>
          )}
          {push.error instanceof Problem && (
            <ProblemView problem={push.error} what="the history" act="save" />
          )}
          {all.length > 0 && (
            <div className={styles.progress} role="status">
              <span>{`${count(done)} of ${count(all.length)} batches analysed`}</span>
              <progress value={done + rejected.length} max={all.length} aria-label="Batches analysed" />
            </div>
          )}
          {rejected.length > 0 && (
            <ul className={styles.out}>
              {rejected.slice(0, 5).map(({ id, reasons }) => (
                <li key={id}>
                  {reasons.map(({ pointer, value, fix }) => `${pointer}: ${value}. ${fix}`).join(' ')}
                </li>
              ))}
            </ul>
          )}
        </div>
      </Panel>
      <div className={styles.foot}>
        <ButtonLink to={paths.model(name)} kind={done > 0 ? 'main' : 'plain'} large>
          {done > 0 ? 'See the first report' : `Open ${name}`}
        </ButtonLink>
      </div>
    </>
  );
}
