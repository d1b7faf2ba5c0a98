// What else is not fine in the same batch: changes that come together often have one cause.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { reportQuery } from '../../api/drift';
import type { DriftPoint } from '../../api/types';
import { paths, withSearch } from '../../app/paths';
import { printMoment } from '../../app/url';
import { count, score } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { StatusMark } from '../../ui/status';
import styles from './others.module.css';

/** Named at once, the most important first; the page of the model lists all. */
const MOST = 24;

interface Props {
  model: string;
  batch: string;
  feature: string;
  at: DriftPoint;
}

export function Others({ model, batch, feature, at }: Props) {
  const { data } = useQuery(reportQuery(model, batch));
  const others = [data?.prediction, ...(data?.features ?? [])]
    .filter((one) => one != null)
    .filter((one) => one.feature !== feature && (one.status === 'act' || one.status === 'watch'))
    .sort(
      (a, b) =>
        Number(b.status === 'act') - Number(a.status === 'act') || (b.importance ?? 0) - (a.importance ?? 0),
    );
  if (!others.length) return null;
  const moment = printMoment(Date.parse(at.start ?? at.end));
  return (
    <Panel title="Also changed in this batch">
      <ul className={styles.list}>
        {others.slice(0, MOST).map((one) => (
          <li key={one.feature}>
            <Link to={withSearch(paths.feature(model, one.feature), { at: moment })}>
              <StatusMark status={one.status} size={16} />
              {one.feature}
              {one.score !== null && <b>{score(one.score)}</b>}
            </Link>
          </li>
        ))}
        {others.length > MOST && (
          <li>
            <Link
              to={withSearch(paths.model(model), { at: moment })}
            >{`${count(others.length - MOST)} more`}</Link>
          </li>
        )}
      </ul>
    </Panel>
  );
}
