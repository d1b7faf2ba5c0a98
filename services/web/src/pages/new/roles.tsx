// What the columns mean: guessed from names and values, shown, and changed where the guess is wrong.
import type { Preview } from '../../api/types';
import { Button } from '../../ui/button';
import { DataTable } from '../../ui/data-table';
import { Choice, Field } from '../../ui/field';
import { count } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { chosenRoles, NAME, ROLES, roleOf, TASKS, writeRoles, type ColumnRole } from './draft';
import type { NewUrl } from './page';
import styles from './page.module.css';

const ROLE_WORDS: Record<ColumnRole, string> = {
  feature: 'input',
  prediction: 'prediction',
  score: 'score',
  label: 'what really happened',
  id: 'id of the row',
  time: 'time of the row',
  segment: 'segment',
  ignored: 'left out',
};
const TASK_WORDS = {
  '': 'not known',
  binary: 'yes or no',
  multiclass: 'one of several',
  regression: 'a number',
};

export function Roles({ url, preview }: { url: NewUrl; preview: Preview }) {
  const chosen = chosenRoles(url.values.roles);
  const task = url.values.task || preview.task || '';
  const isUsable = preview.state === 'ready' && !preview.faults.length;
  const choose = (column: string, role: ColumnRole) =>
    url.set({ roles: writeRoles(new Map([...chosen, [column, role]])) });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        url.set({ step: '3', task: task as (typeof TASKS)[number] }, { push: true });
      }}
    >
      {preview.faults.length > 0 && (
        <Panel title="This cannot be watched as it is">
          <ul className={styles.out}>
            {preview.faults.map((one) => (
              <li key={`${one.pointer} ${one.value}`}>
                <code>{one.pointer}</code>: {one.value}. Allowed: {one.limit}. {one.fix}
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel title="The model">
        <div className={styles.pair}>
          <Field
            label="Name"
            required
            pattern={NAME}
            maxLength={63}
            hint="Small letters, digits and hyphens."
            value={url.values.name}
            onChange={(event) => url.set({ name: event.currentTarget.value })}
          />
          <Choice
            label="It predicts"
            required
            value={task}
            onChange={(event) => url.set({ task: event.currentTarget.value as (typeof TASKS)[number] })}
          >
            {TASKS.map((one) => (
              <option key={one} value={one}>
                {TASK_WORDS[one]}
              </option>
            ))}
          </Choice>
        </div>
      </Panel>
      <Panel
        flush
        title={`${count(preview.columns.length)} columns`}
        lead={`Guessed from ${count(preview.rows)} rows. Nothing is stored yet.`}
      >
        <DataTable stack caption="Columns and what they mean">
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">It is</th>
              <th scope="col">Values</th>
              <th scope="col">Note</th>
            </tr>
          </thead>
          <tbody>
            {preview.columns.map((column) => (
              <tr key={column.name}>
                <th scope="row">{column.name}</th>
                <td data-label="It is" className={styles.role}>
                  <Choice
                    label={<span className="bw-hidden">{`Meaning of ${column.name}`}</span>}
                    value={roleOf(column, preview, chosen)}
                    onChange={(event) => choose(column.name, event.currentTarget.value as ColumnRole)}
                  >
                    {ROLES.map((role) => (
                      <option key={role} value={role}>
                        {ROLE_WORDS[role]}
                      </option>
                    ))}
                  </Choice>
                </td>
                <td data-label="Values">{`${column.kind}, ${column.dtype}`}</td>
                <td data-wide>
                  {preview.offers
                    .filter((offer) => offer.column === column.name)
                    .map((offer) => `Might be ${offer.kind}: ${offer.why}`)
                    .join(' ')}
                </td>
              </tr>
            ))}
          </tbody>
        </DataTable>
      </Panel>
      {preview.left_out.length > 0 && (
        <Panel title="Left out" lead="These are not compared, for the reason beside them.">
          <ul className={styles.out}>
            {preview.left_out.map((one) => (
              <li key={`${one.pointer} ${one.value}`}>
                <code>{one.pointer}</code>: {one.value}. {one.fix}
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <div className={styles.foot}>
        <Button type="submit" kind="main" large disabled={!isUsable || !task}>
          Go on
        </Button>
        <Button large onClick={() => url.set({ step: '1', preview: '' }, { push: true })}>
          Other rows
        </Button>
      </div>
    </form>
  );
}
