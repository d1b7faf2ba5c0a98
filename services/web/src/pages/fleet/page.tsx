// Every model, the most urgent first: what is happening, in a sentence, and since when.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { fleetQuery, type FleetAsked } from '../../api/fleet';
import type { Fleet } from '../../api/types';
import { has } from '../../app/has';
import { paths } from '../../app/paths';
import { oneOf, someOf, text, useUrl } from '../../app/url';
import { Empty } from '../../ui/empty';
import { Loaded } from '../../ui/loaded';
import { ButtonLink } from '../../ui/button-link';
import { Refusals } from '../../ui/refusals';
import { STATUSES } from '../../ui/status';
import { Updates } from '../../ui/updates';
import { useSteady } from '../../ui/use-steady';
import { FleetFilter } from './filter';
import styles from './page.module.css';
import { Pager } from './pager';
import { FleetTable } from './table';

export const TIERS = ['', '1', '2', '3'] as const;
const SPEC = {
  status: someOf(STATUSES),
  q: text,
  owner: text,
  tier: oneOf(TIERS, ''),
  sort: oneOf(['severity', 'name', 'recent'], 'severity'),
  after: text,
};
export type FleetUrl = ReturnType<typeof useUrl<typeof SPEC>>;
const ALL = { status: [], q: '', owner: '', tier: '', after: '' } as const;

/** What the address asks of the server; the first page without filters asks nothing special. */
function asked({ status, q, owner, tier, sort, after }: FleetUrl['values']): FleetAsked {
  const text = q.trim();
  return {
    ...(status.length && { status: status.join(',') }),
    ...(text && { q: text }),
    ...(owner && { owner }),
    ...(tier && { tier: Number(tier) }),
    ...(sort !== 'severity' && { sort }),
    ...(after && { cursor: after }),
  };
}

export function FleetPage() {
  const url = useUrl(SPEC);
  const query = useQuery(fleetQuery(asked(url.values)));
  return (
    <>
      <title>Fleet · Bellwether</title>
      <div className={styles.top}>
        <div>
          <h1>Fleet</h1>
          {query.data && Object.values(query.data.counts).some((n) => n > 0) && (
            <p className={styles.says}>{query.data.sentence}</p>
          )}
        </div>
        {has('/models:preview') && <ButtonLink to={paths.new()}>Add model</ButtonLink>}
      </div>
      <Refusals refused={url.refused} />
      <Loaded
        query={query}
        what="the models"
        height={320}
        empty={({ counts }) => (Object.values(counts).some((n) => n > 0) ? null : <NoModels />)}
      >
        {(fleet) => <Models fleet={fleet} url={url} isSettled={!query.isPlaceholderData} />}
      </Loaded>
    </>
  );
}

function Models({ fleet, url, isSettled }: { fleet: Fleet; url: FleetUrl; isSettled: boolean }) {
  // While another page is on its way the one before still stands, and is not taken for it.
  const scope = isSettled ? JSON.stringify(asked(url.values)) : '';
  const steady = useSteady(
    fleet.items,
    scope,
    ({ model }) => model,
    ({ status }) => status,
  );
  return (
    <>
      <FleetFilter fleet={fleet} url={url} />
      {fleet.total > 0 ? (
        <Updates count={steady.changes} what="model" onShow={steady.accept}>
          <FleetTable entries={steady.shown} />
        </Updates>
      ) : (
        <div className={styles.none}>
          <Empty title="No model fits these filters">
            <button type="button" className={styles.clear} onClick={() => url.set(ALL)}>
              Show all models
            </button>
          </Empty>
        </div>
      )}
      <Pager fleet={fleet} url={url} />
    </>
  );
}

function NoModels() {
  return (
    <div className={styles.none}>
      <Empty title="No models yet" command="bellwether model add my-model --reference reference.parquet">
        <p>
          A model needs the rows it was trained on, and then its batches of predictions. Everything else is
          guessed, shown to you and can be changed.
        </p>
        {has('/models:preview') && (
          <p className={styles.first}>
            <ButtonLink to={paths.new()} kind="main" large>
              Add your first model
            </ButtonLink>{' '}
            <Link to={`${paths.new()}?source=sample`}>or try it with sample data</Link>
          </p>
        )}
      </Empty>
    </div>
  );
}
