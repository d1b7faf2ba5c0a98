// What is watched outside: each source with how it fares; adding one and taking one away.
import { useQuery } from '@tanstack/react-query';
import { sourcesQuery } from '../../api/sources';
import { oneOf, useUrl } from '../../app/url';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { Loaded } from '../../ui/loaded';
import { Refusals } from '../../ui/refusals';
import { SettingsNav } from '../settings/nav';
import { AddSource } from './add';
import { SourceCard } from './card';
import styles from './page.module.css';

const SPEC = { add: oneOf(['no', 'mlflow', 'adf'], 'no') };

export function SourcesPage() {
  const url = useUrl(SPEC);
  const query = useQuery(sourcesQuery());
  const { add } = url.values;
  return (
    <>
      <title>Sources · Settings · Bellwether</title>
      <h1>Settings</h1>
      <SettingsNav part="sources" />
      <div className={styles.head}>
        <p className="bw-muted">
          Tracking servers and data factories that say where models and data come from.
        </p>
        {add === 'no' && (
          <Button kind="main" onClick={() => url.set({ add: 'mlflow' })}>
            Add a source
          </Button>
        )}
      </div>
      <Refusals refused={url.refused} />
      {add !== 'no' && (
        <AddSource
          kind={add}
          onKind={(kind) => url.set({ add: kind })}
          onDone={() => url.set({ add: 'no' })}
        />
      )}
      <Loaded
        query={query}
        what="the sources"
        height={300}
        empty={({ items }) =>
          items.length || add !== 'no' ? null : (
            <Empty title="Nothing is watched yet">
              With an MLflow server, models and their versions are known by themselves. With a data factory,
              every batch leads back to the run that made its data.
            </Empty>
          )
        }
      >
        {({ items }) => (
          <ul className={styles.sources} aria-label="Sources">
            {items.map((one) => (
              <li key={one.source}>
                <SourceCard source={one} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </>
  );
}
