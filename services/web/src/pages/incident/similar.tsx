// Former incidents of the same kind: how they ended.
import { Link } from 'react-router';
import type { Incident } from '../../api/types';
import { paths } from '../../app/paths';
import { Panel } from '../../ui/panel';
import { Since } from '../../ui/time';
import styles from './page.module.css';

export function Similar({ incident: { similar } }: { incident: Incident }) {
  return (
    <Panel title="Similar incidents">
      {similar.length === 0 ? (
        <p className="bw-muted">None before.</p>
      ) : (
        <ul className={styles.similar}>
          {similar.map((one) => (
            <li key={one.id}>
              <Link to={paths.incident(one.id)}>{one.title}</Link>
              <span className="bw-muted">
                {' '}
                <Since time={one.since} />
                {one.resolved_at !== null && (
                  <>
                    , over <Since time={one.resolved_at} bare />
                  </>
                )}
                {one.useful === false && ', called noise'}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
