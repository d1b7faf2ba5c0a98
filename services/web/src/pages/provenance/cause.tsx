// The likely cause: what it is, how strongly the tests speak for it, and its rivals.
import { useQuery } from '@tanstack/react-query';
import { causesQuery } from '../../api/causes';
import { has } from '../../app/has';
import { Panel } from '../../ui/panel';
import { Moment } from '../../ui/time';
import styles from './cause.module.css';
import { parse } from './words';

const TESTS = [
  ['onset', 'new since the last good batch'],
  ['column', 'leads to an input that drifts'],
  ['size', 'its size fits'],
  ['siblings', 'what does not rest on it is fine'],
] as const;

const WORD = { true: 'holds', false: 'fails', null: 'cannot be tested' } as const;

interface Props {
  model: string;
  chosen: string | null;
  onChoose: (id: string) => void;
}

/** Of the chosen report; of the newest one where another step is chosen. */
export function Cause({ model, chosen, onChoose }: Props) {
  const report = chosen !== null && parse(chosen).name.startsWith('drift/') ? chosen : null;
  const { data } = useQuery({
    ...causesQuery(model, report === null ? {} : { report }),
    enabled: has('/lineage/root-cause'),
  });
  if (data?.status !== 'found') return null;
  return (
    <Panel
      title={report === null ? 'Likely cause of the newest drift' : 'Likely cause'}
      lead="Likely, not proven: judge it by its tests."
    >
      <ol className={styles.causes}>
        {data.causes.slice(0, 3).map((cause) => (
          <li key={`${cause.node} ${cause.rule}`}>
            <p className={styles.what}>
              <button type="button" onClick={() => onChoose(cause.node)}>
                {cause.sentence}
              </button>
              <span className={styles.strength}>{cause.strength}</span>
            </p>
            {cause.at !== null && (
              <p className="bw-muted">
                {cause.label}, <Moment time={cause.at} />
              </p>
            )}
            {cause.error !== null && (
              <details className={styles.error}>
                <summary>The error as its source tells it</summary>
                {cause.error}
              </details>
            )}
            <ul className={styles.tests}>
              {TESTS.map(([test, words]) => {
                const holds = cause.tests[test];
                return (
                  <li key={test} data-holds={String(holds)}>
                    {words}
                    <span className="bw-hidden">: {WORD[`${holds}`]}</span>
                  </li>
                );
              })}
            </ul>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
