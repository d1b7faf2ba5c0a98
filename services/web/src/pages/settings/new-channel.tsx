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
export const HEARS: Record<Channel['hears'], string> = {
  everything: 'every incident',
  escalations: 'what nobody acknowledged',
};
const TIERS = [1, 2, 3] as const;
const DIGESTS = ['none', 'daily', 'weekly'] as const;

export function NewChannelForm() {
  const queries = useQueryClient();
  const [kind, setKind] = useState<Kind>('webhook');
  const [name, setName] = useState('');
  const [target, setTarget] = useState('');
  const [hears, setHears] = useState<Channel['hears']>('everything');
  const [tiers, setTiers] = useState<readonly number[]>(TIERS);
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
      {
        name: name.trim(),
        kind,
        url: isMail ? null : target.trim(),
        addresses,
        models: null,
        tiers:
          hears === 'everything' || tiers.length === TIERS.length
            ? null
            : TIERS.filter((one) => tiers.includes(one)),
        hears,
        digest,
      },
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
          <Choice
            above
            label="Kind"
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value as Kind)}
          >
            {Object.entries(KIND).map(([one, words]) => (
              <option key={one} value={one}>
                {words}
              </option>
            ))}
          </Choice>
          <Choice
            above
            label="It hears of"
            value={hears}
            onChange={(event) => setHears(event.currentTarget.value as Channel['hears'])}
          >
            {Object.entries(HEARS).map(([one, words]) => (
              <option key={one} value={one}>
                {words}
              </option>
            ))}
          </Choice>
          <Choice
            above
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
        {hears === 'escalations' && (
          <fieldset className={styles.roles}>
            <legend>The second owner of tier</legend>
            {TIERS.map((one) => (
              <label key={one} className={styles.check}>
                <input
                  type="checkbox"
                  checked={tiers.includes(one)}
                  onChange={(event) =>
                    setTiers(
                      event.currentTarget.checked ? [...tiers, one] : tiers.filter((other) => other !== one),
                    )
                  }
                />
                {`${one}, after ${one === 1 ? 'a day' : `${one} days`}`}
              </label>
            ))}
          </fieldset>
        )}
        {make.error instanceof Problem && (
          <ProblemView problem={make.error} what="the new channel" act="save" />
        )}
        <footer>
          <Button type="submit" kind="main" disabled={make.isPending || tiers.length === 0}>
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
