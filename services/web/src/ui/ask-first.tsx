// A button for what cannot be taken back: it asks once before it acts.
import { useState } from 'react';
import styles from './ask-first.module.css';
import { Button } from './button';

interface Props {
  /** What is done, shortly: Remove. */
  word: string;
  /** To what it is done. */
  name: string;
  question: string;
  /** The button that does it. */
  yes: string;
  isBusy: boolean;
  onYes: () => void;
}

export function AskFirst({ word, name, question, yes, isBusy, onYes }: Props) {
  const [state, setState] = useState<'new' | 'asking' | 'kept'>('new');
  const label = `${word} ${name}`;
  if (state !== 'asking') {
    return (
      <Button
        kind="quiet"
        aria-label={label}
        autoFocus={state === 'kept'} // where the keyboard was
        disabled={isBusy}
        onClick={() => setState('asking')}
      >
        {word}
      </Button>
    );
  }
  const sure = () => {
    setState('kept');
    onYes();
  };
  return (
    <div className={styles.ask} role="group" aria-label={`${label}?`}>
      <span>{question}</span>
      <Button onClick={sure} autoFocus>
        {yes}
      </Button>
      <Button kind="quiet" onClick={() => setState('kept')}>
        Keep it
      </Button>
    </div>
  );
}
