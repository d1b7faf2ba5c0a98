// A new way to tell people. The secret that signs a webhook's messages is shown once.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Problem } from '../../api/problem';
import { createChannel, settingKeys } from '../../api/settings';
import type { Channel, ChannelAsked } from '../../api/types';
import { Button } from '../../ui/button';
import { Choice, Field } from '../../ui/field';
import { Panel } from '../../ui/panel';
import { ProblemView } from '../../ui/problem-view';
import styles from './page.module.css';

type Kind = Channel['kind'];
export const KIND: Record<Kind, string> = {
  webhook: 'Webhook',
  email: 'E-mail',
  slack: 'Slack',
  teams: 'Teams',
};
const DIGESTS = ['none', 'daily', 'weekly'] as const;

export function NewChannelForm() {
  const queries = useQueryClient();
  const [kind, setKind] = useState<Kind>('webhook');
  const [name, setName] = useState('');
  const [target, setTarget] = useState('');
  const [digest, setDigest] = useState<ChannelAsked['digest']>('none');
  const make = useMutation({
    mutationFn: createChannel,
    onSuccess: () => queries.invalidateQueries({ queryKey: settingKeys.channels }),
  });
  const isMail = kind === 'email';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const addresses = isMail ? target.split(/[\s,;]+/).filter(Boolean) : [];
    make.mutate(
      { name: name.trim(), kind, url: isMail ? null : target.trim(), addresses, models: null, digest },
      {
        onSuccess: () => {
          setName('');
          setTarget('');
        },
      },
    );
  };
  return (
    <Panel title="New channel">
      <form className={styles.form} onSubmit={submit}>
        <div className={styles.pair}>
          <Choice label="Kind" value={kind} onChange={(event) => setKind(event.currentTarget.value as Kind)}>
            {Object.entries(KIND).map(([one, words]) => (
              <option key={one} value={one}>
                {words}
              </option>
            ))}
          </Choice>
          <Choice
            label="Digest"
            value={digest}
            onChange={(event) => setDigest(event.currentTarget.value as ChannelAsked['digest'])}
          >
            {DIGESTS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </Choice>
        </div>
        <div className={styles.pair}>
          <Field
            label="Name"
            required
            maxLength={100}
            placeholder="on-call"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Field
            label={isMail ? 'Addresses' : 'URL'}
            type={isMail ? 'text' : 'url'}
            required
            placeholder={isMail ? 'ada@example.org, grace@example.org' : 'https://'}
            value={target}
            onChange={(event) => setTarget(event.currentTarget.value)}
          />
        </div>
        {make.error instanceof Problem && (
          <ProblemView problem={make.error} what="the new channel" act="save" />
        )}
        <footer>
          <Button type="submit" kind="main" disabled={make.isPending}>
            Add channel
          </Button>
        </footer>
      </form>
      {make.data?.secret && (
        <div className={styles.once} role="status">
          <p>
            Secret of <b>{make.data.name}</b>, which signs its messages. It is not shown again.
          </p>
          <code>{make.data.secret}</code>
        </div>
      )}
    </Panel>
  );
}
