// How many models stand where; each count is the filter for it.
import type { Fleet } from '../../api/types';
import { Choice, Field } from '../../ui/field';
import { STATUSES, StatusMark, WORD } from '../../ui/status';
import { useTyped } from '../../ui/use-typed';
import type { FleetUrl } from './page';
import styles from './page.module.css';

interface Props {
  fleet: Fleet;
  url: FleetUrl;
  shown: number;
}

export function FleetFilter({ fleet, url, shown }: Props) {
  const { status, q, sort } = url.values;
  const [typed, setTyped] = useTyped(q, (next) => url.set({ q: next }));
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
                url.set({ status: isOn ? status.filter((other) => other !== one) : [...status, one] })
              }
            >
              <StatusMark status={one} size={22} silent />
              <b>{fleet.counts[one]}</b>
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
        <Choice
          label="Sort"
          value={sort}
          onChange={(event) => url.set({ sort: event.currentTarget.value as typeof sort })}
        >
          <option value="severity">Most urgent</option>
          <option value="name">Name</option>
          <option value="recent">Newest batch</option>
        </Choice>
      </div>
      <p className="bw-hidden" role="status">
        {`${shown} of ${fleet.items.length} models shown`}
      </p>
    </div>
  );
}
