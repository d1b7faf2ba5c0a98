// A place for files of rows: chosen, or dropped on it. Files of other kinds are named and not taken.
import { useId, useState } from 'react';
import styles from './page.module.css';
import { ACCEPTED, rowsOf } from './rows';

interface Props {
  label: string;
  about: string;
  isBusy: boolean;
  multiple?: boolean;
  onFiles: (files: readonly File[]) => void;
}

export function FileField({ label, about, isBusy, multiple = false, onFiles }: Props) {
  const id = useId();
  const [isOver, setOver] = useState(false);
  const [fault, setFault] = useState('');
  const take = (input: HTMLInputElement) => {
    const files = [...(input.files ?? [])];
    input.value = ''; // the same file, mended, is a new choice
    const others = files.filter((file) => !rowsOf(file)).map(({ name }) => name);
    setFault(
      others.length
        ? `${others.join(', ')}: not a kind that is read. Save as ${ACCEPTED.replaceAll(',', ', ')}.`
        : '',
    );
    const good = files.filter((file) => rowsOf(file));
    if (good.length) onFiles(good);
  };
  return (
    <>
      <label
        className={styles.file}
        data-over={isOver || undefined}
        onDragOver={() => setOver(true)}
        onDragLeave={() => setOver(false)}
        onDrop={() => setOver(false)}
      >
        <input
          type="file"
          accept={ACCEPTED}
          multiple={multiple}
          aria-label={label}
          aria-describedby={id}
          disabled={isBusy}
          onChange={(event) => take(event.currentTarget)}
        />
        <b>
          {label}, or drop {multiple ? 'them' : 'it'} here
        </b>
        <span id={id} className="bw-muted">
          {about}
        </span>
      </label>
      {fault && (
        <p role="alert" className={styles.fault}>
          {fault}
        </p>
      )}
    </>
  );
}
