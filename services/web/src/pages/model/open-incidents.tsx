// What of this model waits for a person: each incident that is not over, with the way to its likely cause.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { incidentsQuery } from '../../api/incidents';
import { paths } from '../../app/paths';
import { StatusMark } from '../../ui/status';
import { Since } from '../../ui/time';
import { STATE } from '../incidents/words';
import styles from './open-incidents.module.css';

const MOST = 3;

export function OpenIncidents({ model }: { model: string }) {
  const { data } = useQuery(incidentsQuery({ model, open: true }));
  if (!data?.items.length) return null;
  return (
    <ul className={styles.list} aria-label="Incidents that are not over">
      {data.items.slice(0, MOST).map(({ id, title, status, since, state }) => (
        <li key={id}>
          <StatusMark status={status} size={16} />
          <Link to={paths.incident(id)}>{title}</Link>
          <span className="bw-muted">
            <Since time={since} />, {STATE[state].toLowerCase()}
          </span>
        </li>
      ))}
      {data.items.length > MOST && (
        <li>
          <Link to={`${paths.incidents()}?model=${model}`}>{`${data.items.length - MOST} more`}</Link>
        </li>
      )}
    </ul>
  );
}
