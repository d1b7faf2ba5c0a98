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
  // The code of a page that was not opened before cannot be had: no server, or an update took the old files away.
  const isMissing = /dynamically imported module|module script|preload CSS/i.test(reason);
  return (
    <main className={styles.main}>
      <h1>{isMissing ? 'A part of this page could not be loaded' : 'This page broke'}</h1>
      <p>
        {isMissing
          ? 'Bellwether cannot be reached, or was updated while the page was open. Reload to go on.'
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
