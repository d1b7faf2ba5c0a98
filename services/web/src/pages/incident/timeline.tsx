// What happened, newest first, and a place for a note.
import { useState, type FormEvent } from 'react';
import type { Incident } from '../../api/types';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { dateTime } from '../../ui/format';
import { Panel } from '../../ui/panel';
import styles from './page.module.css';
import { useChange } from './use-change';

type Action = Incident['actions'][number];

/** Decisions in words; those that end or reopen an incident stand in its timeline by themselves. */
const SAID: Partial<Record<Action['action'], (action: Action) => string>> = {
  acknowledge: () => 'Acknowledged',
  note: ({ note }) => `“${note}”`,
  useful: () => 'Called useful',
  expect: ({ note }) => `Expected: ${note}`,
  reject_cause: () => 'Likely cause rejected',
};

const decisions = ({ actions }: Incident) =>
  actions.flatMap((action) => {
    const said = SAID[action.action]?.(action);
    return said ? [{ at: action.at, text: said, actor: action.actor }] : [];
  });

export function Timeline({ incident }: { incident: Incident }) {
  const { mutate, isPending } = useChange(incident);
  const [note, setNote] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (note.trim()) mutate({ note: note.trim() }, { onSuccess: () => setNote('') });
  };
  const entries = [...incident.timeline, ...decisions(incident)]
    .reverse()
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return (
    <Panel title="What happened">
      <ol className={styles.steps}>
        {entries.map(({ at, text, actor }) => (
          <li key={`${at} ${text}`} className={styles.step}>
            <time dateTime={at}>{dateTime(Date.parse(at))}</time>
            <p>
              {text}
              {actor && <span className="bw-muted">{` by ${actor}`}</span>}
            </p>
          </li>
        ))}
      </ol>
      <form className={`${styles.note} bw-screen`} onSubmit={submit}>
        <Field
          label="Note"
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Button type="submit" disabled={isPending || !note.trim()}>
          Add
        </Button>
      </form>
    </Panel>
  );
}
