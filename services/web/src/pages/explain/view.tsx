// The verdict on what the model looks at, its change over time, every input then and now, and what that means.
import { useQuery } from '@tanstack/react-query';
import { reportQuery } from '../../api/drift';
import type { DriftPoint, Explanations, GlobalExplanation, Model } from '../../api/types';
import { paths, withSearch } from '../../app/paths';
import { printMoment } from '../../app/url';
import { slots as slotsOf } from '../../charts/scale';
import { FrameRow, TimeFrame } from '../../charts/time-frame';
import { Trend } from '../../charts/trend';
import { count, number, percent, pValue, points as pp, small, window as windowWords } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { Notice } from '../../ui/problem-view';
import { Segments } from '../../ui/segments';
import { StatusBadge } from '../../ui/status';
import { Fact, Verdict } from '../../ui/verdict';
import { TimeTools } from '../time/tools';
import { extentOf } from '../time/window';
import { Ask } from './ask';
import { HowExplained } from './how';
import { ByClass } from './by-class';
import { ImportanceTable } from './importance';
import { MattersMoved } from './matters';
import { Moved } from './moved';
import type { ExplainUrl } from './page';
import { SPACE } from './space';

interface Props {
  model: Model;
  found: GlobalExplanation;
  list: Explanations;
  points: readonly DriftPoint[];
  at: number;
  url: ExplainUrl;
}

export function ExplainView({ model, found, list, points, at, url }: Props) {
  const point = points[at]!;
  const name = windowWords(point.start, point.end);
  const isWindow = url.values.scope === 'window';
  const moment = isWindow ? undefined : printMoment(Date.parse(point.start ?? point.end));
  const to = (feature: string) => withSearch(paths.feature(model.name, feature), { at: moment });
  const report = useQuery(reportQuery(model.name, point.batch)).data;
  return (
    <>
      <Standing found={found} name={isWindow ? `${count(found.batches.length)} batches together` : name} />
      {found.left_out_reason !== null && found.left_out > 0 && (
        <Notice>{`${found.left_out} batches are left out: ${found.left_out_reason}.`}</Notice>
      )}
      {found.warnings.map((one) => (
        <Notice key={one}>{one}</Notice>
      ))}
      <Ask model={model.name} batch={point.batch} name={name} space={SPACE[found.output]} />
      <OverTime list={list} points={points} at={at} url={url} />
      {found.features.length > 0 && (
        <>
          <ImportanceTable found={found} report={report} to={to} />
          <ByClass found={found} to={to} />
          {report && !isWindow && <MattersMoved found={found} report={report} name={name} to={to} />}
          {found.shift && <Moved found={found} shift={found.shift} to={to} />}
        </>
      )}
      <HowExplained found={found} />
    </>
  );
}

function Standing({ found, name }: { found: GlobalExplanation; name: string }) {
  const against = found.against_reference;
  const status = against?.status ?? 'unknown';
  const most = [...(against?.features ?? [])].sort(
    (a, b) => Math.abs(b.share - b.reference_share) - Math.abs(a.share - a.reference_share),
  )[0];
  const top = found.features.slice(0, 3).map(({ feature }) => feature);
  return (
    <Verdict
      status={status}
      lead={
        <>
          <StatusBadge status={status} large />
          <span>{`what the model looks at, ${name}`}</span>
        </>
      }
      sentence={sentenceOf(found, top, most)}
    >
      {against?.tv != null && (
        <Fact name="Share that moved" value={percent(against.tv)}>
          {`of the attention; watched from ${percent(against.threshold)}${against.p_value === null ? '' : `, p ${pValue(against.p_value)}`}`}
        </Fact>
      )}
      {against?.ndcg != null && (
        <Fact name="Order kept" value={number(against.ndcg)}>
          NDCG, 1 is the same order
        </Fact>
      )}
      <Fact name="Rows explained" value={count(found.rows)}>{`of ${count(found.rows_total)}`}</Fact>
      <Fact name="Answers" value={EXACT[found.additivity.state]}>
        {found.additivity.max_abs === null
          ? ''
          : `the parts add up to the model’s answers (gap ${small(found.additivity.max_abs)})`}
      </Fact>
    </Verdict>
  );
}

const EXACT: Record<GlobalExplanation['additivity']['state'], string> = {
  exact: 'exact',
  estimated: 'estimated',
  failed: 'refused',
  unchecked: 'not checked',
};

function sentenceOf(
  found: GlobalExplanation,
  top: readonly string[],
  most: NonNullable<GlobalExplanation['against_reference']>['features'][number] | undefined,
): string {
  if (found.reason !== null) return found.reason;
  const looks = `The model looks first at ${top.join(', ')}.`;
  const against = found.against_reference;
  if (!against || against.status === 'unknown') {
    return `${looks} ${against?.reason ?? 'It is not known whether that changed: the reference was not explained.'}`;
  }
  if (against.status === 'fine' || !most) return `${looks} That is as it was on the reference.`;
  const change = pp(most.share - most.reference_share);
  return `${looks} That is another weighting than on the reference: ${most.feature} went from ${percent(most.reference_share)} to ${percent(most.share)} of it (${change}).`;
}

function OverTime({ list, points, at, url }: Pick<Props, 'list' | 'points' | 'at' | 'url'>) {
  const of = new Map(list.items.map((one) => [one.batch, one]));
  const slots = slotsOf(points);
  const extent = extentOf(url.values, slots);
  const last = points.length - 1;
  const keep = (i: number) => url.set({ at: i === last ? null : slots[i]!.from });
  const items = points.map(({ batch }) => of.get(batch));
  const known = items.filter((one) => one?.tv != null).length;
  return (
    <Panel
      title="Does it still look at the same things?"
      lead="How much of the attention moved to other inputs, against the reference."
      aside={
        <>
          <Segments
            label="Show the importance of"
            value={url.values.scope}
            options={[
              ['batch', 'One batch'],
              ['window', 'The whole stretch'],
            ]}
            onChange={(scope) => url.set({ scope })}
          />
          <TimeTools url={url} batches={points.length} at={at} onAt={keep} />
        </>
      }
    >
      <TimeFrame
        label="Attribution drift by batch"
        extent={extent}
        slots={slots}
        at={at}
        onAt={keep}
        readout={(i) => {
          const [one, point] = [items[i], points[i]!];
          return (
            <>
              <b>{windowWords(point.start, point.end)}</b>
              {one && <StatusBadge status={one.status} />}
              <span>{one?.tv == null ? 'not compared' : `${percent(one.tv)} moved`}</span>
              <span className="bw-muted">{one?.reason ?? one?.top.join(', ')}</span>
            </>
          );
        }}
      >
        {(width) => (
          <FrameRow name="Share moved" note="of the attention">
            <Trend
              label={`Share of the attention that moved, in ${known} batches.`}
              extent={extent}
              slots={slots}
              values={items.map((one) => one?.tv ?? null)}
              statuses={items.map((one) => one?.status ?? 'unknown')}
              lines={[]}
              width={width}
              height={150}
              format={percent}
            />
          </FrameRow>
        )}
      </TimeFrame>
    </Panel>
  );
}
