// The way to one decision: by its id, or one of those that are explained anyway.
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Link, useNavigate } from 'react-router';
import { localsQuery } from '../../api/explanations';
import { paths } from '../../app/paths';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { number } from '../../ui/format';
import { Panel } from '../../ui/panel';
import styles from './ask.module.css';

const MOST = 8;

interface Props {
  model: string;
  batch: string;
  name: string;
  /** What the answers are counted in. */
  space: string;
}

export function Ask({ model, batch, name, space }: Props) {
  const navigate = useNavigate();
  const [id, setId] = useState('');
  const rows = useQuery(localsQuery(model, batch)).data?.items ?? [];
  const go = (event: FormEvent) => {
    event.preventDefault();
    if (id.trim()) void navigate(paths.decision(model, id.trim()));
  };
  return (
    <Panel title="Explain one decision">
      <form className={styles.form} onSubmit={go}>
        <Field
          label="Id of the prediction"
          bare
          placeholder="Id of the prediction"
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
        />
        <Button kind="main" type="submit" disabled={!id.trim()}>
          Explain it
        </Button>
      </form>
      {rows.length > 0 && (
        <div className={styles.rows}>
          <span className="bw-muted">{`Or one of ${name}, with its answer in ${space}:`}</span>
          <ul aria-label={`Explained decisions of ${name}`}>
            {rows.slice(0, MOST).map(({ row_id, prediction, contributions }) => (
              <li key={row_id}>
                <Link
                  to={paths.decision(model, row_id)}
                  title={contributions[0] && `mainly ${contributions[0][0]}`}
                >
                  <b>{row_id}</b>
                  <span>{number(prediction)}</span>
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Panel>
  );
}
