// The page itself broke: say so, offer the way back, keep the reason for the report.
import { isRouteErrorResponse, useRouteError } from 'react-router';
import { paths } from './paths';
import styles from './shell.module.css';

export function Crash() {
  const error = useRouteError();
  const reason = isRouteErrorResponse(error)
    ? error.statusText
    : error instanceof Error
      ? error.message
      : String(error);
  // After an update of the server the old page asks for parts that are gone; a reload brings the new ones.
  const isStale = /dynamically imported module|module script/i.test(reason);
  return (
    <main className={styles.main}>
      <h1>{isStale ? 'This page was updated' : 'This page broke'}</h1>
      <p>
        {isStale
          ? 'Bellwether was updated while the page was open. Reload to go on.'
          : 'The fault is in the page, not in your data. Reload; if it happens again, report the line below.'}
      </p>
      <p>
        <code>{reason}</code>
      </p>
      <p>
        <a href={globalThis.location.href}>Reload</a> · <a href={paths.fleet()}>All models</a>
      </p>
    </main>
  );
}
