// When somebody is told: every rule as it is in force, how often it was worth it, and after how many batches.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Problem } from '../../api/problem';
import { changeRule, rulesQuery, settingKeys } from '../../api/settings';
import type { Rule, RuleChange } from '../../api/types';
import { Button } from '../../ui/button';
import { DataTable } from '../../ui/data-table';
import { Field } from '../../ui/field';
import { percent } from '../../ui/format';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { ProblemView } from '../../ui/problem-view';
import styles from './page.module.css';

export function Rules() {
  const queries = useQueryClient();
  const query = useQuery(rulesQuery());
  const save = useMutation({
    mutationFn: ({ rule, change }: { rule: Rule; change: Partial<RuleChange> }) =>
      changeRule(rule.rule, change),
    onSettled: () => queries.invalidateQueries({ queryKey: settingKeys.rules }),
  });
  return (
    <Panel
      flush
      title="Rules"
      lead="A rule opens an incident after so many bad batches in a row, and closes it after so many that are fine."
    >
      {save.error instanceof Problem && <ProblemView problem={save.error} what="the change" act="save" />}
      <Loaded query={query} what="the rules" height={420}>
        {({ items }) => (
          <DataTable stack caption="Rules of all models">
            <thead>
              <tr>
                <th scope="col">Rule</th>
                <th scope="col">Opens after</th>
                <th scope="col">Closes after</th>
                <th scope="col">Worth telling</th>
                <th scope="col">On</th>
              </tr>
            </thead>
            <tbody>
              {items.map((rule) => (
                <Row
                  key={rule.rule}
                  rule={rule}
                  isBusy={save.isPending}
                  onChange={(change) => save.mutate({ rule, change })}
                />
              ))}
            </tbody>
          </DataTable>
        )}
      </Loaded>
    </Panel>
  );
}

interface Props {
  rule: Rule;
  isBusy: boolean;
  onChange: (change: Partial<RuleChange>) => void;
}

function Row({ rule, isBusy, onChange }: Props) {
  const { precision } = rule;
  return (
    <tr>
      <th scope="row" data-wide>
        {rule.title}
        <span className={styles.small}>{`When ${rule.meaning}.`}</span>
      </th>
      {(['opens_after', 'closes_after'] as const).map((name) => (
        <td key={name} data-label={name === 'opens_after' ? 'Opens after' : 'Closes after'}>
          <div className={styles.number}>
            <Field
              bare
              label={`${rule.title}: ${name === 'opens_after' ? 'opens' : 'closes'} after so many batches`}
              type="number"
              min={1}
              max={20}
              disabled={isBusy}
              key={rule[name]}
              defaultValue={rule[name]}
              onBlur={({ currentTarget: { value, valueAsNumber, validity } }) => {
                if (value && validity.valid && valueAsNumber !== rule[name])
                  onChange({ [name]: valueAsNumber });
              }}
            />
          </div>
        </td>
      ))}
      <td data-label="Worth telling">
        {precision.share === null ? (
          <span className="bw-muted">no answers yet</span>
        ) : (
          `${percent(precision.share)} of ${precision.useful + precision.noise} answers`
        )}
        {precision.proposal && <span className={styles.small}>{precision.proposal}</span>}
      </td>
      <td data-label="On">
        <Button
          role="switch"
          aria-checked={rule.enabled}
          aria-label={rule.title}
          disabled={isBusy}
          onClick={() => onChange({ enabled: !rule.enabled })}
        >
          {rule.enabled ? 'On' : 'Off'}
        </Button>
      </td>
    </tr>
  );
}
