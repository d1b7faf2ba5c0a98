// Who the model is, and the verdict about it in one sentence.
import { useState } from 'react';
import { Link } from 'react-router';
import type { Model } from '../../api/types';
import { paths } from '../../app/paths';
import { Button } from '../../ui/button';
import { count, date, index } from '../../ui/format';
import { StatusBadge } from '../../ui/status';
import { Span } from '../../ui/time';
import styles from './head.module.css';

const TASK = { binary: 'Binary classifier', multiclass: 'Classifier', regression: 'Regression' } as const;

export function Head({ model }: { model: Model }) {
  const { summary, reference, version } = model;
  return (
    <>
      <div className={styles.head}>
        <div>
          <nav aria-label="Breadcrumb" className={styles.crumbs}>
            <Link to={paths.fleet()}>Fleet</Link>
          </nav>
          <h1>
            {model.name}
            {version && <span className={styles.version}>{`v${version.version}`}</span>}
          </h1>
          <p className="bw-muted">
            {[TASK[model.task], model.owner && `owned by ${model.owner}`, version?.alias]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </div>
        <Share />
      </div>
      {summary && (
        <section className={styles.verdict} data-status={summary.status} aria-label="Verdict">
          <div className={styles.says}>
            <StatusBadge status={summary.status} large />
            {summary.since && summary.status !== 'fine' && (
              <span
                className={styles.since}
              >{`since ${date(Date.parse(summary.since), { timeZone: 'UTC' })}`}</span>
            )}
            <p>{summary.sentence}</p>
          </div>
          <dl className={styles.facts}>
            <div>
              <dt>Drift index</dt>
              <dd>
                {summary.score == null ? 'unknown' : index(summary.score)}
                {summary.threshold != null && <small>{`act at ${index(summary.threshold)}`}</small>}
              </dd>
            </div>
            <div>
              <dt>Inputs drifting</dt>
              <dd>
                {summary.n_drifted}
                <small>{`of ${summary.n_features}`}</small>
              </dd>
            </div>
            {summary.batch_end != null && (
              <div>
                <dt>Last batch</dt>
                <dd>
                  {count(summary.rows)}
                  <small>
                    rows, <Span start={summary.batch_start ?? null} end={summary.batch_end} />
                  </small>
                </dd>
              </div>
            )}
            {reference && (
              <div>
                <dt>Compared with</dt>
                <dd>
                  {count(reference.rows)}
                  <small>
                    reference rows
                    {reference.start != null && reference.end != null && (
                      <>
                        , <Span start={reference.start} end={reference.end} />
                      </>
                    )}
                  </small>
                </dd>
              </div>
            )}
          </dl>
        </section>
      )}
    </>
  );
}

/** The address holds the whole state of the page, so copying it is sharing it. */
function Share() {
  const [said, setSaid] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(globalThis.location.href);
      setSaid('Link copied');
    } catch {
      setSaid('Copy the address of this page');
    }
    setTimeout(() => setSaid(''), 4000);
  };
  return (
    <div className={`${styles.share} bw-screen`}>
      <span role="status">{said}</span>
      <Button onClick={() => void copy()}>Copy link</Button>
    </div>
  );
}
