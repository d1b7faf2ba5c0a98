// What the columns mean: guessed from names and values, shown with examples, and changed where the guess is wrong.
import { useMutation } from '@tanstack/react-query';
import { previewAgain, previewOf } from '../../api/onboard';
import { Problem } from '../../api/problem';
import type { Preview } from '../../api/types';
import { Button } from '../../ui/button';
import { DataTable } from '../../ui/data-table';
import { Faults } from '../../ui/faults';
import { Choice, Field } from '../../ui/field';
import { count } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { ProblemView } from '../../ui/problem-view';
import {
  chosenRoles,
  columnsOf,
  NAME,
  ROLES,
  rolesOf,
  TASKS,
  writeRoles,
  type ColumnRole,
  type SeenColumn,
} from './draft';
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

export function RolesStep({ url, preview }: { url: NewUrl; preview: Preview }) {
  const chosen = chosenRoles(url.values.roles);
  const task = url.values.task || preview.task || '';
  const isChanged = chosen.size > 0 || task !== (preview.task ?? '');
  const look = useMutation({
    mutationFn: async () =>
      previewOf((await previewAgain(preview.id, rolesOf(preview, chosen), task || null)).id),
    onSuccess: (found) => {
      // What it predicts is shown before it counts, where only now it could be guessed.
      const isGood = found.state === 'ready' && !found.faults.length && task !== '';
      url.set({ preview: found.id, roles: '', step: isGood ? '3' : '2' }, { push: isGood });
    },
  });
  if (preview.state === 'failed') return <Failed url={url} preview={preview} />;
  const isStuck = preview.faults.length > 0 && !isChanged;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged) look.mutate();
        else url.set({ step: '3', task }, { push: true });
      }}
    >
      {preview.faults.length > 0 && (
        <Panel
          title="This cannot be watched as it is"
          lead="Change what the columns mean below, or take other rows."
        >
          <Faults faults={preview.faults} />
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
            above
            label="It predicts"
            hint="Metrics and costs follow from it."
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
      <Columns url={url} preview={preview} chosen={chosen} />
      {look.error instanceof Problem && <ProblemView problem={look.error} what="the columns" act="save" />}
      <div className={styles.foot}>
        <Button
          type="submit"
          kind="main"
          large
          disabled={look.isPending || (!isChanged && (isStuck || !task))}
        >
          Go on
        </Button>
        <OtherRows url={url} />
        <span role="status">{look.isPending && 'Looking at the rows again…'}</span>
      </div>
    </form>
  );
}

interface ColumnsProps {
  url: NewUrl;
  preview: Preview;
  chosen: ReadonlyMap<string, ColumnRole>;
}

function Columns({ url, preview, chosen }: ColumnsProps) {
  const columns = columnsOf(preview);
  const choose = (column: string, role: ColumnRole) =>
    url.set({ roles: writeRoles(new Map([...chosen, [column, role]])) });
  const from = preview.rows > 0 ? `${count(preview.rows)} rows` : 'the signature of the version';
  return (
    <Panel
      flush
      title={`${count(columns.length)} columns`}
      lead={`Guessed from ${from}. Nothing is stored yet.`}
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
          {columns.map((column) => (
            <OneColumn
              key={column.name}
              column={column}
              role={chosen.get(column.name) ?? column.role}
              onChoose={(role) => choose(column.name, role)}
            />
          ))}
        </tbody>
      </DataTable>
    </Panel>
  );
}

interface OneProps {
  column: SeenColumn;
  role: ColumnRole;
  onChoose: (role: ColumnRole) => void;
}

function OneColumn({ column: { name, kind, examples, why }, role, onChoose }: OneProps) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td data-label="It is" className={styles.role}>
        <Choice
          bare
          label={`Meaning of ${name}`}
          value={role}
          onChange={(event) => onChoose(event.currentTarget.value as ColumnRole)}
        >
          {ROLES.map((one) => (
            <option key={one} value={one}>
              {ROLE_WORDS[one]}
            </option>
          ))}
        </Choice>
      </td>
      <td data-label="Values" className={styles.values}>
        {examples.join(', ')}
        {kind && <span>{kind}</span>}
      </td>
      <td data-wide>{why}</td>
    </tr>
  );
}

function Failed({ url, preview }: { url: NewUrl; preview: Preview }) {
  return (
    <Panel
      title="This cannot be read"
      lead="Mend it as said here, then give it again. What was typed is kept."
    >
      <div className={styles.form} role="alert">
        <Faults faults={preview.faults} />
        <div className={styles.foot}>
          <OtherRows url={url} kind="main" />
        </div>
      </div>
    </Panel>
  );
}

function OtherRows({ url, kind = 'plain' }: { url: NewUrl; kind?: 'main' | 'plain' }) {
  return (
    <Button large kind={kind} onClick={() => url.set({ step: '1', preview: '' }, { push: true })}>
      Other rows
    </Button>
  );
}
