// The way to the chosen step: drawn as a small graph where asked, and written as a list, sources first.
import type { UseQueryResult } from '@tanstack/react-query';
import type { Graph } from '../../api/types';
import { FlowChart } from '../../graph/flow-chart';
import { Path, type Step } from '../../graph/path';
import { Choice } from '../../ui/field';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import type { ProvenanceUrl } from './page';
import { Tools } from './tools';
import { KIND } from './words';
import styles from './path-panel.module.css';

interface Props {
  graph: UseQueryResult<Graph>;
  chosen: string | null;
  onChoose: (id: string) => void;
  url: ProvenanceUrl;
  drawn?: boolean;
}

const MOST_BOXES = 150;

export function PathPanel({ graph, chosen, onChoose, url, drawn = false }: Props) {
  if (chosen === null) return null;
  return (
    <Panel
      title={drawn ? 'How it came about' : 'The way to it'}
      lead="Sources first. A dashed connection is inferred, not told by a source."
      aside={drawn && graph.data && <Tools url={url} graph={graph.data} />}
    >
      <Loaded query={graph} what="the way" height={220}>
        {(found) => {
          const marks = found.lanes.flatMap((lane) => lane.marks);
          return (
            <>
              {drawn && (
                <div className={styles.drawn}>
                  <div className={styles.depth}>
                    <Depth label="Steps up" value={url.values.up} onChange={(up) => url.set({ up })} />
                    <Depth
                      label="Steps down"
                      value={url.values.down}
                      onChange={(down) => url.set({ down })}
                    />
                  </div>
                  <FlowChart
                    label={`${Math.min(marks.length, MOST_BOXES)} steps around what is chosen.`}
                    boxes={marks.slice(0, MOST_BOXES).map(({ id, kind, label, status, verdict, stale }) => ({
                      id,
                      kind,
                      title: KIND[kind],
                      label,
                      status,
                      verdict,
                      stale,
                    }))}
                    edges={found.edges}
                    selected={chosen}
                    onSelect={onChoose}
                  />
                  {marks.length > MOST_BOXES && (
                    <p className="bw-muted">{`${marks.length - MOST_BOXES} more steps are not drawn: take fewer steps up or down.`}</p>
                  )}
                </div>
              )}
              <Path
                label="The way to it, sources first"
                steps={stepsOf(found)}
                selected={chosen}
                onSelect={onChoose}
              />
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function Depth({
  label,
  value,
  onChange,
}: {
  label: string;
  value: number;
  onChange: (value: number) => void;
}) {
  const shown = [0, 1, 2, 3, 5, 8, 12, 20];
  return (
    <Choice label={label} value={value} onChange={(event) => onChange(Number(event.currentTarget.value))}>
      {[...new Set([...shown, value])]
        .sort((a, b) => a - b)
        .map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
    </Choice>
  );
}

/** The server's path begins at what is chosen; here the sources come first. */
export function stepsOf({ path, lanes }: Pick<Graph, 'path' | 'lanes'>): Step[] {
  // A step that ran well on data that was too old is not fine, here as in the lanes.
  const stale = new Set(lanes.flatMap(({ marks }) => marks.filter((one) => one.stale).map(({ id }) => id)));
  return path
    .map(({ id, kind, sentence, status, verdict, at, links }, i) => ({
      id,
      kind,
      title: KIND[kind],
      sentence,
      status,
      verdict,
      stale: stale.has(id),
      at,
      evidence: path[i - 1]?.evidence ?? null, // of the edge that leads on to the step shown next
      links,
    }))
    .reverse();
}
