// The parts of the settings; those this server cannot fill are left out.
import { has } from '../../app/has';
import { paths } from '../../app/paths';
import { Tabs } from '../../ui/tabs';

const PARTS = [
  ['models', 'Models', '/models'],
  ['sources', 'Sources', '/sources'],
  ['rules', 'Rules', '/rules'],
  ['channels', 'Channels', '/channels'],
  ['keys', 'Keys', '/keys'],
  ['health', 'Health', '/dead-letters'],
] as const;

export function SettingsNav({ part }: { part: string }) {
  const pages = PARTS.filter(([, , route]) => has(route));
  return (
    <Tabs
      label="Settings"
      pages={pages.map(([name, words]) => [words, paths.settings(name)])}
      current={paths.settings(part)}
    />
  );
}
