// A link in the dress of a button: it leads somewhere.
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import styles from './button.module.css';

interface Props {
  to: string;
  kind?: 'main' | 'plain';
  large?: boolean;
  children: ReactNode;
}

export function ButtonLink({ to, kind = 'plain', large = false, children }: Props) {
  return (
    <Link
      to={to}
      className={`${styles.button} ${styles.link}`}
      data-kind={kind}
      data-large={large || undefined}
    >
      {children}
    </Link>
  );
}
