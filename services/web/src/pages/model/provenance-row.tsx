// What ran and what was delivered, on the axis of the drift: runs, data, versions. A click tells of a step below it.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'react-router';
import type { Window } from '../../api/drift';
import { graphQuery, modelNode } from '../../api/lineage';
import type { Graph, GraphMark } from '../../api/types';
import { paths } from '../../app/paths';
import type { Extent } from '../../charts/scale';
import { Lanes } from '../../graph/lanes';
import { isWithin, spans } from '../../graph/layout';
import { markStatus } from '../../graph/status';
import { count } from '../../ui/format';
import { isTold } from '../provenance/words';
import { ChosenStep } from './chosen-step';
import styles from './provenance-row.module.css';

/** Batches and reports are the other rows of the axis. */
const OTHERS: ReadonlySet<string> = new Set(['batches', 'reports']);
const WHOLE = { up: 8, down: 2, level: 'run' } as const;

interface Props {
  model: string;
  window: Window;
  extent: Extent;
  width: number;
  /** The chosen step, empty for none; with the moment it began. */
  node: string;
  onNode: (node: string, start: number | null) => void;
}

export function ProvenanceRow({ model, window, extent, width, node, onNode }: Props) {
  const { data: graph } = useQuery({
    ...graphQuery(model, modelNode(model), WHOLE, window),
    placeholderData: (before) => before,
  });
  const lanes = useMemo(() => (graph ? lanesOf(graph, extent) : []), [graph, extent]);
  const edges = useMemo(() => (graph ? graph.edges.filter(isTold(graph)) : []), [graph]);
  const marks = useMemo(() => lanes.flatMap((lane) => lane.marks), [lanes]);
  if (!graph || !marks.some(({ kind }) => kind !== 'model' && kind !== 'reference')) return null;
  const failed = marks.filter((mark) => markStatus(mark) === 'act');
  const bad = failed.filter(({ standing }) => !standing).length;
  const before = failed.filter(({ standing, kind }) => standing && kind === 'pipeline_run');
  const chosen = marks.find(({ id }) => id === node);
  return (
    <div className={styles.rows}>
      <div className={styles.title}>
        <h3>
          <Link to={paths.provenance(model)}>Provenance</Link>
        </h3>
        <p className="bw-muted">
          {bad
            ? `${count(bad)} ${bad === 1 ? 'step' : 'steps'} failed in this stretch. A number counts steps at once.`
            : 'Nothing failed in this stretch. A number counts steps at once.'}
          {before.length > 0 &&
            ` When it began, the last run of ${before.map(({ label }) => label).join(', ')} had failed.`}
        </p>
      </div>
      <Lanes
        label={`${count(marks.length)} steps in ${lanes.length} lanes, ${count(bad)} failed.`}
        lanes={lanes}
        edges={edges}
        extent={extent}
        width={width}
        height={32}
        selected={chosen ? node : null}
        onSelect={(id) => {
          const start = marks.find((one) => one.id === id)?.start;
          onNode(id, start == null ? null : Date.parse(start));
        }}
      />
      {node !== '' && <ChosenStep model={model} node={node} onClose={() => onNode('', null)} />}
    </div>
  );
}

/** Lanes that tell something in the stretch shown; a batch's own lanes are drawn above already. */
function lanesOf({ lanes }: Graph, extent: Extent): Graph['lanes'] {
  return lanes
    .filter(({ key }) => !OTHERS.has(key))
    .map((lane) => (lane.key === 'versions' ? { ...lane, marks: spans(lane.marks) } : lane))
    .filter(({ marks }) => marks.some((mark) => isWithin(mark, extent) && tells(mark)));
}

/** What nothing is known of but its name is left to the page of the provenance. */
const tells = (mark: GraphMark) =>
  mark.kind.endsWith('version') || !['unknown', 'plain'].includes(markStatus(mark));
