// A small graph as boxes in layers, sources left. One tab stop; left and right follow the flow, up and down the column.
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import styles from './flow-chart.module.css';
import { layers } from './layers';
import { MARK_SHAPE, MARK_WORD, markStatus, type Standing } from './status';
import { neighbours, upstream, type Flow } from './walk';

export interface Box extends Standing {
  id: string;
  /** What it is, in words. */
  title: string;
  label: string;
}

interface Props {
  label: string;
  boxes: readonly Box[];
  edges: readonly (Flow & { evidence?: string })[];
  selected: string;
  onSelect: (id: string) => void;
}

const WIDE = 200;
const TALL = 46;
const GAP = { x: 52, y: 14 };

export function FlowChart({ label, boxes, edges, selected, onSelect }: Props) {
  const placed = useMemo(
    () =>
      layers(
        boxes.map(({ id }) => id),
        edges,
      ),
    [boxes, edges],
  );
  const path = useMemo(() => new Set(upstream(edges, selected)), [edges, selected]);
  const above = useMemo(() => neighbours(edges, 'source'), [edges]);
  const below = useMemo(() => neighbours(edges, 'target'), [edges]);
  const elements = useRef(new Map<string, SVGGElement>());
  const [last, setLast] = useState(selected);
  const at = new Map(
    placed.map(({ id, rank, row }) => [id, { rank, row, x: rank * (WIDE + GAP.x), y: row * (TALL + GAP.y) }]),
  );
  const stop = at.has(last) ? last : at.has(selected) ? selected : placed[0]?.id;
  const width = Math.max(...placed.map(({ rank }) => rank), 0) * (WIDE + GAP.x) + WIDE;
  const height = Math.max(...placed.map(({ row }) => row), 0) * (TALL + GAP.y) + TALL;

  function onKey(event: KeyboardEvent, id: string) {
    const { rank, row } = at.get(id)!;
    const first = (ids: string[] = []) =>
      ids.find((one) => path.has(one) && at.has(one)) ?? ids.find((one) => at.has(one));
    const beside = (step: number) => placed.find((one) => one.rank === rank && one.row === row + step)?.id;
    const move: Record<string, () => string | undefined> = {
      ArrowLeft: () => first(above.get(id)),
      ArrowRight: () => first(below.get(id)),
      ArrowUp: () => beside(-1),
      ArrowDown: () => beside(1),
    };
    const isChosen = event.key === 'Enter' || event.key === ' ';
    if (!isChosen && !move[event.key]) return;
    event.preventDefault();
    if (isChosen) return onSelect(id);
    const next = move[event.key]!();
    if (next === undefined) return;
    setLast(next);
    elements.current.get(next)?.focus();
  }

  return (
    <div className={styles.frame} role="region" aria-label={label}>
      <svg
        width={width + 8}
        height={height + 8}
        viewBox={`-4 -4 ${width + 8} ${height + 8}`}
        role="group"
        aria-label={`${label} Left and right follow the flow, Enter chooses.`}
      >
        {edges.map(({ source, target, evidence }) => {
          const [from, to] = [at.get(source), at.get(target)];
          if (!from || !to) return null;
          const [ax, ay, bx, by] = [from.x + WIDE, from.y + TALL / 2, to.x, to.y + TALL / 2];
          const turn = Math.max(ax, bx - GAP.x); // a long edge runs level up to the last gap
          const mid = (turn + bx) / 2;
          return (
            <path
              key={`${source}>${target}`}
              className={styles.edge}
              data-on={(path.has(source) && path.has(target)) || undefined}
              data-evidence={evidence}
              d={`M${ax} ${ay}H${turn}C${mid} ${ay} ${mid} ${by} ${bx} ${by}`}
            />
          );
        })}
        {boxes.map((box) => {
          const { x, y } = at.get(box.id)!;
          const status = markStatus(box);
          return (
            <g
              key={box.id}
              ref={(element) => {
                if (element) elements.current.set(box.id, element);
                else elements.current.delete(box.id);
              }}
              className={styles.box}
              data-status={status}
              data-on={path.has(box.id) || undefined}
              data-chosen={box.id === selected || undefined}
              transform={`translate(${x} ${y})`}
              role="button"
              tabIndex={box.id === stop ? 0 : -1}
              aria-pressed={box.id === selected}
              aria-label={`${box.title} ${box.label}, ${MARK_WORD[status]}`}
              onClick={() => {
                setLast(box.id);
                onSelect(box.id);
              }}
              onKeyDown={(event) => onKey(event, box.id)}
            >
              <title>{box.label}</title>
              <rect className={styles.body} width={WIDE} height={TALL} rx={8} />
              <path className={styles.mark} d={MARK_SHAPE[status]} transform="translate(20 23) scale(1.05)" />
              {/* Cut by the box, not in the text: what is read out then holds what is seen. */}
              <svg x={38} width={WIDE - 44} height={TALL} aria-hidden="true">
                <text className={styles.kind} y={18}>
                  {`${box.title} `}
                </text>
                <text className={styles.label} y={35}>
                  {box.label}
                </text>
              </svg>
            </g>
          );
        })}
      </svg>
    </div>
  );
}
