// What would the model answer if the row were another? The values are changed here, the model itself answers.
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { whatIfQuery, type Changes } from '../../api/explanations';
import type { LocalExplanation, WhatIf } from '../../api/types';
import { left, type Part, Waterfall } from '../../charts/waterfall';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { number, signed } from '../../ui/format';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { printAnswer } from '../explain/space';
import { parseCell, printCell } from './changes';
import type { DecisionUrl } from './page';
import { said } from './view';
import styles from './what-if.module.css';

const FEW = 8;
const MOST = 10;

interface Props {
  model: string;
  row: string;
  found: LocalExplanation;
  url: DecisionUrl;
}

export function WhatIfPanel({ model, row, found, url }: Props) {
  const changes = url.values.change;
  const query = useQuery(whatIfQuery(model, row, changes));
  const [isAll, setAll] = useState(false);
  const order = [...found.contributions].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const isShown = (feature: string, i: number) => isAll || i < FEW || feature in changes;
  const shown = order.filter(({ feature }, i) => isShown(feature, i));
  const ask = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    url.set({ change: changed(found, (name) => data.get(name)) }, { push: true });
  };
  const isAsked = Object.keys(changes).length > 0;
  return (
    <Panel
      title="What if it had been otherwise?"
      lead="Change values and the model answers again. An empty field is a missing value."
    >
      <form key={JSON.stringify(changes)} className={styles.form} onSubmit={ask}>
        <div className={styles.fields}>
          {shown.map(({ feature, value }) => (
            <Field
              key={feature}
              name={`f:${feature}`}
              label={feature}
              hint={feature in changes ? `was ${said(value)}` : undefined}
              defaultValue={cellText(feature in changes ? changes[feature]! : value)}
              autoComplete="off"
            />
          ))}
        </div>
        <div className={styles.buttons}>
          <Button kind="main" type="submit">
            Ask the model
          </Button>
          {isAsked && (
            <Button kind="quiet" onClick={() => url.set({ change: {} })}>
              Back to the row as it was
            </Button>
          )}
          {order.length > FEW && (
            <Button kind="quiet" onClick={() => setAll(!isAll)}>
              {isAll ? 'Fewer inputs' : `All ${order.length} inputs`}
            </Button>
          )}
        </div>
      </form>
      {isAsked && (
        <div className={styles.result}>
          <Loaded query={query} what="the model’s answer" height={180}>
            {(answer) => <Result answer={answer} />}
          </Loaded>
        </div>
      )}
    </Panel>
  );
}

const cellText = (value: LocalExplanation['contributions'][number]['value']) =>
  value === null ? '' : printCell(value);

/** The fields that no longer hold the row's own value. */
export function changed(found: LocalExplanation, field: (name: string) => unknown): Changes {
  const all = found.contributions.flatMap(({ feature, value }) => {
    const text = field(`f:${feature}`);
    if (typeof text !== 'string' || text === cellText(value)) return [];
    const typed = text.trim() === '' ? null : typeof value === 'string' ? textOf(text) : parseCell(text);
    return [[feature, typed] as const];
  });
  return Object.fromEntries(all);
}

/** Of a text column a number is meant as text. */
const textOf = (text: string) => {
  const value = parseCell(text);
  return typeof value === 'string' ? value : text;
};

function Result({ answer }: { answer: WhatIf }) {
  const shown = answer.differences.filter(({ change }) => change !== 0).slice(0, MOST);
  const rest = answer.change - shown.reduce((sum, { change }) => sum + change, 0);
  const parts: Part[] = shown.map(({ feature, before, after, change }) => ({
    key: feature,
    name: feature,
    note: before === after ? said(after) : `${said(before)} → ${said(after)}`,
    change,
  }));
  parts.push(...left(rest, parts, 'all others'));
  return (
    <>
      <p className={styles.said} role="status">
        The answer would be <b>{printAnswer(answer.after, answer.output)}</b> in place of{' '}
        <b>{printAnswer(answer.before, answer.output)}</b>
        {answer.change === 0 ? ': this changes nothing.' : '.'}
      </p>
      {answer.after.reasons.length > 0 && (
        <ul className={styles.reasons}>
          {answer.after.reasons.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
      {parts.length > 0 && (
        <Waterfall
          label={`From ${number(answer.before.prediction)} to ${number(answer.after.prediction)}, input by input`}
          from={{ name: 'As it was', value: answer.before.prediction }}
          to={{ name: 'With the changes', value: answer.after.prediction }}
          parts={parts}
          format={number}
          signed={signed}
        />
      )}
    </>
  );
}
