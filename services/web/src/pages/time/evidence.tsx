// The evidence pack of a stretch of time: what it is, which days, and the file.
import { useState } from 'react';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import button from '../../ui/button.module.css';
import styles from '../expect/dialog.module.css';

interface Props {
  model: string;
  /** Two days, both included: what is shown. */
  from: string;
  to: string;
  onClose: () => void;
}

export function EvidenceDialog({ model, from, to, onClose }: Props) {
  const [days, setDays] = useState({ from, to });
  const fault =
    !days.from || !days.to
      ? 'Choose both days.'
      : days.from > days.to
        ? `The last day is before the first: choose ${days.from} or later.`
        : undefined;
  const bind = (name: 'from' | 'to') => ({
    type: 'date',
    required: true,
    value: days[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setDays({ ...days, [name]: event.currentTarget.value }),
  });
  return (
    <Dialog title="Evidence pack" onClose={onClose}>
      <div className={styles.form}>
        <p>
          {`One ZIP file for an audit: all that is known of ${model} in these days. It holds the report and its tables, versions, thresholds, references and batches with their hashes, incidents with what people decided, and where their data came from. `}
          <code>bellwether evidence verify FILE</code> says whether any part was changed since.
        </p>
        <Field label="First day" autoFocus {...bind('from')} />
        <Field label="Last day" fault={fault} {...bind('to')} />
        <footer>
          {fault === undefined ? (
            <a
              className={`${button.button} ${button.link}`}
              data-kind="main"
              href={`/api/v1/models/${encodeURIComponent(model)}/evidence?${new URLSearchParams(days).toString()}`}
              download
              onClick={onClose}
            >
              Download
            </a>
          ) : (
            <Button kind="main" disabled>
              Download
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
        </footer>
      </div>
    </Dialog>
  );
}
