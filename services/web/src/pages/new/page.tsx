// Adding a model in four steps: where its rows are, what its columns mean, what hangs on it, and its past.
import { useQuery } from '@tanstack/react-query';
import { previewQuery } from '../../api/onboard';
import { Problem } from '../../api/problem';
import { paths } from '../../app/paths';
import { useUrl } from '../../app/url';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { Loaded } from '../../ui/loaded';
import { PageHead } from '../../ui/page-head';
import { Refusals } from '../../ui/refusals';
import { SPEC } from './draft';
import { Finish } from './finish';
import { Meaning } from './meaning';
import styles from './page.module.css';
import { RolesStep } from './roles';
import { Source } from './source';

export type NewUrl = ReturnType<typeof useUrl<typeof SPEC>>;
const STEPS = ['Rows', 'Columns', 'Meaning', 'History'] as const;

export function NewPage() {
  const url = useUrl(SPEC);
  const { step, preview } = url.values;
  const now = preview || step === '4' ? Number(step) : 1;
  return (
    <>
      <title>Add a model · Bellwether</title>
      <PageHead trail={[['Fleet', paths.fleet()]]} title="Add a model" />
      <ol className={styles.steps} aria-label="Steps">
        {STEPS.map((words, i) => (
          <li
            key={words}
            aria-current={i + 1 === now ? 'step' : undefined}
            data-done={i + 1 < now || undefined}
          >
            <span>{i + 1}</span> {words}
          </li>
        ))}
      </ol>
      <Refusals refused={url.refused} />
      {now === 1 ? (
        <Source url={url} />
      ) : now === 4 ? (
        <Finish url={url} />
      ) : (
        <Previewed key={preview} url={url} step={now} />
      )}
    </>
  );
}

function Previewed({ url, step }: { url: NewUrl; step: number }) {
  const query = useQuery(previewQuery(url.values.preview));
  if (query.error instanceof Problem && query.error.status === 404)
    return (
      <Empty title="These rows are here no longer">
        Rows are kept for a day until a model is made of them. What was typed is kept.{' '}
        <Button onClick={() => url.set({ step: '1', preview: '' }, { push: true })}>Give them again</Button>
      </Empty>
    );
  return (
    <Loaded query={query} what="the preview" height={420}>
      {(preview) =>
        preview.state === 'waiting' ? (
          <Empty title="The rows are being looked at">This takes a few seconds.</Empty>
        ) : step === 2 || preview.faults.length > 0 ? (
          <RolesStep url={url} preview={preview} />
        ) : (
          <Meaning url={url} preview={preview} />
        )
      }
    </Loaded>
  );
}
