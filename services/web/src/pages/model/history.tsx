// The model over time: drift and every input on one axis; the chosen batch below.
import { useQuery } from '@tanstack/react-query';
import { heatmapQuery, reportQuery, trendQuery, type Window } from '../../api/drift';
import type { Drift, Model } from '../../api/types';
import { has } from '../../app/has';
import { Flags } from '../../charts/flags';
import { nearest, slots as slotsOf } from '../../charts/scale';
import { FrameRow, TimeFrame } from '../../charts/time-frame';
import { Trend } from '../../charts/trend';
import { Empty } from '../../ui/empty';
import { count, index, number, window as windowWords } from '../../ui/format';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { StatusBadge } from '../../ui/status';
import { TimeTools } from '../time/tools';
import { extentOf, newestOf, windowOf } from '../time/window';
import { Drifted } from './drifted';
import { Inputs } from './inputs';
import { PerformanceRow } from './performance-row';
import type { ModelUrl } from './page';
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
        lead="One time axis for all rows. Click anywhere to read that batch; click a square to open the input."
        aside={<TimeTools url={url} batches={points.length} at={at} onAt={keep} />}
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
              {flags.length > 0 && (
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
            </>
          )}
        </TimeFrame>
      </Panel>
      <Loaded query={report} what="the report of this batch" height={240}>
        {(found) => <Drifted model={model.name} report={found} />}
      </Loaded>
    </>
  );
}
