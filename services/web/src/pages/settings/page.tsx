// What administrators keep, in parts; the part is in the address.
import { useParams } from 'react-router';
import { has } from '../../app/has';
import { NotFoundPage } from '../not-found/page';
import { Channels } from './channels';
import { Health } from './health';
import { Keys } from './keys';
import { Models } from './models';
import { SettingsNav } from './nav';
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
  const found = PARTS.find(([name, , route]) => name === part && has(route));
  if (!found) return <NotFoundPage />;
  const [, title, , Part] = found;
  return (
    <>
      <title>{`${title} · Settings · Bellwether`}</title>
      <h1>Settings</h1>
      <SettingsNav part={part} />
      <Part />
    </>
  );
}
