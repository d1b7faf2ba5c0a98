// How the graph is shown: which view, runs or jobs, how much of time, and the way to take it along.
import type { Graph } from '../../api/types';
import { has } from '../../app/has';
import { Menu } from '../../ui/menu';
import { Segments } from '../../ui/segments';
import { TimeTools } from '../time/tools';
import type { ProvenanceUrl } from './page';

const VIEWS = [
  ['lanes', 'Lanes'],
  ['path', 'Path'],
  ['table', 'Table'],
] as const;

const FORMATS = [
  ['svg', 'Picture (SVG)'],
  ['csv', 'Tables (CSV, zipped)'],
  ['openlineage', 'OpenLineage events'],
  ['prov-json', 'W3C PROV (JSON)'],
  ['dot', 'Graphviz (DOT)'],
] as const;

export function Tools({ url, graph }: { url: ProvenanceUrl; graph: Graph }) {
  const { view, level } = url.values;
  return (
    <>
      <Segments label="Show as" value={view} options={VIEWS} onChange={(next) => url.set({ view: next })} />
      {view !== 'path' && (
        <>
          <Segments
            label="Steps"
            value={level}
            options={[
              ['run', 'Runs'],
              ['job', 'Jobs'],
            ]}
            onChange={(next) => url.set({ level: next })}
          />
          <TimeTools url={url} batches={0} at={-1} />
        </>
      )}
      {has('/lineage/export') && <Export graph={graph} />}
    </>
  );
}

function Export({ graph }: { graph: Graph }) {
  const href = (format: string) => {
    const asked = { model: graph.model, node: graph.root, format, ...times(graph) };
    return `/api/v1/lineage/export?${new URLSearchParams(asked).toString()}`;
  };
  return <Menu name="Export" items={FORMATS.map(([format, title]) => ({ title, href: href(format) }))} />;
}

const times = ({ from, to }: Graph) => ({ ...(from !== null && { from }), ...(to !== null && { to }) });
