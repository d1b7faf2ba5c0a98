// What is wrong with values or rows: each in the server's words, the worst first.
import type { Issue } from '../../api/types';
import { StatusBadge } from '../../ui/status';
import styles from './list.module.css';

export function IssueList({ issues }: { issues: readonly Issue[] }) {
  return (
    <ul className={styles.issues}>
      {issues.map((one) => (
        <li key={one.sentence}>
          <StatusBadge status={one.status} />
          <span>{one.sentence}</span>
        </li>
      ))}
    </ul>
  );
}
