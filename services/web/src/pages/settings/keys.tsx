// API keys: who may do what. A key is shown once, when it is made.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Problem } from '../../api/problem';
import { sessionQuery } from '../../api/session';
import { createKey, deleteKey, keysQuery, settingKeys } from '../../api/settings';
import type { KeyAsked } from '../../api/types';
import { AskFirst } from '../../ui/ask-first';
import { Button } from '../../ui/button';
import { DataTable } from '../../ui/data-table';
import { Field } from '../../ui/field';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { ProblemView } from '../../ui/problem-view';
import { Ago, Since } from '../../ui/time';
import styles from './page.module.css';

type Role = KeyAsked['roles'][number];
const ROLES: readonly (readonly [Role, string])[] = [
  ['viewer', 'reads'],
  ['ingest', 'pushes rows and labels'],
  ['engineer', 'adds and changes models'],
  ['operator', 'keys, channels, given-up work'],
  ['admin', 'everything'],
];

export function Keys() {
  const queries = useQueryClient();
  const query = useQuery(keysQuery());
  const renew = () => queries.invalidateQueries({ queryKey: settingKeys.keys });
  const me = useQuery(sessionQuery()).data?.name;
  const remove = useMutation({ mutationFn: deleteKey, onSettled: renew });
  return (
    <>
      <NewKey onMade={() => void renew()} />
      <Panel flush title="Keys" lead="A deleted key is refused everywhere within seconds; its sessions end.">
        {remove.error instanceof Problem && (
          <ProblemView problem={remove.error} what="the deletion" act="save" />
        )}
        <Loaded query={query} what="the keys" height={160}>
          {({ items }) => (
            <DataTable stack caption="Every key">
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">May</th>
                  <th scope="col">Made</th>
                  <th scope="col">Last used</th>
                  <th scope="col">Ends</th>
                  <th scope="col">
                    <span className="bw-hidden">Delete</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((key) => (
                  <tr key={key.id}>
                    <th scope="row">
                      {key.name}
                      <span className={styles.small}>{key.id}</span>
                    </th>
                    <td data-label="May">
                      {key.roles.join(', ')}
                      {key.models && ` of ${key.models.join(', ')}`}
                    </td>
                    <td data-label="Made">
                      <Ago time={key.created_at} />
                    </td>
                    <td data-label="Last used">
                      {key.last_used_at ? <Ago time={key.last_used_at} /> : 'never'}
                    </td>
                    <td data-label="Ends">
                      {key.expires_at ? <Since time={key.expires_at} bare /> : 'never'}
                    </td>
                    <td>
                      <AskFirst
                        word="Delete"
                        name={key.name}
                        question={`Whatever uses it is refused from then on.${key.name === me ? ' You may be signed in with it.' : ''}`}
                        yes="Delete it"
                        isBusy={remove.isPending}
                        onYes={() => remove.mutate(key)}
                      />
                    </td>
                  </tr>
                ))}
              </tbody>
            </DataTable>
          )}
        </Loaded>
      </Panel>
    </>
  );
}

function NewKey({ onMade }: { onMade: () => void }) {
  const [name, setName] = useState('');
  const [roles, setRoles] = useState<readonly Role[]>(['viewer']);
  const make = useMutation({ mutationFn: createKey, onSuccess: onMade });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate(
      { name: name.trim(), roles: [...roles], models: null, expires_at: null },
      { onSuccess: () => setName('') },
    );
  };
  return (
    <Panel title="New key">
      <form className={styles.form} onSubmit={submit}>
        <Field
          label="Name"
          required
          maxLength={100}
          placeholder="nightly scoring job"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <fieldset className={styles.roles}>
          <legend>May</legend>
          {ROLES.map(([role, what]) => (
            <label key={role} className={styles.check}>
              <input
                type="checkbox"
                checked={roles.includes(role)}
                onChange={(event) =>
                  setRoles(
                    event.currentTarget.checked ? [...roles, role] : roles.filter((one) => one !== role),
                  )
                }
              />
              <span>
                {role} <span className="bw-muted">({what})</span>
              </span>
            </label>
          ))}
        </fieldset>
        {make.error instanceof Problem && <ProblemView problem={make.error} what="the new key" act="save" />}
        <footer>
          <Button type="submit" kind="main" disabled={make.isPending || !roles.length || !name.trim()}>
            Make key
          </Button>
        </footer>
      </form>
      {make.data && (
        <div className={styles.once} role="status">
          <p>
            <b>{make.data.name}</b>: copy it now, it is not shown again.
          </p>
          <code>{make.data.key}</code>
        </div>
      )}
    </Panel>
  );
}
