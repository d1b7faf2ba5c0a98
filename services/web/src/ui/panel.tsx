// A titled part of a page.
import { useId, type ReactNode } from 'react';
import styles from './panel.module.css';

interface Props {
  title?: ReactNode;
  /** A line under the title: what the part shows, in words. */
  lead?: ReactNode;
  /** Controls at the title's right. */
  aside?: ReactNode;
  /** Content that reaches the panel's edges (tables). */
  flush?: boolean;
  children: ReactNode;
}

export function Panel({ title, lead, aside, flush = false, children }: Props) {
  const id = useId();
  return (
    <section className={styles.panel} {...(title != null && { 'aria-labelledby': id })}>
      {title != null && (
        <header className={styles.head}>
          <div>
            <h2 id={id}>{title}</h2>
            {lead != null && <p className={styles.lead}>{lead}</p>}
          </div>
          {aside != null && <div className={styles.aside}>{aside}</div>}
        </header>
      )}
      <div className={flush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}
