// The lanes on a time axis of their own.
import { useMemo } from 'react';
import type { Graph } from '../../api/types';
import { TimeAxis } from '../../charts/time-frame';
import type { Extent } from '../../charts/scale';
import { useWidth } from '../../charts/use-width';
import { Lanes } from '../../graph/lanes';
import { isWithin, spans } from '../../graph/layout';
import { Panel } from '../../ui/panel';
import { LaneLegend } from './legend';
import styles from './lanes-panel.module.css';
import type { ProvenanceUrl } from './page';
import { Tools } from './tools';

interface Props {
  graph: Graph;
  edges: Graph['edges'];
  extent: Extent;
  chosen: string | null;
  onChoose: (id: string) => void;
  url: ProvenanceUrl;
}

export function Lately({ graph, edges, extent, chosen, onChoose, url }: Props) {
  const [ref, width] = useWidth<HTMLDivElement>(1100);
  const lanes = useMemo(
    () =>
      graph.lanes
        .map((lane) => (lane.key === 'versions' ? { ...lane, marks: spans(lane.marks) } : lane))
        .filter(({ marks }) => marks.some((mark) => isWithin(mark, extent))),
    [graph, extent],
  );
  const steps = lanes.reduce((sum, { marks }) => sum + marks.length, 0);
  return (
    <Panel title="What happened when" lead={<LaneLegend />} aside={<Tools url={url} graph={graph} />}>
      <div className={styles.frame}>
        <div className={styles.measure} ref={ref} />
        <Lanes
          label={`${steps} steps in ${lanes.length} lanes.`}
          lanes={lanes}
          edges={edges}
          extent={extent}
          width={width}
          selected={chosen}
          onSelect={onChoose}
        />
        <div className={styles.axis}>
          <TimeAxis extent={extent} width={width} />
        </div>
      </div>
    </Panel>
  );
}
