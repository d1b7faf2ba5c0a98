// Every input by batch, as a map or as numbers.
import { useCallback, useMemo } from 'react';
import { Link, useNavigate } from 'react-router';
import type { Heatmap as Data } from '../../api/types';
import { paths, withSearch } from '../../app/paths';
import { printMoment } from '../../app/url';
import { HeatLegend, Heatmap } from '../../charts/heatmap';
import { slots as slotsOf, type Extent } from '../../charts/scale';
import { score, window as windowWords } from '../../ui/format';
import { Segments } from '../../ui/segments';
import { HeatTable } from './heat-table';
import styles from './inputs.module.css';
import type { ModelUrl } from './page';

interface Props {
  model: string;
  url: ModelUrl;
  data: Data;
  extent: Extent;
  width: number;
}

const VIEWS = [
  ['map', 'Map'],
  ['table', 'Table'],
] as const;

export function Inputs({ model, url, data, extent, width }: Props) {
  const navigate = useNavigate();
  const { batches, features, thresholds, statuses, scores } = data;
  const { at, view } = url.values;
  const slots = useMemo(() => slotsOf(batches), [batches]);
  const rows = useMemo(
    () =>
      features.map((name, r) => ({
        name,
        line: thresholds[r] ?? null,
        statuses: statuses[r] ?? [],
        scores: scores[r] ?? [],
      })),
    [features, thresholds, statuses, scores],
  );
  const nameOf = useCallback(
    (first: number, last: number) => {
      const [a, b] = [batches[first]!, batches[last]!];
      return windowWords(first === last ? a.start : (a.start ?? a.end), b.end);
    },
    [batches],
  );
  const header = useCallback(
    (name: string) => (
      <Link
        to={withSearch(paths.feature(model, name), { at: at === null ? undefined : printMoment(at) })}
        title={name}
      >
        {name}
      </Link>
    ),
    [model, at],
  );
  const open = useCallback(
    (name: string, i: number) =>
      void navigate(withSearch(paths.feature(model, name), { at: printMoment(slots[i]!.from) })),
    [navigate, model, slots],
  );
  return (
    <div className={styles.inputs}>
      <div className={styles.title}>
        <h3>Inputs</h3>
        <HeatLegend />
        <Segments
          label="Show the inputs as"
          value={view}
          options={VIEWS}
          onChange={(next) => url.set({ view: next })}
        />
      </div>
      {view === 'map' ? (
        <Heatmap
          label={`Drift of ${rows.length} inputs in ${batches.length} batches.`}
          rows={rows}
          extent={extent}
          slots={slots}
          nameOf={nameOf}
          width={width}
          format={score}
          header={header}
          onOpen={open}
        />
      ) : (
        <HeatTable rows={rows} names={batches.map((_, i) => nameOf(i, i))} />
      )}
      {data.hidden_features > 0 && (
        <p className="bw-muted">{`${data.hidden_features} more inputs are calmer than these and not drawn.`}</p>
      )}
    </div>
  );
}
