// Buttons: the plain element in the app's dress, so that the first page carries no kit of controls.
import type { ButtonHTMLAttributes } from 'react';
import styles from './button.module.css';

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: 'main' | 'plain' | 'quiet';
  large?: boolean;
}

export function Button({ kind = 'plain', large = false, className, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      className={[styles.button, className].filter(Boolean).join(' ')}
      data-kind={kind}
      data-large={large || undefined}
    />
  );
}

interface IconProps extends Props {
  /** What it does: its name and its hint. */
  label: string;
  /** The drawing, on a square of 24. */
  d: string;
}

export function IconButton({ label, d, ...rest }: IconProps) {
  return (
    <Button {...rest} className={styles.icon} aria-label={label} title={label}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d={d} />
      </svg>
    </Button>
  );
}
