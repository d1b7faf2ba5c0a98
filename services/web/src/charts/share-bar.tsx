// A share then and now in one line: now as a bar with how sure it is, then as a mark across it.
import styles from './share-bar.module.css';

interface Props {
  now: number;
  then?: number | null;
  interval?: readonly [number, number] | null;
  /** What fills the whole width. */
  most: number;
}

export function ShareBar({ now, then, interval, most }: Props) {
  const at = (value: number) => `${Math.min(100, (Math.max(0, value) / (most || 1)) * 100).toFixed(2)}%`;
  return (
    <span className={styles.track} aria-hidden="true">
      <i className={styles.now} style={{ width: at(now) }} />
      {interval && (
        <i
          className={styles.sure}
          style={{ left: at(interval[0]), width: `calc(${at(interval[1])} - ${at(interval[0])})` }}
        />
      )}
      {then != null && <i className={styles.then} style={{ left: at(then) }} />}
    </span>
  );
}

export function ShareLegend({ then }: { then: string }) {
  return (
    <ul className={styles.legend}>
      <li>
        <i className={styles.now} aria-hidden="true" /> now
      </li>
      <li>
        <i className={styles.then} aria-hidden="true" /> {then}
      </li>
    </ul>
  );
}
