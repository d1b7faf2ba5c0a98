// What stands fast about a thing: its status, one sentence, and the few numbers behind it.
import type { ReactNode } from 'react';
import type { Status } from '../api/types';
import styles from './verdict.module.css';

interface Props {
  status: Status;
  lead: ReactNode;
  sentence: ReactNode;
  /** What follows from the sentence. */
  below?: ReactNode;
  /** Facts. */
  children?: ReactNode;
}

export function Verdict({ status, lead, sentence, below, children }: Props) {
  return (
    <section className={styles.verdict} data-status={status} aria-label="Verdict">
      <div className={styles.says}>
        <div className={styles.lead}>{lead}</div>
        <p>{sentence}</p>
        {below}
      </div>
      <dl className={styles.facts}>{children}</dl>
    </section>
  );
}

export function Fact({ name, value, children }: { name: string; value: ReactNode; children?: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value} <small>{children}</small>
      </dd>
    </div>
  );
}
