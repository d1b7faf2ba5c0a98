// What one reader needs to know about a model: the five that matter now, then all the others.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { kpisQuery } from '../../api/insights';
import { modelQuery } from '../../api/models';
import type { Persona } from '../../api/types';
import { paths } from '../../app/paths';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { Loaded } from '../../ui/loaded';
import { Refusals } from '../../ui/refusals';
import { Segments } from '../../ui/segments';
import { Ago } from '../../ui/time';
import { ModelHead } from '../model/head';
import { KpiCard } from './card';
import cards from './card.module.css';
import styles from './page.module.css';
import { isPersona, PERSONAS, QUESTION, TITLE } from './personas';
import { Why } from './why';

export function InsightsPage() {
  const { model: name = '', persona: asked = 'business' } = useParams();
  const persona = isPersona(asked) ? asked : 'business';
  const model = useQuery(modelQuery(name));
  return (
    <>
      <title>{`Insights into ${name} · Bellwether`}</title>
      <ModelHead name={name} model={model.data} />
      {asked !== persona && <Refusals refused={[{ name: 'persona', value: asked }]} />}
      <Insights name={name} persona={persona} />
    </>
  );
}

function Insights({ name, persona }: { name: string; persona: Persona }) {
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const query = useQuery(kpisQuery(name, persona));
  return (
    <>
      <div className={styles.top}>
        <Segments
          label="For whom"
          value={persona}
          options={PERSONAS.map((one) => [one, TITLE[one]] as const)}
          onChange={(one) => void navigate(paths.insights(name, one), { replace: true })}
        />
        <p className={styles.question}>{QUESTION[persona]}</p>
        <Button kind="quiet" onClick={() => setAsking(true)} className="bw-screen">
          Why these?
        </Button>
      </div>
      <Loaded
        query={query}
        what="the key figures"
        height={320}
        empty={({ items, others }) =>
          items.length + others.length ? null : (
            <Empty title="No key figure can be computed yet" command={`bellwether log ${name} today.parquet`}>
              They come with the first batch.
            </Empty>
          )
        }
      >
        {({ items, others, computed_at: at }) => (
          <>
            <section aria-label={`Top ${items.length}`}>
              <h2 className={styles.title}>What matters now</h2>
              <div className={cards.cards} data-five={items.length === 5 || undefined}>
                {items.map((kpi) => (
                  <KpiCard key={kpi.id} kpi={kpi} />
                ))}
              </div>
            </section>
            {others.length > 0 && (
              <section aria-label="All others">
                <h2 className={styles.title}>Everything else</h2>
                <div className={cards.cards}>
                  {others.map((kpi) => (
                    <KpiCard key={kpi.id} kpi={kpi} />
                  ))}
                </div>
              </section>
            )}
            <p className="bw-muted">
              Computed <Ago time={at} /> from what is stored.
            </p>
            {isAsking && <Why kpis={items} onClose={() => setAsking(false)} />}
          </>
        )}
      </Loaded>
    </>
  );
}
