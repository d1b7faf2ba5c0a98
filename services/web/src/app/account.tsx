// Who is signed in, and the way out.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { sessionQuery, signOut } from '../api/session';
import { Button } from '../ui/button';
import styles from './shell.module.css';
import { setSignedOut } from './signed';

export function Account() {
  const queries = useQueryClient();
  const { data } = useQuery(sessionQuery());
  const leave = async () => {
    await signOut();
    setSignedOut(true);
    queries.clear();
  };
  return (
    <>
      {data && <span className={styles.who}>{data.name}</span>}
      <Button kind="quiet" onClick={() => void leave()}>
        Sign out
      </Button>
    </>
  );
}
