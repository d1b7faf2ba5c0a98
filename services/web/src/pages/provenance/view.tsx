// The three views of one graph, and what is chosen in it.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { graphQuery } from '../../api/lineage';
import type { Graph, GraphMark, Model } from '../../api/types';
import { DAY, type Extent } from '../../charts/scale';
import { WORST_FIRST, markStatus } from '../../graph/status';
import { Notice } from '../../ui/problem-view';
import { Ago } from '../../ui/time';
import { AsOf, Search } from './asked';
import { Cause } from './cause';
import { inBatches } from './in-batches';
import { Lately } from './lanes-panel';
import type { ProvenanceUrl } from './page';
import { isTold } from './words';
import { PathPanel } from './path-panel';
import { StepPanel } from './step-panel';
import { MarksTable } from './table';
import styles from './view.module.css';

interface Props {
  model: Model;
  graph: Graph;
  url: ProvenanceUrl;
}

export function ProvenanceView({ model, graph: told, url }: Props) {
  const { view, up, down, asof } = url.values;
  const graph = useMemo(() => inBatches(told), [told]);
  const extent = useMemo(() => extentOf(graph), [graph]);
  const chosen = url.values.node || standing(graph, url.values.at);
  const choose = (node: string) => url.set({ node, at: null, versus: '', q: '' }, { push: true });
  const near = useQuery({
    ...graphQuery(
      model.name,
      chosen ?? '',
      { up, down, level: 'run', asof: asof === null ? undefined : new Date(asof).toISOString() },
      {},
    ),
    enabled: chosen !== null,
    placeholderData: (before) => before,
  });
  const edges = useMemo(
    () => [...graph.edges.filter(isTold(graph)), ...(near.data?.edges ?? [])],
    [graph, near.data],
  );
  const away = graph.sources.filter(({ state }) => state === 'error' || state === 'late');
  const hidden = Object.values(graph.hidden).reduce((sum, one) => sum + one, 0);
  return (
    <>
      {away.map(({ name, state, last_ok }) => (
        <Notice key={name}>
          {`The source ${name} ${state === 'late' ? 'is late' : 'cannot be read'}: what it knows is of `}
          {last_ok === null ? 'nobody knows when' : <Ago time={last_ok} />}. Later steps may be missing here.
        </Notice>
      ))}
      {asof !== null && <AsOf at={asof} onNow={() => url.set({ asof: null })} />}
      {hidden > 0 && (
        <Notice>{`${hidden} more steps are older or further away and not drawn. A shorter stretch shows more.`}</Notice>
      )}
      <Search model={model.name} url={url} onChoose={choose} />
      {view === 'lanes' && (
        <Lately graph={graph} edges={edges} extent={extent} chosen={chosen} onChoose={choose} url={url} />
      )}
      {view === 'path' && <PathPanel graph={near} chosen={chosen} onChoose={choose} url={url} drawn />}
      {view === 'table' && (
        <MarksTable graph={graph} extent={extent} chosen={chosen} onChoose={choose} url={url} />
      )}
      <div className={styles.beside}>
        <div className={styles.column}>
          {view !== 'path' && <PathPanel graph={near} chosen={chosen} onChoose={choose} url={url} />}
          <Cause model={model.name} chosen={chosen} onChoose={choose} />
        </div>
        {chosen !== null && (
          <StepPanel model={model.name} graph={graph} node={chosen} url={url} onChoose={choose} />
        )}
      </div>
    </>
  );
}

/** What is chosen when the address names nothing: the worst report of the moment, else of the newest batch. */
function standing(graph: Graph, at: number | null): string | null {
  const of = (key: string) =>
    graph.lanes.find((lane) => lane.key === key)?.marks.filter(({ start }) => start !== null) ?? [];
  const list = [of('reports'), of('batches'), of('data_factory')].find((marks) => marks.length) ?? [];
  const away = ({ start, end }: GraphMark) => {
    const [from, to] = [Date.parse(start!), Date.parse(end ?? start!)];
    if (at === null) return -from;
    // The end of a batch is the begin of the next one.
    return at < from ? from - at : at >= to && to > from ? at - to + 1 : Math.max(0, at - to);
  };
  const rank = (mark: GraphMark) => WORST_FIRST.indexOf(markStatus(mark));
  return [...list].sort((a, b) => away(a) - away(b) || rank(a) - rank(b))[0]?.id ?? null;
}

/** The stretch that is drawn: what was asked for, else what the marks cover. */
function extentOf(graph: Graph): Extent {
  const times = graph.lanes
    .filter(({ key }) => key !== 'versions')
    .flatMap(({ marks }) => marks.flatMap(({ start, end }) => [start, end]))
    .filter((time) => time !== null)
    .map((time) => Date.parse(time));
  const [first, last] = [
    times.reduce((a, b) => Math.min(a, b), Infinity),
    times.reduce((a, b) => Math.max(a, b), 0),
  ];
  const from = graph.from === null ? first : Date.parse(graph.from);
  const to = graph.to === null ? last + 1 : Date.parse(graph.to);
  // To the second: a window that begins just after an instant is drawn from it.
  const begin = Math.floor(from / 1000) * 1000;
  return to > from && Number.isFinite(from) ? { from: begin, to } : { from: last - DAY, to: last + 1 };
}
