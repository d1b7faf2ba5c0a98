// What wrong decisions cost in this batch, against what they normally cost.
import type { PerformancePart } from '../../api/types';
import { money } from '../../ui/format';
import { Panel } from '../../ui/panel';
import styles from './cost.module.css';

type Found = NonNullable<PerformancePart['money']>;

export function Cost({ found, isReal }: { found: Found; isReal: boolean }) {
  const { cost, normal_cost: normal, excess, currency } = found;
  const most = Math.max(cost, normal ?? 0, 1e-9);
  const rows = [
    ['This batch', cost, 'now'],
    ['Normally', normal, 'then'],
  ] as const;
  return (
    <Panel
      title="What mistakes cost"
      lead={
        excess === null
          ? isReal
            ? 'Counted from labels.'
            : 'Estimated from the scores.'
          : `${money(Math.abs(excess), currency)} ${excess >= 0 ? 'more' : 'less'} than normal, ${isReal ? 'counted from labels' : 'estimated from the scores'}.`
      }
    >
      <dl className={styles.bars}>
        {rows.map(
          ([name, value, kind]) =>
            value !== null && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <i data-kind={kind} style={{ width: `${(value / most) * 100}%` }} />
                  <b>{money(value, currency)}</b>
                </dd>
              </div>
            ),
        )}
      </dl>
    </Panel>
  );
}
