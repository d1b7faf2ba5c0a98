// The verdicts, the series on one time axis, and everything about the chosen batch.
import { useQuery } from '@tanstack/react-query';
import { catalogueQuery } from '../../api/catalogue';
import { batchPerformanceQuery } from '../../api/performance';
import type { Model, Performance, PerformancePoint } from '../../api/types';
import { nearest, slots as slotsOf } from '../../charts/scale';
import { FrameRow, TimeFrame } from '../../charts/time-frame';
import { Trend, type Line } from '../../charts/trend';
import { Choice } from '../../ui/field';
import { number, percent, window as windowWords } from '../../ui/format';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { StatusBadge } from '../../ui/status';
import { TimeTools } from '../time/tools';
import { extentOf } from '../time/window';
import { BatchPerformance } from './batch';
import type { PerformanceUrl } from './page';
import { Target } from './target';
import { Verdicts } from './verdicts';
import styles from './view.module.css';

interface Props {
  model: Model;
  real: Performance;
  guess: Performance;
  url: PerformanceUrl;
}

export function PerformanceView({ model, real, guess, url }: Props) {
  const { data: catalogue } = useQuery(catalogueQuery());
  const metrics = catalogue?.metrics.filter(({ task }) => task === model.task) ?? [];
  const metric = real.metric ?? guess.metric;
  // Every batch has an estimate first; labels come later, or never.
  const all = merge(guess.points, real.points);
  const slots = slotsOf(all);
  const [realSlots, guessSlots] = [slotsOf(real.points), slotsOf(guess.points)];
  const extent = extentOf(url.values, slots);
  const last = all.length - 1;
  const at = url.values.at === null ? last : nearest(slots, url.values.at);
  const keep = (i: number) => url.set({ at: i === last ? null : slots[i]!.from });
  const point = all[at];
  const main = real.points.length ? real : guess;
  const batch = useQuery({
    ...batchPerformanceQuery(model.name, point?.batch ?? ''),
    enabled: point !== undefined,
  });
  const unit = metric && metric.unit !== '1' ? ` in ${metric.unit}` : '';
  return (
    <>
      <Verdicts real={real} guess={guess} />
      <Panel
        title={metric ? metric.title : 'Performance over time'}
        lead={metric && `${metric.definition}${unit}. ${BETTER[metric.better]}.`}
        aside={
          <>
            {metrics.length > 1 && (
              <Choice
                label="Metric"
                value={metric?.slug ?? ''}
                onChange={(event) => url.set({ metric: event.currentTarget.value })}
              >
                {metrics.map(({ slug, title }) => (
                  <option key={slug} value={slug}>
                    {title}
                  </option>
                ))}
              </Choice>
            )}
            <TimeTools url={url} batches={all.length} at={at} onAt={keep} />
          </>
        }
      >
        <TimeFrame
          label="Performance by batch"
          extent={extent}
          slots={slots}
          at={at}
          onAt={keep}
          readout={(i) => (
            <Readout real={of(real, all[i]!.batch)} guess={of(guess, all[i]!.batch)} point={all[i]!} />
          )}
        >
          {(width) => (
            <>
              <FrameRow name={metric?.title ?? 'Metric'} note={<Key />}>
                <Trend
                  label={`${metric?.title ?? 'Performance'} of ${all.length} batches. ${main.sentence}`}
                  floating
                  extent={extent}
                  slots={main === real ? realSlots : guessSlots}
                  values={main.points.map(({ value }) => value)}
                  statuses={main.points.map(({ status }) => status)}
                  band={main.points.map(({ interval }) => interval)}
                  {...(main === real && {
                    second: { slots: guessSlots, values: guess.points.map(({ value }) => value) },
                  })}
                  lines={linesOf(main.points.at(-1))}
                  width={width}
                  height={width < 500 ? 180 : 240}
                  format={number}
                />
              </FrameRow>
              {real.points.length > 0 && (
                <FrameRow name="Labels" note="share of the rows">
                  <Trend
                    label={`Share of rows with a label in ${real.points.length} batches.`}
                    extent={extent}
                    slots={realSlots}
                    values={real.points.map(({ coverage }) => coverage)}
                    statuses={[]}
                    lines={[]}
                    width={width}
                    height={96}
                    format={percent}
                  />
                </FrameRow>
              )}
            </>
          )}
        </TimeFrame>
      </Panel>
      {point && <Target model={model.name} batch={point.batch} />}
      {point && (
        <Loaded query={batch} what="the performance of this batch" height={240}>
          {(found) => (
            <BatchPerformance
              model={model.name}
              found={found}
              metrics={metrics}
              name={windowWords(point.start, point.end)}
            />
          )}
        </Loaded>
      )}
    </>
  );
}

const BETTER = {
  higher: 'Higher is better',
  lower: 'Lower is better',
  zero: 'Nearer to zero is better',
} as const;

const of = ({ points }: Performance, batch: string) => points.find((one) => one.batch === batch);

/** Both series' batches in time order, each once. */
function merge(a: readonly PerformancePoint[], b: readonly PerformancePoint[]): PerformancePoint[] {
  const found = new Map([...a, ...b].map((point) => [point.batch, point]));
  return [...found.values()].sort((one, other) => one.end.localeCompare(other.end));
}

function linesOf(point: PerformancePoint | undefined): Line[] {
  const kinds = ['normal', 'watch', 'act'] as const;
  return kinds.flatMap((kind) => {
    const value = point?.[kind];
    return value == null ? [] : [{ kind, value }];
  });
}

function Key() {
  return (
    <span className={styles.key}>
      <span data-series="real">from labels</span>
      <span data-series="guess">estimated</span>
    </span>
  );
}

interface ReadoutProps {
  real: PerformancePoint | undefined;
  guess: PerformancePoint | undefined;
  point: PerformancePoint;
}

function Readout({ real, guess, point }: ReadoutProps) {
  const said = real ?? guess;
  return (
    <>
      <b>{windowWords(point.start, point.end)}</b>
      {said && <StatusBadge status={said.status} />}
      <span>{real ? `From labels ${valueOf(real)}` : 'No labels yet'}</span>
      {guess && <span className="bw-muted">{`estimated ${valueOf(guess)}`}</span>}
      {real?.coverage != null && (
        <span className="bw-muted">{`${percent(real.coverage)} of the rows have a label`}</span>
      )}
    </>
  );
}

function valueOf({ value, interval, reason }: PerformancePoint): string {
  if (value === null) return `unknown (${reason ?? 'no value'})`;
  return interval ? `${number(value)} (${number(interval[0])} to ${number(interval[1])})` : number(value);
}
