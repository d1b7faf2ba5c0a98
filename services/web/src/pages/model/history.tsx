// The model over time: drift and every input on one axis; the chosen batch below.
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { Link, useNavigate } from 'react-router';
import { heatmapQuery, trendQuery } from '../../api/drift';
import type { Drift, Heatmap as HeatmapData, Model } from '../../api/types';
import { paths, withSearch } from '../../app/paths';
import { printMoment } from '../../app/url';
import { HeatLegend, Heatmap } from '../../charts/heatmap';
import { nearest, slots as slotsOf, type Extent, type Slot } from '../../charts/scale';
import { FrameRow, TimeFrame } from '../../charts/time-frame';
import { Trend } from '../../charts/trend';
import { Empty } from '../../ui/empty';
import { count, index, score, window as windowWords } from '../../ui/format';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { Segments } from '../../ui/segments';
import { StatusBadge } from '../../ui/status';
import { Drifted } from './drifted';
import { HeatTable } from './heat-table';
import styles from './history.module.css';
import type { ModelUrl } from './page';
import { TimeTools } from './time-tools';
import { extentOf, windowOf } from './window';

export function History({ model, url }: { model: Model; url: ModelUrl }) {
  const newest = model.summary?.batch_end ? Date.parse(model.summary.batch_end) : null;
  const window = windowOf(url.values, newest);
  const trend = useQuery(trendQuery(model.name, window));
  return (
    <Loaded
      query={trend}
      what="the drift trend"
      height={560}
      empty={(drift) =>
        drift.trend.points.length ? null : (
          <Panel title="Drift over time" aside={<TimeTools url={url} slots={[]} at={-1} />}>
            <Empty title="No batches in this stretch of time">Choose a longer range.</Empty>
          </Panel>
        )
      }
    >
      {(drift) => <Charts model={model} url={url} drift={drift} window={window} />}
    </Loaded>
  );
}

interface ChartProps {
  model: Model;
  url: ModelUrl;
  drift: Drift;
  window: ReturnType<typeof windowOf>;
}

function Charts({ model, url, drift, window }: ChartProps) {
  const { points, change_points: changes } = drift.trend;
  const slots = slotsOf(points);
  const extent = extentOf(window, slots);
  const at = url.values.at === null ? points.length - 1 : nearest(slots, url.values.at);
  const keep = (i: number) => url.set({ at: i === points.length - 1 ? null : slots[i]!.from });
  const heatmap = useQuery(heatmapQuery(model.name, window));
  const point = points[at]!;
  const watch = drift.latest?.watch;
  return (
    <>
      <Panel
        title="Drift over time"
        lead="One time axis for all rows. Click anywhere to read that batch; click a square to open the input."
        aside={<TimeTools url={url} slots={slots} at={at} onAt={keep} />}
      >
        <TimeFrame
          label="Drift by batch"
          extent={extent}
          slots={slots}
          at={at}
          onAt={keep}
          readout={(i) => {
            const one = points[i]!;
            return (
              <>
                <b>{windowWords(one.start, one.end)}</b>
                <StatusBadge status={one.status} />
                <span>{one.score == null ? 'Drift index unknown' : `Drift index ${index(one.score)}`}</span>
                <span className="bw-muted">{`${count(one.rows)} rows`}</span>
              </>
            );
          }}
        >
          {(width) => (
            <>
              <FrameRow name="Overall drift" note="index, 0 to 100">
                <Trend
                  label={`Drift index of ${points.length} batches. ${drift.latest?.sentence ?? ''}`}
                  extent={extent}
                  slots={slots}
                  values={points.map((one) => one.score)}
                  statuses={points.map((one) => one.status)}
                  lines={[
                    ...(watch === undefined ? [] : [{ value: watch, kind: 'watch' as const }]),
                    { value: point.threshold, kind: 'act' as const },
                  ]}
                  flags={changes.map((change) => ({ time: Date.parse(change.time), text: 'level changed' }))}
                  width={width}
                  height={width < 500 ? 160 : 210}
                  format={(value) => String(value)}
                />
              </FrameRow>
              <Loaded query={heatmap} what="the drift of the inputs" height={260}>
                {(data) => (
                  <Features model={model} url={url} data={data} extent={extent} slots={slots} width={width} />
                )}
              </Loaded>
            </>
          )}
        </TimeFrame>
      </Panel>
      <Drifted model={model.name} point={point} />
    </>
  );
}

interface FeatureProps {
  model: Model;
  url: ModelUrl;
  data: HeatmapData;
  extent: Extent;
  slots: readonly Slot[];
  width: number;
}

function Features({ model, url, data, extent, width }: FeatureProps) {
  const navigate = useNavigate();
  const batches = data.batches;
  const slots = slotsOf(batches);
  const rows = data.features.map((name, r) => ({
    name,
    statuses: data.statuses[r]!,
    scores: data.scores[r]!,
  }));
  const nameOf = (first: number, last: number) => {
    const [a, b] = [batches[first]!, batches[last]!];
    return first === last ? windowWords(a.start, a.end) : windowWords(a.start ?? a.end, b.end);
  };
  const open = useCallback(
    (feature: string, i: number) =>
      void navigate(withSearch(paths.feature(model.name, feature), { at: printMoment(slots[i]!.from) })),
    // The slots follow from the batches.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [navigate, model.name, batches],
  );
  return (
    <div className={styles.features}>
      <div className={styles.title}>
        <h3>Inputs</h3>
        <HeatLegend watch={data.watch} act={data.act} format={(value) => String(value)} />
        <Segments
          label="Show the inputs as"
          value={url.values.view}
          options={[
            ['map', 'Map'],
            ['table', 'Table'],
          ]}
          onChange={(view) => url.set({ view })}
        />
      </div>
      {url.values.view === 'map' ? (
        <Heatmap
          label={`Drift of ${rows.length} inputs in ${batches.length} batches.`}
          rows={rows}
          extent={extent}
          slots={slots}
          nameOf={nameOf}
          act={data.act}
          width={width}
          format={score}
          header={(name) => (
            <Link
              to={withSearch(paths.feature(model.name, name), {
                at: url.values.at === null ? undefined : printMoment(url.values.at),
              })}
              title={name}
            >
              {name}
            </Link>
          )}
          onOpen={open}
        />
      ) : (
        <HeatTable rows={rows} names={batches.map((_, i) => nameOf(i, i))} />
      )}
    </div>
  );
}
