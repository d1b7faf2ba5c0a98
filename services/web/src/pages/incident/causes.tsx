// The likely cause with its tests, and its rivals. It is never more than likely, and can be rejected.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { causesQuery } from '../../api/causes';
import type { Cause, Incident } from '../../api/types';
import { has } from '../../app/has';
import { paths, withSearch } from '../../app/paths';
import { oneOf, useUrl } from '../../app/url';
import { Button } from '../../ui/button';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { Since } from '../../ui/time';
import { WhereFrom } from './where-from';
import styles from './page.module.css';
import { useChange } from './use-change';

const TESTS = [
  ['onset', 'its onset matches'],
  ['column', 'it leads to the column'],
  ['size', 'its size matches'],
  ['siblings', 'what does not rest on it is fine'],
] as const;
const SPEC = { causes: oneOf(['first', 'all'], 'first') };
const WORD = { true: 'holds', false: 'fails', null: 'cannot be tested' } as const;

export function Causes({ incident }: { incident: Incident }) {
  const query = useQuery({
    ...causesQuery(incident.model, { incident: incident.id }),
    enabled: has('/lineage/root-cause'),
  });
  const url = useUrl(SPEC);
  const isAll = url.values.causes === 'all';
  const causes = query.data?.causes ?? [];
  return (
    <Panel
      title="Likely cause"
      lead={
        causes.length > 0 && 'Likely, not proven: judge it by its tests, and reject it if you know better.'
      }
      aside={
        causes.length > 1 && (
          <Button
            kind="quiet"
            aria-expanded={isAll}
            onClick={() => url.set({ causes: isAll ? 'first' : 'all' })}
          >
            {isAll ? 'Only the likeliest' : `Others: ${causes.length - 1}`}
          </Button>
        )
      }
    >
      <Loaded query={query} what="the likely causes" height={120}>
        {({ sentence, reason }) => (
          <>
            {causes.length === 0 && <p>{sentence || reason}</p>}
            <ol className={styles.causes}>
              {(isAll ? causes : causes.slice(0, 1)).map((cause) => (
                <OneCause key={`${cause.node} ${cause.rule}`} cause={cause} incident={incident} />
              ))}
            </ol>
          </>
        )}
      </Loaded>
      <WhereFrom incident={incident} />
    </Panel>
  );
}

interface Props {
  cause: Cause;
  incident: Incident;
}

function OneCause({ cause, incident }: Props) {
  const { mutate, isPending } = useChange(incident);
  return (
    <li className={styles.cause} data-rejected={cause.rejected || undefined}>
      <div className={styles.name}>
        <b>{cause.sentence}</b>
        <span className={styles.strength}>{cause.rejected ? 'rejected' : cause.strength}</span>
        {!cause.rejected && (
          <Button
            className="bw-screen"
            disabled={isPending}
            onClick={() => mutate({ reject_cause: cause.node })}
          >
            Reject
          </Button>
        )}
      </div>
      <p>
        <Link to={withSearch(paths.provenance(incident.model), { node: cause.node })}>{cause.label}</Link>
        {cause.at !== null && (
          <span className="bw-muted">
            {' '}
            <Since time={cause.at} bare />
          </span>
        )}
      </p>
      {cause.doubted > 0 && (
        <p className="bw-muted">
          Rated lower: one like it was rejected in {cause.doubted} other{' '}
          {cause.doubted === 1 ? 'incident' : 'incidents'}.
        </p>
      )}
      {cause.error !== null && <pre className={styles.error}>{cause.error}</pre>}
      <ul className={styles.tests} aria-label="Tests">
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
  );
}
