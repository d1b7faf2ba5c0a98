// The pages of the main navigation; those this server cannot fill are left out.
import { has } from './has';
import { paths } from './paths';

const ALL = [
  ['Fleet', paths.fleet(), '/fleet/summary'],
  ['Pipelines', paths.pipelines(), '/pipelines'],
] as const;

export const NAV = ALL.filter(([, , route]) => has(route));
