// An expected change: why, and until when. Nobody is told of it until then; values and statuses stay as they are.
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Problem } from '../../api/problem';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { ProblemView } from '../../ui/problem-view';
import { daysFromNow } from '../time/days';
import styles from './dialog.module.css';

const USUAL_DAYS = 14;
const MOST_DAYS = 90;

interface Props {
  /** What nobody is told about meanwhile. */
  about: string;
  save: (change: { reason: string; end: string }) => Promise<unknown>;
  onClose: () => void;
}

export function ExpectDialog({ about, save, onClose }: Props) {
  const [reason, setReason] = useState('');
  const [end, setEnd] = useState(() => daysFromNow(USUAL_DAYS));
  const { mutate, isPending, error } = useMutation({ mutationFn: save, onSuccess: onClose });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate({ reason: reason.trim(), end: `${end}T00:00:00Z` });
  };
  return (
    <Dialog title="This change is expected" onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <p>
          {`Until the end nobody is told about ${about}. `}
          Values and statuses stay visible, with a flag on the time axis. After it, alerts are told again.
        </p>
        <Field
          label="Why"
          required
          maxLength={500}
          autoFocus
          value={reason}
          placeholder="Campaign of the spring"
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Field
          label="Until"
          hint={`At most ${MOST_DAYS} days from now.`}
          type="date"
          required
          min={daysFromNow(1)}
          max={daysFromNow(MOST_DAYS - 1)}
          value={end}
          onChange={(event) => setEnd(event.currentTarget.value)}
        />
        {error instanceof Problem && <ProblemView problem={error} what="the expected change" act="save" />}
        <footer>
          <Button type="submit" kind="main" disabled={isPending || !reason.trim()}>
            Expect it
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </footer>
      </form>
    </Dialog>
  );
}
