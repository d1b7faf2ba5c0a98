// A key for a session. It stands in place of the page asked for, so that its address is kept.
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Problem } from '../../api/problem';
import { signIn } from '../../api/session';
import { Logo } from '../../app/logo';
import { setSignedOut } from '../../app/signed';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import styles from './page.module.css';

export function SignInPage() {
  const queries = useQueryClient();
  const [key, setKey] = useState('');
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setFault('');
    try {
      await signIn(key.trim());
      queries.clear();
      setSignedOut(false);
    } catch (error) {
      setFault(words(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <main className={styles.page}>
      <title>Sign in · Bellwether</title>
      <form className={styles.card} onSubmit={(event) => void submit(event)}>
        <Logo size={40} />
        <h1>Sign in to Bellwether</h1>
        <Field
          label="API key"
          hint={
            <>
              Printed when Bellwether started, or made with <code>bellwether token create</code>.
            </>
          }
          type="password"
          autoComplete="current-password"
          autoFocus
          required
          fault={fault}
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <Button type="submit" kind="main" large disabled={busy}>
          {busy ? 'Signing in…' : 'Sign in'}
        </Button>
        <p className={styles.note}>The key is exchanged for a session cookie and not kept in the browser.</p>
      </form>
    </main>
  );
}

function words(error: unknown): string {
  if (!(error instanceof Problem)) throw error;
  if (error.status === 401 || error.status === 403) {
    return 'This key is not known, or was withdrawn. Check that it is whole.';
  }
  return [error.title, error.detail].filter(Boolean).join('. ');
}
