// What rests on a step, over all models.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { impactQuery } from '../../api/lineage';
import type { GraphFound } from '../../api/types';
import { paths } from '../../app/paths';
import { MarkIcon } from '../../graph/path';
import { markStatus } from '../../graph/status';
import { count } from '../../ui/format';
import { Loaded } from '../../ui/loaded';
import { StatusMark } from '../../ui/status';
import { Moment } from '../../ui/time';
import styles from './impact.module.css';
import { KIND } from './words';

const MOST = 12;

interface Props {
  model: string;
  node: string;
  onChoose: (id: string) => void;
}

export function ImpactList({ model, node, onChoose }: Props) {
  const query = useQuery(impactQuery(model, node));
  return (
    <section className={styles.impact} aria-label="What rests on it">
      <Loaded query={query} what="what rests on it" height={80}>
        {(found) => (
          <>
            <p>{found.sentence}</p>
            {found.models.length > 0 && (
              <ul>
                {found.models.map((one) => (
                  <li key={one.model}>
                    <StatusMark status={one.verdict ?? 'unknown'} size={15} />
                    <Link to={paths.model(one.model)}>{one.model}</Link>
                    <span className="bw-muted">{`${count(one.batches)} batches, ${count(one.reports)} reports`}</span>
                  </li>
                ))}
              </ul>
            )}
            <Things items={[...found.batches, ...found.reports, ...found.others]} onChoose={onChoose} />
            {found.foreign > 0 && (
              <p className="bw-muted">{`${count(found.foreign)} more models rest on it that this key may not see.`}</p>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

function Things({ items, onChoose }: { items: readonly GraphFound[]; onChoose: (id: string) => void }) {
  if (!items.length) return null;
  return (
    <ul>
      {items.slice(0, MOST).map((one) => (
        <li key={one.id}>
          <MarkIcon status={markStatus(one)} size={15} />
          <button type="button" onClick={() => onChoose(one.id)}>
            {KIND[one.kind]} {one.label}
          </button>
          <span className="bw-muted">
            <Moment time={one.last} />
          </span>
        </li>
      ))}
      {items.length > MOST && <li className="bw-muted">{`and ${count(items.length - MOST)} more`}</li>}
    </ul>
  );
}
