// Where people are told: webhooks, e-mail, Slack and Teams, each with a test and what was last sent.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Problem } from '../../api/problem';
import {
  changeChannel,
  channelsQuery,
  deleteChannel,
  deliveriesQuery,
  settingKeys,
  tryChannel,
} from '../../api/settings';
import type { Channel, Delivery } from '../../api/types';
import { AskFirst } from '../../ui/ask-first';
import { Button } from '../../ui/button';
import { DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { ProblemView } from '../../ui/problem-view';
import { StatusMark } from '../../ui/status';
import { Ago } from '../../ui/time';
import { HEARS, KIND, NewChannelForm } from './new-channel';
import styles from './page.module.css';

const FOLLOW_MS = 1500;

export function Channels() {
  const query = useQuery(channelsQuery());
  return (
    <>
      <NewChannelForm />
      <Panel
        flush
        title="Channels"
        lead="Each message says what, since when, the impact and the likely cause."
      >
        <Loaded
          query={query}
          what="the channels"
          height={160}
          empty={({ items }) =>
            items.length ? null : (
              <Empty title="Nobody is told yet">Incidents are listed here all the same.</Empty>
            )
          }
        >
          {({ items }) => (
            <DataTable stack caption="Every channel">
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">To</th>
                  <th scope="col">Of</th>
                  <th scope="col">Last message</th>
                  <th scope="col">
                    <span className="bw-hidden">Change</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((channel) => (
                  <Row key={channel.id} channel={channel} />
                ))}
              </tbody>
            </DataTable>
          )}
        </Loaded>
      </Panel>
    </>
  );
}

function Row({ channel }: { channel: Channel }) {
  const queries = useQueryClient();
  const [isTrying, setTrying] = useState(false);
  const sent = useQuery({
    ...deliveriesQuery(channel.id),
    refetchInterval: ({ state }) =>
      isTrying || state.data?.items[0]?.state === 'waiting' ? FOLLOW_MS : false,
  });
  const renew = () => queries.invalidateQueries({ queryKey: settingKeys.channels });
  const act = useMutation({ mutationFn: (what: () => Promise<unknown>) => what(), onSettled: renew });
  const attempt = () => {
    setTrying(true);
    act.mutate(() => tryChannel(channel.id), { onSettled: () => setTimeout(() => setTrying(false), 15_000) });
  };
  const last = sent.data?.items[0];
  return (
    <tr>
      <th scope="row">
        {channel.name}
        <span className={styles.small}>
          {channel.enabled ? KIND[channel.kind] : `${KIND[channel.kind]}, off`}
        </span>
      </th>
      <td data-label="To">{channel.target}</td>
      <td data-label="Of">
        {channel.models?.join(', ') ?? 'all models'}
        {channel.hears === 'escalations' && (
          <span className={styles.small}>
            {`${HEARS.escalations}${channel.tiers ? `, tier ${channel.tiers.join(' and ')}` : ''}`}
          </span>
        )}
        {channel.digest !== 'none' && (
          <span className={styles.small}>{`and a ${channel.digest} digest`}</span>
        )}
      </td>
      <td data-label="Last message">
        {last ? <Sent delivery={last} /> : <span className="bw-muted">none yet</span>}
        {act.error instanceof Problem && <ProblemView problem={act.error} what="that" />}
      </td>
      <td>
        <span className={styles.tools}>
          <Button disabled={act.isPending} onClick={attempt}>
            Send a test
          </Button>
          <Button
            kind="quiet"
            disabled={act.isPending}
            onClick={() => act.mutate(() => changeChannel(channel.id, { enabled: !channel.enabled }))}
          >
            {channel.enabled ? 'Turn off' : 'Turn on'}
          </Button>
          <AskFirst
            word="Delete"
            name={channel.name}
            question="Nobody is told through it then."
            yes="Delete it"
            isBusy={act.isPending}
            onYes={() => act.mutate(() => deleteChannel(channel.id))}
          />
        </span>
      </td>
    </tr>
  );
}

const MARK = { delivered: 'fine', failed: 'act', waiting: 'unknown', silent: 'fine' } as const;

function Sent({ delivery }: { delivery: Delivery }) {
  const fault = delivery.attempts.at(-1)?.error;
  return (
    <>
      <StatusMark status={MARK[delivery.state]} size={14} silent /> {delivery.state}{' '}
      <Ago time={delivery.created_at} />
      <span className={styles.small}>{fault ?? delivery.title}</span>
    </>
  );
}
