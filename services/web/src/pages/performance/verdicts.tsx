// What labels say and what is estimated, side by side; the caveat stands where the number does.
import type { Performance } from '../../api/types';
import { StatusBadge } from '../../ui/status';
import { Span } from '../../ui/time';
import styles from './verdicts.module.css';

export function Verdicts({ real, guess }: { real: Performance; guess: Performance }) {
  return (
    <div className={styles.both}>
      <Verdict title="From labels" found={real} none="No labels have arrived yet." />
      <Verdict title="Estimated, before labels" found={guess} none="Nothing could be estimated yet." />
    </div>
  );
}

function Verdict({ title, found, none }: { title: string; found: Performance; none: string }) {
  const last = found.points.at(-1);
  const isThere = last !== undefined;
  return (
    <section className={styles.one} aria-label={title}>
      <div className={styles.head}>
        <h2>{title}</h2>
        <StatusBadge status={isThere ? found.status : 'unknown'} />
        {last && (
          <span className="bw-muted">
            newest: <Span start={last.start} end={last.end} />
          </span>
        )}
      </div>
      <p className={styles.sentence}>{isThere ? found.sentence : none}</p>
      {found.caveat && <p className="bw-muted">{found.caveat}</p>}
    </section>
  );
}
