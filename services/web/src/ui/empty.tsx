// Nothing here yet: what to do next, and one command that does it.
import type { ReactNode } from 'react';
import styles from './empty.module.css';

interface Props {
  title: string;
  command?: string;
  children?: ReactNode;
}

export function Empty({ title, command, children }: Props) {
  return (
    <div className={styles.empty}>
      <p className={styles.title}>{title}</p>
      {children != null && <div className={styles.text}>{children}</div>}
      {command !== undefined && (
        <pre className={styles.command} tabIndex={0}>
          {command}
        </pre>
      )}
    </div>
  );
}
