// The five key figures that matter now to one reader.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { kpisQuery } from '../../api/insights';
import type { Persona } from '../../api/types';
import { paths } from '../../app/paths';
import { Button } from '../../ui/button';
import { Choice } from '../../ui/field';
import { Loaded } from '../../ui/loaded';
import { KpiCard } from '../insights/card';
import cards from '../insights/card.module.css';
import { PERSONAS, TITLE } from '../insights/personas';
import { Why } from '../insights/why';
import styles from './top-five.module.css';

interface Props {
  model: string;
  persona: Persona;
  onPersona: (persona: Persona) => void;
}

export function TopFive({ model, persona, onPersona }: Props) {
  const query = useQuery(kpisQuery(model, persona));
  const [isAsking, setAsking] = useState(false);
  return (
    <section aria-labelledby="top-five" className={styles.section}>
      <header className={styles.head}>
        <h2 id="top-five">What matters now</h2>
        <Choice
          label="to a"
          value={persona}
          onChange={(event) => onPersona(event.currentTarget.value as Persona)}
        >
          {PERSONAS.map((one) => (
            <option key={one} value={one}>
              {TITLE[one]}
            </option>
          ))}
        </Choice>
        <Button kind="quiet" className="bw-screen" onClick={() => setAsking(true)}>
          Why these?
        </Button>
        <Link to={paths.insights(model, persona)}>All figures</Link>
      </header>
      <Loaded
        query={query}
        what="the key figures"
        height={230}
        empty={({ items }) =>
          items.length ? null : <p className="bw-muted">They come with the first batch.</p>
        }
      >
        {({ items }) => (
          <>
            <div className={cards.cards} data-five>
              {items.map((kpi) => (
                <KpiCard key={kpi.id} kpi={kpi} />
              ))}
            </div>
            {isAsking && <Why kpis={items} onClose={() => setAsking(false)} />}
          </>
        )}
      </Loaded>
    </section>
  );
}
