// The parts of the settings; those this server cannot fill are left out.
import { Link } from 'react-router';
import { has } from '../../app/has';
import { paths } from '../../app/paths';
import styles from './page.module.css';

const PARTS = [
  ['models', 'Models', '/models'],
  ['sources', 'Sources', '/sources'],
  ['rules', 'Rules', '/rules'],
  ['channels', 'Channels', '/channels'],
  ['keys', 'Keys', '/keys'],
  ['health', 'Health', '/dead-letters'],
] as const;

export function SettingsNav({ part }: { part: string }) {
  return (
    <nav aria-label="Settings" className={`${styles.nav} bw-screen`}>
      {PARTS.filter(([, , route]) => has(route)).map(([name, words]) => (
        <Link
          key={name}
          to={paths.settings(name)}
          {...(name === part && { 'aria-current': 'page' as const })}
        >
          {words}
        </Link>
      ))}
    </nav>
  );
}
