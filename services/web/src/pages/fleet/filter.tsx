// How many models stand where; each count is the filter for it. Then search, owner, tier and order.
import type { Fleet } from '../../api/types';
import { Choice, Field } from '../../ui/field';
import { STATUSES, StatusMark, WORD } from '../../ui/status';
import { count } from '../../ui/format';
import { useTyped } from '../../ui/use-typed';
import { TIERS, type FleetUrl } from './page';
import styles from './page.module.css';

export function FleetFilter({ fleet, url }: { fleet: Fleet; url: FleetUrl }) {
  const { status, q, sort, owner, tier } = url.values;
  // Another question begins at its first page.
  const ask = (change: Partial<FleetUrl['values']>) => url.set({ ...change, after: '' });
  const [typed, setTyped] = useTyped(q, (next) => ask({ q: next }));
  return (
    <div className={styles.filter}>
      <div className={styles.counts} role="group" aria-label="Filter by status">
        {STATUSES.map((one) => {
          const isOn = status.includes(one);
          return (
            <button
              key={one}
              type="button"
              className={styles.tile}
              data-status={one}
              aria-pressed={isOn}
              disabled={!fleet.counts[one] && !isOn}
              onClick={() =>
                ask({ status: isOn ? status.filter((other) => other !== one) : [...status, one] })
              }
            >
              <StatusMark status={one} size={22} silent />
              <b>{count(fleet.counts[one])}</b>
              <span>{WORD[one]}</span>
            </button>
          );
        })}
      </div>
      <div className={styles.find}>
        <Field
          label="Search models"
          bare
          type="search"
          placeholder="Search models"
          data-shortcut="search"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {(fleet.owners.length > 1 || owner) && (
          <Choice label="Owner" value={owner} onChange={(event) => ask({ owner: event.currentTarget.value })}>
            <option value="">All</option>
            {[...new Set([...fleet.owners, ...(owner ? [owner] : [])])].map((one) => (
              <option key={one}>{one}</option>
            ))}
          </Choice>
        )}
        <Choice
          label="Tier"
          value={tier}
          onChange={(event) => ask({ tier: event.currentTarget.value as (typeof TIERS)[number] })}
        >
          {TIERS.map((one) => (
            <option key={one} value={one}>
              {one || 'All'}
            </option>
          ))}
        </Choice>
        <Choice
          label="Sort"
          value={sort}
          onChange={(event) => ask({ sort: event.currentTarget.value as typeof sort })}
        >
          <option value="severity">Most urgent</option>
          <option value="name">Name</option>
          <option value="recent">Newest batch</option>
        </Choice>
      </div>
      <p className="bw-hidden" role="status">
        {`${count(fleet.total)} models found`}
      </p>
    </div>
  );
}
