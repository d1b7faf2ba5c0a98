// One input over time: its drift by the chosen method, and its missing values, on one axis.
import { useQuery } from '@tanstack/react-query';
import { catalogueQuery } from '../../api/catalogue';
import type { DriftPoint, Feature, FeaturePoint, Model } from '../../api/types';
import { nearest, slots as slotsOf } from '../../charts/scale';
import { FrameRow, TimeFrame } from '../../charts/time-frame';
import { Trend, type Line } from '../../charts/trend';
import { number, percent, window as windowWords } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { Segments } from '../../ui/segments';
import { StatusBadge } from '../../ui/status';
import { TimeTools } from '../time/tools';
import { extentOf } from '../time/window';
import { SlowDrift } from './evidence';
import { titleOf } from './methods';
import styles from './history.module.css';
import type { FeatureUrl } from './page';

interface Props {
  model: Model;
  feature: Feature;
  points: readonly DriftPoint[];
  at: number;
  url: FeatureUrl;
}

export function FeatureHistory({ model, feature, points, at, url }: Props) {
  const all = slotsOf(points);
  const series = feature.series.filter((one): one is FeaturePoint & { end: string } => one.end !== null);
  const slots = slotsOf(series);
  const extent = extentOf(url.values, all);
  const chosen = all[at];
  const here = chosen ? nearest(slots, (chosen.from + chosen.to) / 2) : -1;
  const keep = (i: number) => url.set({ at: i === points.length - 1 ? null : all[i]!.from });
  const keepHere = (i: number) => keep(nearest(all, slots[i]!.from));
  const methods = feature.drift.methods.map(({ method }) => method);
  const method = methods.find((one) => one === url.values.method) ?? methods[0] ?? '';
  const valueOf = (one: FeaturePoint) =>
    method === methods[0] ? one.score : (one.methods.find((m) => m.method === method)?.value ?? null);
  const lines = useLines(model, feature, method);
  return (
    <Panel title="Over time" aside={<TimeTools url={url} batches={points.length} at={at} onAt={keep} />}>
      {methods.length > 1 && (
        <div className={styles.methods}>
          <Segments
            label="Method"
            value={method}
            options={methods.map((one) => [one, titleOf(one)] as const)}
            onChange={(one) =>
              url.set({ method: one === methods[0] ? 'score' : (one as FeatureUrl['values']['method']) })
            }
          />
        </div>
      )}
      <TimeFrame
        label={`Drift of ${feature.feature} by batch`}
        extent={extent}
        slots={slots}
        at={here}
        onAt={keepHere}
        readout={(i) => {
          const one = series[i]!;
          const value = valueOf(one);
          return (
            <>
              <b>{windowWords(one.start, one.end)}</b>
              <StatusBadge status={one.status} />
              <span>{`${titleOf(method)} ${value === null ? 'unknown' : number(value)}`}</span>
              <span className="bw-muted">{`missing ${one.missing.current === null ? 'unknown' : percent(one.missing.current)}`}</span>
            </>
          );
        }}
      >
        {(width) => (
          <>
            <FrameRow name="Drift" note={titleOf(method)}>
              <Trend
                label={`${titleOf(method)} of ${feature.feature} in ${series.length} batches. ${feature.drift.sentence}`}
                extent={extent}
                slots={slots}
                values={series.map(valueOf)}
                statuses={series.map((one) => one.status)}
                lines={lines}
                width={width}
                height={180}
                format={number}
              />
            </FrameRow>
            <FrameRow name="Missing" note="share of the rows">
              <Trend
                label={`Share of missing values of ${feature.feature} in ${series.length} batches.`}
                extent={extent}
                slots={slots}
                values={series.map((one) => one.missing.current)}
                statuses={[]}
                lines={[]}
                width={width}
                height={96}
                format={percent}
              />
            </FrameRow>
          </>
        )}
      </TimeFrame>
      {feature.history?.evidence && <SlowDrift evidence={feature.history.evidence} />}
    </Panel>
  );
}

/** Where a method calls for a look and for action: as the owner set it for this input, else as the server has it. */
function useLines(model: Model, feature: Feature, method: string): Line[] {
  const { data } = useQuery(catalogueQuery());
  const isHeadline = feature.drift.methods[0]?.method === method;
  const own = isHeadline ? model.thresholds.features[feature.feature] : undefined;
  const lines = own ?? data?.methods.find(({ slug }) => slug === method)?.lines;
  if (!lines) return [];
  return [
    { kind: 'watch', value: lines.watch },
    { kind: 'act', value: lines.act },
  ];
}
