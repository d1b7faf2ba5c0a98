// Names and their values, as logged.
import type { ReactNode } from 'react';
import { Panel } from '../../ui/panel';
import styles from './named.module.css';

export function Named({ title, values }: { title: string; values: Readonly<Record<string, ReactNode>> }) {
  const all = Object.entries(values);
  if (!all.length) return null;
  return (
    <Panel title={title}>
      <dl className={styles.named}>
        {all.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
