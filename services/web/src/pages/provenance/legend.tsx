// What the shapes of the lanes mean.
import { MarkIcon } from '../../graph/path';
import type { MarkStatus } from '../../graph/status';
import styles from './legend.module.css';

const SHOWN: readonly (readonly [MarkStatus, string])[] = [
  ['fine', 'fine'],
  ['watch', 'watch or cancelled'],
  ['act', 'act or failed'],
  ['stale', 'on old data'],
  ['running', 'running'],
  ['unknown', 'unknown'],
  ['plain', 'data or compute, which has no status'],
];

export function LaneLegend() {
  return (
    <span className={styles.legend}>
      {SHOWN.map(([status, words]) => (
        <span key={status}>
          <MarkIcon status={status} size={15} silent />
          {words}
        </span>
      ))}
      <span>A number: so many steps at once. Filled: on the way to what is chosen.</span>
    </span>
  );
}
