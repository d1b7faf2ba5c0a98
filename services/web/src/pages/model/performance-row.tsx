// How well the model did, on the axis of the drift: from labels as a line, estimated as a dashed one.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Window } from '../../api/drift';
import { performanceQuery } from '../../api/performance';
import { paths } from '../../app/paths';
import { slots, type Extent } from '../../charts/scale';
import { FrameRow } from '../../charts/time-frame';
import { Trend } from '../../charts/trend';
import { number } from '../../ui/format';

interface Props {
  model: string;
  window: Window;
  extent: Extent;
  width: number;
}

export function PerformanceRow({ model, window, extent, width }: Props) {
  const real = useQuery(performanceQuery(model, 'realised', '', '', window)).data;
  const guess = useQuery(performanceQuery(model, 'estimated', '', '', window)).data;
  const main = real?.points.length ? real : guess;
  if (!main?.points.length) return null;
  const act = main.points.at(-1)?.act;
  return (
    <FrameRow name={<Link to={paths.performance(model)}>Performance</Link>} note={main.metric?.title}>
      <Trend
        label={`${main.metric?.title ?? 'Performance'} of ${main.points.length} batches. ${main.sentence}`}
        floating
        extent={extent}
        slots={slots(main.points)}
        values={main.points.map(({ value }) => value)}
        statuses={main.points.map(({ status }) => status)}
        {...(main === real &&
          guess && {
            second: { slots: slots(guess.points), values: guess.points.map(({ value }) => value) },
          })}
        lines={act == null ? [] : [{ kind: 'act', value: act }]}
        width={width}
        height={120}
        format={number}
      />
    </FrameRow>
  );
}
