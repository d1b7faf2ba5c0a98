// Input fields: native elements with a label, a hint and a fault that assistive technology reads.
import { useId, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes } from 'react';
import styles from './field.module.css';

interface Props extends InputHTMLAttributes<HTMLInputElement> {
  label: ReactNode;
  /** The label is read, not shown. */
  bare?: boolean;
  hint?: ReactNode;
  fault?: string | undefined;
}

export function Field({ label, bare = false, hint, fault, ...rest }: Props) {
  const id = useId();
  const described = [hint != null && `${id}hint`, fault && `${id}fault`].filter(Boolean).join(' ');
  return (
    <div className={styles.field}>
      <Told id={id} label={label} look={bare ? 'bw-hidden' : styles.label} hint={hint} />
      <input
        {...rest}
        id={id}
        className={styles.input}
        aria-invalid={fault ? true : undefined}
        aria-describedby={described || undefined}
      />
      {fault && (
        <p id={`${id}fault`} className={styles.fault} role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}

interface SelectProps extends SelectHTMLAttributes<HTMLSelectElement> {
  label: ReactNode;
  /** The label stands above, as those of fields do; else beside. */
  above?: boolean;
  /** The label is read, not shown. */
  bare?: boolean;
  /** Only below a label that stands above. */
  hint?: ReactNode;
}

/** A label and a choice. */
export function Choice({ label, above = false, bare = false, hint, ...rest }: SelectProps) {
  const id = useId();
  return (
    <div className={above ? styles.field : styles.choice}>
      <Told id={id} label={label} look={bare ? 'bw-hidden' : above ? styles.label : undefined} hint={hint} />
      <select
        {...rest}
        id={id}
        className={styles.input}
        aria-describedby={hint == null ? undefined : `${id}hint`}
      />
    </div>
  );
}

interface ToldProps {
  id: string;
  label: ReactNode;
  look: string | undefined;
  hint: ReactNode;
}

/** The label of a control, and what helps to fill it in. */
function Told({ id, label, look, hint }: ToldProps) {
  return (
    <>
      <label htmlFor={id} className={look}>
        {label}
      </label>
      {hint != null && (
        <p id={`${id}hint`} className={styles.hint}>
          {hint}
        </p>
      )}
    </>
  );
}
