// A dialog over the page: the browser's own, which keeps the focus inside, closes by Escape and gives the focus back.
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { IconButton } from './button';
import styles from './dialog.module.css';

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

export function Dialog({ title, onClose, children }: Props) {
  const id = useId();
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog?.open) dialog?.showModal?.();
    return () => dialog?.close?.();
  }, []);
  return (
    <dialog
      ref={ref}
      className={styles.dialog}
      aria-labelledby={id}
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      <div className={styles.inside}>
        <header className={styles.head}>
          <h2 id={id}>{title}</h2>
          <IconButton kind="quiet" label="Close" d="m6 6 12 12M18 6 6 18" onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
