// Every input by batch, as a map or as numbers.
import { useCallback, useMemo } from 'react';
import { Link, useNavigate } from 'react-router';
import type { Heatmap as Data } from '../../api/types';
import { paths, withSearch } from '../../app/paths';
import { printMoment } from '../../app/url';
import { HeatLegend, Heatmap } from '../../charts/heatmap';
import { slots as slotsOf, type Extent } from '../../charts/scale';
import { Button } from '../../ui/button';
import { count, score, window as windowWords } from '../../ui/format';
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

/** Rows that are drawn unless more are asked for: those that drift most. */
const TOP = 15;

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
  const shown = useMemo(() => (url.values.map === 'all' ? rows : rows.slice(0, TOP)), [rows, url.values.map]);
  const calmer = rows.length - (view === 'map' ? shown.length : rows.length) + data.hidden_features;
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
          label={`Drift of ${shown.length} inputs in ${batches.length} batches.`}
          rows={shown}
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
      {(calmer > 0 || rows.length > TOP) && view === 'map' && (
        <p className={styles.more}>
          {rows.length > TOP && (
            <Button
              kind="quiet"
              className="bw-screen"
              onClick={() => url.set({ map: url.values.map === 'all' ? 'top' : 'all' })}
            >
              {url.values.map === 'all' ? `Only the first ${TOP}` : `Draw ${rows.length}`}
            </Button>
          )}
          {calmer > 0 && (
            <span className="bw-muted">{`${count(calmer)} more inputs are calmer than these.`}</span>
          )}
        </p>
      )}
    </div>
  );
}
