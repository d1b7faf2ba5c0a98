// The fields for what a person says about a model; each with its unit, and with what is wrong beside it.
import type { Task } from '../../api/types';
import { faultAt } from '../../ui/faults';
import { Choice, Field } from '../../ui/field';
import { costsOf, type Said, type SaidFaults } from './said';
import styles from './fields.module.css';

interface Props {
  said: Said;
  task: Task | null | '';
  faults: SaidFaults;
  /** What the server said of the last try. */
  error: unknown;
  onChange: (change: Partial<Said>) => void;
}

const POINTER: Record<keyof Said, string> = {
  owner: '/owner',
  tier: '/tier',
  hours: '/expected_interval_s',
  currency: '/value/currency',
  alarm: '/value/false_positive',
  miss: '/value/false_negative',
  unit: '/value/per_unit',
};
const AMOUNT = { type: 'number', min: 0, step: 'any', inputMode: 'decimal' } as const;

const bind = ({ said, faults, error, onChange }: Props, name: keyof Said) => ({
  value: said[name],
  fault: faults[name] ?? faultAt(error, POINTER[name]),
  onChange: (event: { currentTarget: { value: string } }) => onChange({ [name]: event.currentTarget.value }),
});

const LABEL = { alarm: 'A false alarm costs', miss: 'A missed case costs', unit: 'One unit of error costs' };

export function CostFields(props: Props) {
  const { said, task, onChange } = props;
  const unit = said.currency && ` (${said.currency})`;
  return (
    <div className={styles.pair}>
      <Field
        label="Currency"
        maxLength={3}
        placeholder="EUR"
        autoCapitalize="characters"
        {...bind(props, 'currency')}
        onChange={(event) => onChange({ currency: event.currentTarget.value.toUpperCase() })}
      />
      {costsOf(task).map((name) => (
        <Field key={name} label={LABEL[name] + unit} {...AMOUNT} {...bind(props, name)} />
      ))}
    </div>
  );
}

export function OwnerFields(props: Props) {
  return (
    <div className={styles.pair}>
      <Field label="Owner" maxLength={200} placeholder="team or person" {...bind(props, 'owner')} />
      <Choice
        above
        label="Tier"
        value={props.said.tier}
        onChange={(event) => props.onChange({ tier: event.currentTarget.value as Said['tier'] })}
      >
        <option value="">not said</option>
        <option value="1">1, most hangs on it</option>
        <option value="2">2</option>
        <option value="3">3</option>
      </Choice>
      <Field
        label="Time between batches (hours)"
        {...AMOUNT}
        placeholder="found from the batches"
        {...bind(props, 'hours')}
      />
    </div>
  );
}
