// One incident in the list: what, since when, what it touches, who has it.
import { Link } from 'react-router';
import type { IncidentItem } from '../../api/types';
import { paths } from '../../app/paths';
import { StatusBadge } from '../../ui/status';
import { Ago, Since } from '../../ui/time';
import { When } from '../incident/when';
import { impactWords, isOver, STATE } from './words';
import styles from './page.module.css';

export function IncidentRow({ incident }: { incident: IncidentItem }) {
  const { id, title, sentence, model, status, state, impact, updated_at: updated } = incident;
  const impacts = impactWords(impact);
  return (
    <li className={styles.row} data-over={isOver(state) || undefined}>
      <span>
        <StatusBadge status={status} />
      </span>
      <div>
        <p className={styles.title}>
          <Link to={paths.incident(id)} data-row>
            {title}
          </Link>
        </p>
        <p className={styles.says}>{sentence}</p>
        <p className={styles.facts}>
          {model}, <When incident={incident} />
          {impacts.length > 0 && ` · ${impacts.join(' · ')}`}
        </p>
      </div>
      <div className={styles.side}>
        <b>{STATE[state]}</b>
        {incident.acknowledged_by && !isOver(state) && <span>{`by ${incident.acknowledged_by}`}</span>}
        {incident.muted_until && state === 'expected' && (
          <span>
            until <Since time={incident.muted_until} bare />
          </span>
        )}
        <span>
          changed <Ago time={updated} />
        </span>
      </div>
    </li>
  );
}
