// A list that is being read, and the way to what happened behind it: a button over its upper edge, so that no row
// moves when it comes.
import type { ReactNode } from 'react';
import { Button } from './button';
import { count as words } from './format';
import styles from './updates.module.css';

interface Props {
  count: number;
  /** What the list holds, in the singular. */
  what: string;
  onShow: () => void;
  children: ReactNode;
}

export function Updates({ count, what, onShow, children }: Props) {
  return (
    <div className={styles.list}>
      <div className={styles.updates} role="status">
        {count > 0 && (
          <Button
            onClick={onShow}
          >{`${words(count)} ${what}${count === 1 ? '' : 's'} changed, refresh`}</Button>
        )}
      </div>
      {children}
    </div>
  );
}
