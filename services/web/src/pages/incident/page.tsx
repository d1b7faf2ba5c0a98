// One incident: what, since when, what it touches, what likely caused it, what to do next, and what people decided.
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { incidentQuery } from '../../api/incidents';
import type { Incident } from '../../api/types';
import { paths } from '../../app/paths';
import { count, money, percent } from '../../ui/format';
import { Loaded } from '../../ui/loaded';
import { PageHead } from '../../ui/page-head';
import { Panel } from '../../ui/panel';
import { StatusBadge } from '../../ui/status';
import { Since } from '../../ui/time';
import { Fact, Verdict } from '../../ui/verdict';
import { STATE } from '../incidents/words';
import { Actions } from './actions';
import { Causes } from './causes';
import { Findings } from './findings';
import { Similar } from './similar';
import { When } from './when';
import { Timeline } from './timeline';
import styles from './page.module.css';

export function IncidentPage() {
  const { incident: id = '' } = useParams();
  const query = useQuery(incidentQuery(id));
  const title = query.data?.title ?? 'Incident';
  return (
    <>
      <title>{`${title} · Bellwether`}</title>
      <PageHead
        trail={[
          ['Incidents', paths.incidents()],
          ...(query.data ? [[query.data.model, paths.model(query.data.model)] as const] : []),
        ]}
        title={title}
        tag={query.data ? STATE[query.data.state] : null}
      />
      <Loaded query={query} what="this incident" height={560}>
        {(incident) => <Parts incident={incident} />}
      </Loaded>
    </>
  );
}

function Parts({ incident }: { incident: Incident }) {
  const { impact } = incident;
  return (
    <>
      <Actions incident={incident} />
      <Verdict
        status={incident.status}
        lead={
          <>
            <StatusBadge status={incident.status} large />
            <When incident={incident} />
            {incident.muted_until && incident.state === 'expected' && (
              <span>
                expected until <Since time={incident.muted_until} bare />
              </span>
            )}
          </>
        }
        sentence={incident.sentence}
      >
        {impact.money !== null && impact.currency !== null && (
          <Fact name="At risk" value={money(impact.money, impact.currency)} />
        )}
        <Fact
          name="Share of the decisions"
          value={impact.share === null ? 'not known' : percent(impact.share)}
        >
          {impact.share !== null && 'rest on it'}
        </Fact>
        <Fact name="Batches" value={count(impact.batches)}>
          {`${count(impact.rows)} rows`}
        </Fact>
        <Fact name="Findings" value={count(incident.findings.length)}>
          {`opened `}
          <Since time={incident.opened_at} bare />
        </Fact>
      </Verdict>
      <div className={styles.columns}>
        <Causes incident={incident} />
        <Panel title="Next step">
          <p className={styles.next}>{incident.next_step}</p>
        </Panel>
      </div>
      <Findings incident={incident} />
      <div className={styles.columns}>
        <Timeline incident={incident} />
        <Similar incident={incident} />
      </div>
    </>
  );
}
