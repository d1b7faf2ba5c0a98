// Finding a step by name or id, and looking at the graph as it was.
import { useQuery } from '@tanstack/react-query';
import { searchQuery } from '../../api/lineage';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { dateTime } from '../../ui/format';
import { Loaded } from '../../ui/loaded';
import { Notice } from '../../ui/problem-view';
import { Moment } from '../../ui/time';
import { useTyped } from '../../ui/use-typed';
import { MarkIcon } from '../../graph/path';
import { markStatus } from '../../graph/status';
import styles from './asked.module.css';
import type { ProvenanceUrl } from './page';
import { KIND } from './words';

interface Props {
  model: string;
  url: ProvenanceUrl;
  onChoose: (id: string) => void;
}

export function Search({ model, url, onChoose }: Props) {
  const { q, asof } = url.values;
  const [typed, type] = useTyped(q, (next) => url.set({ q: next }));
  const query = useQuery({ ...searchQuery(model, q.trim()), enabled: q.trim() !== '' });
  return (
    <div className={`${styles.asked} bw-screen`}>
      <div className={styles.fields}>
        <Field
          label="Find a step"
          bare
          type="search"
          placeholder="Find a step by name, run id or dataset"
          value={typed}
          onChange={(event) => type(event.currentTarget.value)}
        />
        <label className={styles.asof}>
          <span>As it was on</span>
          <input
            type="date"
            value={asof === null ? '' : new Date(asof - 1).toISOString().slice(0, 10)}
            onChange={({ currentTarget: { value } }) => url.set({ asof: value ? endOf(value) : null })}
          />
        </label>
      </div>
      {q.trim() !== '' && (
        <div className={styles.found}>
          <Loaded
            query={query}
            what="what was found"
            height={60}
            empty={({ items }) =>
              items.length ? null : (
                <p className={styles.none}>
                  Nothing is called “{q}”. A part of a name is enough; of runs and batches give the whole id.
                </p>
              )
            }
          >
            {({ items, truncated }) => (
              <>
                <ul aria-label={`Steps found for ${q}`}>
                  {items.map((one) => (
                    <li key={one.id}>
                      <button type="button" onClick={() => onChoose(one.id)}>
                        <MarkIcon status={markStatus(one)} size={16} />
                        <b>{one.label}</b>
                        <span className="bw-muted">
                          {KIND[one.kind]}, <Moment time={one.last} />
                        </span>
                      </button>
                    </li>
                  ))}
                </ul>
                {truncated && <p className={styles.none}>There are more: type more of the name.</p>}
              </>
            )}
          </Loaded>
        </div>
      )}
    </div>
  );
}

/** The last moment of a day of UTC. */
const endOf = (day: string) => Date.parse(`${day}T00:00:00Z`) + 86_400_000;

export function AsOf({ at, onNow }: { at: number; onNow: () => void }) {
  return (
    <Notice>
      {`As it was at ${dateTime(at, { timeZone: 'UTC' })}: runs that had not ended are shown running. `}
      <Button kind="quiet" onClick={onNow}>
        Back to now
      </Button>
    </Notice>
  );
}
