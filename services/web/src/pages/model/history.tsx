// The model over time: drift and every input on one axis; the chosen batch below.
import { useQuery } from '@tanstack/react-query';
import {
  heatmapQuery,
  MOST_COLUMNS,
  MOST_POINTS,
  reportQuery,
  trendQuery,
  type Window,
} from '../../api/drift';
import type { Drift, Model } from '../../api/types';
import { has } from '../../app/has';
import { printMoment } from '../../app/url';
import { arrange, Flags } from '../../charts/flags';
import { nearest, slots as slotsOf, type Extent } from '../../charts/scale';
import { FrameRow, TimeFrame } from '../../charts/time-frame';
import { Trend } from '../../charts/trend';
import { Empty } from '../../ui/empty';
import { count, index, number, window as windowWords } from '../../ui/format';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { StatusBadge } from '../../ui/status';
import { ReportMenu } from '../time/report';
import { TimeTools } from '../time/tools';
import { extentOf, newestOf, windowOf } from '../time/window';
import { Broken } from './broken';
import { Drifted } from './drifted';
import { Inputs } from './inputs';
import { PerformanceRow } from './performance-row';
import { ProvenanceRow } from './provenance-row';
import type { ModelUrl } from './page';
import { Together } from './together';
import { useFlags } from './use-flags';

const TITLE = 'Drift over time';

export function History({ model, url }: { model: Model; url: ModelUrl }) {
  const window = windowOf(url.values, newestOf(model));
  const trend = useQuery(trendQuery(model.name, window));
  return (
    <Loaded
      query={trend}
      what="the drift trend"
      height={560}
      empty={(drift) =>
        drift.trend.points.length ? null : (
          <Panel title={TITLE} aside={<TimeTools url={url} batches={0} at={-1} />}>
            <Empty title="No batches in this stretch of time">Choose a longer one.</Empty>
          </Panel>
        )
      }
    >
      {(drift) => <Charts model={model} url={url} drift={drift} window={window} />}
    </Loaded>
  );
}

interface Props {
  model: Model;
  url: ModelUrl;
  drift: Drift;
  window: Window;
}

function Charts({ model, url, drift, window }: Props) {
  const { points, change_points: changes } = drift.trend;
  const slots = slotsOf(points);
  const extent = extentOf(url.values, slots);
  const last = points.length - 1;
  const at = url.values.at === null ? last : nearest(slots, url.values.at);
  const point = points[at]!;
  const keep = (i: number) => url.set({ at: i === last ? null : slots[i]!.from });
  const heatmap = useQuery(heatmapQuery(model.name, window));
  const report = useQuery(reportQuery(model.name, point.batch));
  const flags = useFlags(model.name, extent.to);
  const watch = report.data?.overall.watch;
  return (
    <>
      <Panel
        title={TITLE}
        lead={
          <>
            One time axis for all rows. Click anywhere to read that batch, a square to open the input, a step
            to see what ran.
            {points.length >= MOST_COLUMNS && ` ${cutWords(points.length)}`}
          </>
        }
        aside={
          <>
            <TimeTools url={url} batches={points.length} at={at} onAt={keep} />
            <ReportMenu model={model.name} id={daysOf(extent)} hasEvidence />
          </>
        }
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
                <span>{one.score === null ? 'Drift index unknown' : `Drift index ${index(one.score)}`}</span>
                <span className="bw-muted">{`${count(one.rows)} rows`}</span>
              </>
            );
          }}
        >
          {(width) => (
            <>
              {arrange(flags, extent, width).length > 0 && (
                <FrameRow name="Known changes">
                  <Flags flags={flags} extent={extent} width={width} />
                </FrameRow>
              )}
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
                  flags={changes.map(({ time, before, after }) => ({
                    time: Date.parse(time),
                    text:
                      before === null || after === null ? 'changed' : `${number(before)} → ${number(after)}`,
                  }))}
                  width={width}
                  height={width < 500 ? 160 : 210}
                  format={number}
                />
              </FrameRow>
              {has('/models/{model}/performance') && (
                <PerformanceRow model={model.name} window={window} extent={extent} width={width} />
              )}
              <Loaded query={heatmap} what="the drift of the inputs" height={260}>
                {(data) => <Inputs model={model.name} url={url} data={data} extent={extent} width={width} />}
              </Loaded>
              {has('/lineage/graph') && (
                <ProvenanceRow
                  model={model.name}
                  window={window}
                  extent={extent}
                  width={width}
                  node={url.values.node}
                  onNode={(node, start) => {
                    const i = start === null ? -1 : nearest(slots, start);
                    url.set({ node, ...(i >= 0 && { at: i === last ? null : slots[i]!.from }) });
                  }}
                />
              )}
            </>
          )}
        </TimeFrame>
      </Panel>
      <Loaded query={report} what="the report of this batch" height={240}>
        {(found) => (
          <>
            <Drifted key={found.batch} model={model.name} report={found} url={url} />
            <Broken report={found} />
            <Together model={model.name} report={found} at={printMoment(slots[at]!.from)} />
          </>
        )}
      </Loaded>
    </>
  );
}

/** The days a stretch covers, both included, as reports are named. */
function daysOf({ from, to }: Extent): string {
  const day = (time: number) => new Date(time).toISOString().slice(0, 10);
  return `${day(from)}..${day(to - 1)}`;
}

/** What of a long stretch is not drawn. */
function cutWords(batches: number): string {
  const newest = batches >= MOST_POINTS ? `The newest ${count(MOST_POINTS)} batches are drawn; ` : '';
  const inputs = `performance and inputs are drawn for the newest ${count(MOST_COLUMNS)}.`;
  return newest + (newest ? inputs : inputs[0]!.toUpperCase() + inputs.slice(1));
}
