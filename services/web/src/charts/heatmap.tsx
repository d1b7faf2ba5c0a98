// Features by time: one ramp of blue for the amount, a hatch past the act line, a dotted edge where it is unknown.
// Rows are links and one grid takes the keys: arrows move the cell, Enter opens it.
import { memo, useId, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import type { Status } from '../api/types';
import { WORD, worst } from '../ui/status';
import styles from './heatmap.module.css';
import { groups, place, type Extent, type Slot } from './scale';

export interface HeatRow {
  name: string;
  /** Null where the input is absent from the batch. */
  statuses: readonly (Status | null)[];
  /** The line its status is decided at; the shade tells how near the score is. */
  line: number | null;
  scores: readonly (number | null)[];
}

interface Props {
  label: string;
  rows: readonly HeatRow[];
  extent: Extent;
  slots: readonly Slot[];
  /** The name of a batch in words. */
  nameOf: (first: number, last: number) => string;
  width: number;
  format: (value: number) => string;
  header: (name: string) => ReactNode;
  onOpen: (name: string, index: number) => void;
}

const LEAST = 8; // pixels a column
const MOST_CELLS = 1500;

export const Heatmap = memo(function Heatmap(props: Props) {
  const { label, rows, extent, slots, nameOf, width, format, header, onOpen } = props;
  const id = useId();
  // Many rows make wide columns: the map shows where to look, whatever its size.
  const columns = groups(slots, extent, width, Math.max(LEAST, (width * rows.length) / MOST_CELLS));
  const [spot, setSpot] = useState({ row: 0, column: Math.max(0, columns.length - 1) });
  const row = Math.min(spot.row, rows.length - 1);
  const column = Math.min(spot.column, columns.length - 1);

  function onKey(event: KeyboardEvent) {
    if (event.target !== event.currentTarget) return;
    const by: Record<string, [number, number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      Home: [0, -columns.length],
      End: [0, columns.length],
    };
    const move = by[event.key];
    if (move)
      setSpot({ row: clamp(row + move[0], rows.length), column: clamp(column + move[1], columns.length) });
    else if (event.key === 'Enter' || event.key === ' ') onOpen(rows[row]!.name, columns[column]![1]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  function onClick(event: MouseEvent) {
    const cell = (event.target as Element).closest<HTMLElement>('[data-cell]');
    if (!cell) return;
    const [r, c] = cell.dataset.cell!.split(' ').map(Number) as [number, number];
    event.preventDefault();
    onOpen(rows[r]!.name, columns[c]![1]);
  }

  return (
    <div
      className={styles.map}
      role="grid"
      aria-label={`${label} Arrow keys move, Enter opens the input.`}
      aria-rowcount={rows.length}
      aria-colcount={columns.length + 1}
      tabIndex={0}
      aria-activedescendant={rows.length ? `${id}${row}-${column}` : undefined}
      onKeyDown={onKey}
      onClick={onClick}
    >
      {rows.map(({ name, line, statuses, scores }, r) => (
        <div role="row" key={name} className={styles.row}>
          <div role="rowheader" className={styles.head}>
            {header(name)}
          </div>
          <div className={styles.cells} role="presentation">
            {columns.map(([first, last], c) => {
              const present = statuses.slice(first, last + 1).filter((one) => one != null);
              const status = present.length ? worst(present) : 'absent';
              const value = highest(scores.slice(first, last + 1));
              const left = place(slots[first]!.from, extent);
              const right = place(slots[last]!.to, extent);
              return (
                <div
                  key={first}
                  role="gridcell"
                  id={`${id}${r}-${c}`}
                  data-cell={`${r} ${c}`}
                  data-on={(r === row && c === column) || undefined}
                  data-status={status}
                  data-level={level(value, line)}
                  style={{
                    left: `${(left * 100).toFixed(3)}%`,
                    width: `${((right - left) * 100).toFixed(3)}%`,
                  }}
                  aria-label={`${name}, ${nameOf(first, last)}: ${value === null ? '' : `${format(value)}, `}${status === 'absent' ? 'not in this batch' : WORD[status]}`}
                />
              );
            })}
          </div>
        </div>
      ))}
    </div>
  );
});

const FALLBACK_LINE = 0.1;
const STEPS = [0.6, 1, 1.5, 2];

/** 0 to 4: the ramp's step, by the score as a multiple of the line. 0 and 1 are below it. */
export function level(value: number | null, line: number | null): number | undefined {
  if (value === null) return undefined;
  const times = value / (line || FALLBACK_LINE);
  return STEPS.filter((step) => times >= step).length;
}

function highest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length ? Math.max(...known) : null;
}

function clamp(value: number, size: number): number {
  return Math.max(0, Math.min(size - 1, value));
}

/** What the shades mean. */
export function HeatLegend() {
  return (
    <ul className={styles.legend} aria-label="Shades of the heatmap">
      <li>
        <span className={styles.ramp} aria-hidden="true">
          <i data-level={0} />
          <i data-level={1} />
        </span>
        below its line
      </li>
      <li>
        <span className={styles.ramp} aria-hidden="true">
          <i data-level={2} />
          <i data-level={3} />
          <i data-level={4} />
        </span>
        past it, up to twice
      </li>
      <li>
        <span className={styles.ramp} aria-hidden="true">
          <i data-level={4} data-status="act" />
        </span>
        act
      </li>
      <li>
        <span className={styles.ramp} aria-hidden="true">
          <i data-status="unknown" />
        </span>
        unknown
      </li>
    </ul>
  );
}
