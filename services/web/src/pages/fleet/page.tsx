// Every model, the most urgent first: what is happening, in a sentence, and since when.
import { useQuery } from '@tanstack/react-query';
import { fleetQuery } from '../../api/fleet';
import type { FleetItem } from '../../api/types';
import { oneOf, someOf, text, useUrl } from '../../app/url';
import { Empty } from '../../ui/empty';
import { Loaded } from '../../ui/loaded';
import { STATUSES } from '../../ui/status';
import { FleetFilter } from './filter';
import styles from './page.module.css';
import { FleetTable } from './table';

const SPEC = { status: someOf(STATUSES), q: text, sort: oneOf(['severity', 'name', 'recent'], 'severity') };
export type FleetUrl = ReturnType<typeof useUrl<typeof SPEC>>;

export function FleetPage() {
  const query = useQuery(fleetQuery());
  const url = useUrl(SPEC);
  return (
    <>
      <title>Fleet · Bellwether</title>
      <h1>Fleet</h1>
      <Loaded
        query={query}
        what="the models"
        height={320}
        empty={({ items }) => (items.length ? null : <NoModels />)}
      >
        {(fleet) => {
          const shown = pick(fleet.items, url.values);
          return (
            <>
              <FleetFilter fleet={fleet} url={url} shown={shown.length} />
              {shown.length ? (
                <FleetTable entries={shown} />
              ) : (
                <div className={styles.none}>
                  <Empty title="No model fits these filters">
                    <button
                      type="button"
                      className={styles.clear}
                      onClick={() => url.set({ status: [], q: '' })}
                    >
                      Show all {fleet.items.length}
                    </button>
                  </Empty>
                </div>
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function NoModels() {
  return (
    <div className={styles.none}>
      <Empty title="No models yet" command="bellwether model add my-model --reference reference.parquet">
        Add a model with the data it was trained on, then push batches of predictions. Or start the demo with{' '}
        <code>make demo</code>.
      </Empty>
    </div>
  );
}

/** The entries asked for; the server's order is the most urgent first. */
export function pick(items: readonly FleetItem[], { status, q, sort }: FleetUrl['values']): FleetItem[] {
  const wanted = q.trim().toLowerCase();
  const found = items.filter(
    (entry) =>
      (!status.length || status.includes(entry.status)) &&
      (!wanted || `${entry.model} ${entry.sentence}`.toLowerCase().includes(wanted)),
  );
  if (sort === 'name') found.sort((a, b) => a.model.localeCompare(b.model));
  if (sort === 'recent') found.sort((a, b) => (b.batch_end ?? '').localeCompare(a.batch_end ?? ''));
  return found;
}
