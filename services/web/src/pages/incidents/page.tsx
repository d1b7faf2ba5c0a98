// What calls for a person: one line for each incident, the ones that are not over first.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { incidentsQuery, type IncidentsAsked } from '../../api/incidents';
import type { Incidents } from '../../api/types';
import { paths, withSearch } from '../../app/paths';
import { oneOf, text, useUrl } from '../../app/url';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { Loaded } from '../../ui/loaded';
import { Refusals } from '../../ui/refusals';
import { Segments } from '../../ui/segments';
import { Updates } from '../../ui/updates';
import { useSteady } from '../../ui/use-steady';
import styles from './page.module.css';
import { IncidentRow } from './row';

const STATES = ['open', 'expected', 'resolved', 'noise', 'all'] as const;
const WORDS = {
  open: 'Not over',
  expected: 'Expected',
  resolved: 'Resolved',
  noise: 'Noise',
  all: 'All',
} as const;
const SPEC = { state: oneOf(STATES, 'open'), model: text, after: text };
type InboxUrl = ReturnType<typeof useUrl<typeof SPEC>>;

function asked({ state, model, after }: InboxUrl['values']): IncidentsAsked {
  return {
    ...(state === 'open' ? { open: true } : state !== 'all' && { state }),
    ...(model && { model }),
    ...(after && { cursor: after }),
  };
}

export function IncidentsPage() {
  const url = useUrl(SPEC);
  const { state, model } = url.values;
  const query = useQuery(incidentsQuery(asked(url.values)));
  return (
    <>
      <title>Incidents · Bellwether</title>
      <div className={styles.top}>
        <h1>Incidents</h1>
        <Segments
          label="State"
          value={state}
          options={STATES.map((one) => [one, WORDS[one]] as const)}
          onChange={(one) => url.set({ state: one, after: '' })}
        />
        {model && (
          <p>
            only of <b>{model}</b>{' '}
            <Button kind="quiet" onClick={() => url.set({ model: '', after: '' })}>
              Show those of all models
            </Button>
          </p>
        )}
      </div>
      <Refusals refused={url.refused} />
      <Loaded
        query={query}
        what="the incidents"
        height={320}
        empty={({ items }) => (items.length || url.values.after ? null : <Nothing state={state} />)}
      >
        {(found) => <Inbox found={found} url={url} isSettled={!query.isPlaceholderData} />}
      </Loaded>
    </>
  );
}

function Inbox({ found, url, isSettled }: { found: Incidents; url: InboxUrl; isSettled: boolean }) {
  const steady = useSteady(
    found.items,
    isSettled ? JSON.stringify(asked(url.values)) : '',
    ({ id }) => id,
    ({ state }) => state,
  );
  return (
    <>
      <Updates count={steady.changes} what="incident" onShow={steady.accept}>
        <ul className={styles.list}>
          {steady.shown.map((incident) => (
            <IncidentRow key={incident.id} incident={incident} />
          ))}
        </ul>
      </Updates>
      {(url.values.after || found.next) && (
        <nav className={styles.pager} aria-label="Pages of the incidents">
          {url.values.after && <Button onClick={() => url.set({ after: '' }, { push: true })}>Newest</Button>}
          {found.next && (
            <Button onClick={() => url.set({ after: found.next! }, { push: true })}>Older</Button>
          )}
        </nav>
      )}
    </>
  );
}

function Nothing({ state }: { state: (typeof STATES)[number] }) {
  return (
    <div className={styles.none}>
      <Empty title={state === 'open' ? 'Nothing calls for a person' : 'No incidents here'}>
        {state === 'open' ? (
          <>
            An incident opens when a model stays past its line, data stops, or a pipeline fails.{' '}
            <Link to={paths.settings('rules')}>See the rules</Link>, or{' '}
            <Link to={withSearch(paths.incidents(), { state: 'resolved' })}>what was resolved</Link>.
          </>
        ) : (
          'Incidents of this state will be listed here.'
        )}
      </Empty>
    </div>
  );
}
