// One key figure: what it says in words, its value, how near its lines it is, how sure that is, and how it is known.
import { Link } from 'react-router';
import type { Kpi } from '../../api/types';
import { Gauge } from '../../charts/gauge';
import { percent } from '../../ui/format';
import { StatusBadge } from '../../ui/status';
import { Since } from '../../ui/time';
import { behind } from './behind';
import styles from './card.module.css';
import { change, written } from './value';

export function KpiCard({ kpi, level = 3 }: { kpi: Kpi; level?: 2 | 3 }) {
  const Title = `h${level}` as const;
  const page = behind(kpi);
  return (
    <article className={styles.card} data-status={kpi.status}>
      <header className={styles.head}>
        <Title>{kpi.title}</Title>
        <StatusBadge status={kpi.status} />
      </header>
      <div className={styles.value}>
        <div>
          <b>{kpi.value === null ? 'Not known' : written(kpi.value, kpi)}</b>
          {kpi.delta !== null && kpi.delta !== 0 && <span>{`${change(kpi.delta, kpi)} in 7 days`}</span>}
          {kpi.since !== null && kpi.status !== 'fine' && (
            <span>
              <Since time={kpi.since} />
            </span>
          )}
        </div>
        <Gauge severity={kpi.severity} status={kpi.status} />
      </div>
      <p className={styles.says}>{kpi.sentence}</p>
      {kpi.caveat !== null && <p className={styles.caveat}>{kpi.caveat}</p>}
      {kpi.muted_until !== null && (
        <p className={styles.caveat}>
          Expected until <Since time={kpi.muted_until} bare />: nobody is told.
        </p>
      )}
      <details className={styles.how}>
        <summary>{`How it is known, ${sure(kpi.confidence)}`}</summary>
        <p>{kpi.formula}</p>
        {kpi.inputs.length > 0 && (
          <dl>
            {kpi.inputs.map(({ name, value, unit }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{said(value, unit)}</dd>
              </div>
            ))}
          </dl>
        )}
        <p className="bw-muted">{`Confidence ${percent(kpi.confidence)}.`}</p>
      </details>
      {page && (
        <p className={styles.more}>
          <Link to={page[1]}>{page[0]}</Link>
        </p>
      )}
    </article>
  );
}

/** Confidence in words. */
function sure(confidence: number): string {
  if (confidence >= 0.9) return 'sure';
  if (confidence >= 0.6) return 'fairly sure';
  return 'with little data';
}

function said(value: number | string | null, unit: string): string {
  if (value === null) return 'not known';
  if (typeof value === 'string') return value;
  return written(value, { id: 'input', unit, direction: 'lower' });
}
