// What failed, what still works and what to do; never a stack.
import type { ReactNode } from 'react';
import type { Problem } from '../api/problem';
import { Button } from './button';
import { Faults } from './faults';
import styles from './problem-view.module.css';

interface Props {
  problem: Problem;
  what: string;
  /** What was tried with it. */
  act?: 'load' | 'save';
  onRetry?: () => void;
}

export function ProblemView({ problem, what, act = 'load', onRetry }: Props) {
  const missing = problem.status === 404 && act === 'load';
  return (
    <div className={styles.problem} role="alert">
      <p className={styles.title}>
        {missing ? `No ${what.replace(/^(the|this) /, '')} here` : `Could not ${act} ${what}`}
      </p>
      <p>
        <b>{problem.title}</b>
        {problem.detail && ` ${problem.detail}`}
      </p>
      {problem.faults.length > 0 && <Faults faults={problem.faults} />}
      <div className={styles.foot}>
        {onRetry && !missing && <Button onClick={onRetry}>Try again</Button>}
        {problem.requestId && (
          <span className="bw-muted">
            Request <code>{problem.requestId}</code>
          </span>
        )}
      </div>
    </div>
  );
}

/** A line above what is shown: something beside it is not as it should be. */
export function Notice({ children }: { children: ReactNode }) {
  return (
    <p className={styles.notice} role="status">
      {children}
    </p>
  );
}
