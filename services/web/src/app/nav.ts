// The pages of the main navigation; those this server cannot fill are left out.
import { has } from './has';
import { paths } from './paths';

const ALL = [
  ['Fleet', paths.fleet(), '/fleet/summary'],
  ['Incidents', paths.incidents(), '/incidents'],
  ['Pipelines', paths.pipelines(), '/pipelines'],
  ['Settings', paths.settings(), '/keys'],
] as const;

export const NAV = ALL.filter(([, , route]) => has(route));
