// What administrators keep, in parts; the part is in the address.
import { NavLink, useParams } from 'react-router';
import { has } from '../../app/has';
import { paths } from '../../app/paths';
import { NotFoundPage } from '../not-found/page';
import { Channels } from './channels';
import { Health } from './health';
import { Keys } from './keys';
import { Models } from './models';
import styles from './page.module.css';
import { Rules } from './rules';

const PARTS = [
  ['models', 'Models', '/models', Models],
  ['rules', 'Rules', '/rules', Rules],
  ['channels', 'Channels', '/channels', Channels],
  ['keys', 'Keys', '/keys', Keys],
  ['health', 'Health', '/dead-letters', Health],
] as const;

export function SettingsPage() {
  const { part = 'models' } = useParams();
  const parts = PARTS.filter(([, , route]) => has(route));
  const found = parts.find(([name]) => name === part);
  if (!found) return <NotFoundPage />;
  const [, title, , Part] = found;
  return (
    <>
      <title>{`${title} · Settings · Bellwether`}</title>
      <h1>Settings</h1>
      <nav aria-label="Settings" className={`${styles.nav} bw-screen`}>
        {parts.map(([name, words]) => (
          <NavLink
            key={name}
            to={paths.settings(name)}
            {...(name === part && { 'aria-current': 'page' as const })}
          >
            {words}
          </NavLink>
        ))}
        {has('/sources') && <NavLink to={paths.sources()}>Sources</NavLink>}
      </nav>
      <Part />
    </>
  );
}
