// One source: its state in words, how old what it knows is, what is wrong and what to do about it.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { Problem } from '../../api/problem';
import { deleteSource, sourceKeys } from '../../api/sources';
import type { Source, Status } from '../../api/types';
import { paths } from '../../app/paths';
import { AskFirst } from '../../ui/ask-first';
import { count, duration, percent } from '../../ui/format';
import { ProblemView } from '../../ui/problem-view';
import { StatusMark } from '../../ui/status';
import { Ago } from '../../ui/time';
import { Fact } from '../../ui/verdict';
import styles from './page.module.css';

const KIND = { mlflow: 'MLflow', adf: 'Azure Data Factory' } as const;

const CONDITION: Record<Source['condition'], { status: Status; words: string }> = {
  new: { status: 'unknown', words: 'not looked at yet' },
  ok: { status: 'fine', words: 'read without trouble' },
  unreachable: { status: 'act', words: 'cannot be reached' },
  throttled: { status: 'watch', words: 'asks for fewer requests' },
  credentials: { status: 'act', words: 'does not accept the credentials' },
  permission: { status: 'act', words: 'does not allow reading' },
  configuration: { status: 'act', words: 'is not what the settings say' },
  shape_changed: { status: 'act', words: 'answers in another shape than known' },
  invalid: { status: 'watch', words: 'sent items that could not be read' },
};

export function SourceCard({ source }: { source: Source }) {
  const { status, words } = CONDITION[source.condition];
  const reading = source.backfills.find(({ state }) => state === 'running' || state === 'waiting');
  return (
    <section
      className={styles.card}
      data-status={source.enabled ? status : 'unknown'}
      aria-label={source.source}
    >
      <header className={styles.top}>
        <div>
          <h2>
            {source.name}
            <span className={styles.kind}>{KIND[source.kind]}</span>
          </h2>
          <p className={styles.where}>{where(source)}</p>
        </div>
        <Remove source={source} />
      </header>
      <p className={styles.condition}>
        <StatusMark status={source.enabled ? status : 'unknown'} size={18} />
        {source.enabled ? words : 'switched off'}
      </p>
      {source.error !== null && (
        <div className={styles.error}>
          <p>{source.error}</p>
          {source.fix !== null && <p className={styles.fix}>{source.fix}</p>}
        </div>
      )}
      <dl className={styles.facts}>
        <Fact
          name="Last success"
          value={source.last_success === null ? 'never' : <Ago time={source.last_success} />}
        >
          {source.last_attempt !== null && source.last_attempt !== source.last_success && (
            <>
              tried <Ago time={source.last_attempt} />
            </>
          )}
        </Fact>
        <Fact name="Behind by" value={source.lag_s === null ? 'not known' : duration(source.lag_s)}>
          {`looked at every ${duration(source.poll_seconds)}`}
        </Fact>
        <Fact name="Runs read" value={count(source.runs)}>
          {source.bad_items > 0 ? `${count(source.bad_items)} items could not be read` : ''}
        </Fact>
        <Fact name="Models" value={source.bindings.length ? count(source.bindings.length) : 'by discovery'}>
          {source.bindings.map(({ model }, i) => (
            <span key={model}>
              {i > 0 && ', '}
              <Link to={paths.model(model)}>{model}</Link>
            </span>
          ))}
        </Fact>
      </dl>
      {reading && (
        <p className={styles.reading}>
          <progress value={reading.progress} max={1} aria-label="Reading the past" />
          {`Reading the past: ${percent(reading.progress)}, ${count(reading.runs)} runs so far.`}
        </p>
      )}
      {source.kind === 'adf' && (
        <p className={styles.more}>
          <Link to={paths.pipelines()}>Its pipelines</Link>
        </p>
      )}
    </section>
  );
}

function where({ settings, version }: Source): string {
  const address =
    settings.kind === 'mlflow'
      ? [settings.url, settings.experiments.length > 0 && `experiments ${settings.experiments.join(', ')}`]
      : [
          settings.factory,
          `resource group ${settings.group}`,
          `subscription ${settings.subscription.slice(0, 8)}…`,
        ];
  return [...address, version].filter(Boolean).join(' · ');
}

/** What a source that is taken away observed stays. */
function Remove({ source }: { source: Source }) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteSource(source),
    onSuccess: () => queries.invalidateQueries({ queryKey: sourceKeys.all }),
  });
  if (remove.error instanceof Problem)
    return <ProblemView problem={remove.error} what="the removal" onRetry={remove.reset} />;
  return (
    <AskFirst
      word="Remove"
      name={source.source}
      question="Stop watching it? What it told stays."
      yes="Stop watching"
      isBusy={remove.isPending}
      onYes={remove.mutate}
    />
  );
}
