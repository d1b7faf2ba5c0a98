// How each side of a model stands: drift, prediction, data, performance.
import type { Status } from '../api/types';
import { StatusMark, WORD } from './status';
import styles from './aspects.module.css';

export function Aspects({ aspects }: { aspects: Readonly<Record<string, Status>> }) {
  const known = Object.entries(aspects);
  if (known.length < 2) return null;
  return (
    <ul className={styles.aspects} aria-label="By aspect">
      {known.map(([name, status]) => (
        <li key={name} title={`${name}: ${WORD[status]}`}>
          <StatusMark status={status} size={14} />
          {name}
        </li>
      ))}
    </ul>
  );
}
