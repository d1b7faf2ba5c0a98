// A table in the app's dress; wide ones scroll in their own frame, which keys can reach.
import type { ReactNode } from 'react';
import styles from './data-table.module.css';

interface Props {
  caption: string;
  /** Keeps to a part of the screen and scrolls, its header in view. */
  tall?: boolean;
  /** Rows become cards on a small screen; cells then need `data-label`. */
  stack?: boolean;
  children: ReactNode;
}

export function DataTable({ caption, tall = false, stack = false, children }: Props) {
  return (
    <div
      className={styles.frame}
      data-tall={tall || undefined}
      data-stack={stack || undefined}
      role="region"
      aria-label={caption}
      tabIndex={0}
    >
      <table className={styles.table}>
        <caption className="bw-hidden">{caption}</caption>
        {children}
      </table>
    </div>
  );
}
