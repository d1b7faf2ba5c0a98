// The model is there: what it is compared with, then the batches of its past. It ends on the first report.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { modelKeys, referenceQuery } from '../../api/models';
import { putReference } from '../../api/onboard';
import { Problem } from '../../api/problem';
import type { Reference } from '../../api/types';
import { Faults } from '../../ui/faults';
import { count } from '../../ui/format';
import { Loading } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { ProblemView } from '../../ui/problem-view';
import { FileField } from './file-field';
import { History } from './history';
import type { NewUrl } from './page';
import styles from './page.module.css';
import { rowsOf } from './rows';

const FOLLOW_MS = 1000;

export function Finish({ url }: { url: NewUrl }) {
  const { name, source } = url.values;
  const query = useQuery({
    ...referenceQuery(name),
    retry: false,
    refetchInterval: ({ state }) => (state.data?.state === 'received' ? FOLLOW_MS : false),
  });
  const isNone = query.error instanceof Problem && query.error.status === 404;
  if (query.error instanceof Problem && !isNone)
    return <ProblemView problem={query.error} what="the reference" onRetry={() => void query.refetch()} />;
  if (!query.data && !isNone) return <Loading what="the reference" height={320} />;
  return (
    <>
      <ReferencePanel name={name} found={isNone ? undefined : query.data} />
      <History
        name={name}
        isSample={source === 'sample'}
        isReady={!isNone && query.data?.state !== 'rejected'}
      />
    </>
  );
}

function ReferencePanel({ name, found }: { name: string; found: Reference | undefined }) {
  const queries = useQueryClient();
  const put = useMutation({
    mutationFn: (file: File) => putReference(name, rowsOf(file)!),
    onSuccess: () => queries.invalidateQueries({ queryKey: modelKeys.reference(name) }),
  });
  if (found?.state === 'received')
    return (
      <Panel title={`${name} is watched`} lead="Its reference is being read; batches can follow already.">
        <p role="status">Reading the reference…</p>
      </Panel>
    );
  if (found?.state === 'ready')
    return (
      <Panel
        title={`${name} is watched`}
        lead={`Its batches are compared with a reference of ${count(found.rows)} rows.`}
      >
        <p>Give it the batches there are already, and its drift appears from the first day on.</p>
      </Panel>
    );
  return (
    <Panel
      title={found ? 'The reference cannot be used' : `${name} needs a reference`}
      lead={
        found
          ? `${name} is made. Mend the rows as said here and give them again.`
          : 'Batches are compared with the rows of a good time, usually those the model was trained on.'
      }
    >
      <div className={styles.form}>
        {found && <Faults faults={found.reasons} />}
        <FileField
          label="Choose the reference"
          about="Parquet, CSV, JSON or Arrow: inputs and predictions"
          isBusy={put.isPending}
          onFiles={([file]) => file && put.mutate(file)}
        />
        {put.error instanceof Problem && <ProblemView problem={put.error} what="the reference" act="save" />}
      </div>
    </Panel>
  );
}
