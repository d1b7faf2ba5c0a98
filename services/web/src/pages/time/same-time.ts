// The stretch of time and the chosen moment go along from page to page of a model.
import { useSearchParams } from 'react-router';
import { withSearch } from '../../app/paths';
import { TIME } from './window';

/** Gives an address the time of the page it is on. */
export function useSameTime(): (path: string) => string {
  const [search] = useSearchParams();
  const kept = Object.fromEntries(Object.keys(TIME).map((name) => [name, search.get(name) ?? undefined]));
  return (path) => withSearch(path, kept);
}
