// Provenance as lanes by time, for a page of its own or as rows of a shared time axis: it takes the axis' extent and
// width and draws in its gutter. One tab stop; left and right walk a lane in time, up and down walk what a step came
// from and what came of it (else the lane above or below), Enter chooses. Choosing never moves the picture.
import { memo, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import type { Extent } from '../charts/scale';
import { dateTime } from '../ui/format';
import { lay, leader, middle, size, type Lane, type Spot } from './layout';
import styles from './lanes.module.css';
import { MARK_LETTER, MARK_SHAPE, MARK_WORD, markStatus } from './status';
import { neighbours, upstream, type Flow } from './walk';

interface Props {
  /** One sentence that says what a look would. */
  label: string;
  lanes: readonly Lane[];
  edges: readonly Flow[];
  extent: Extent;
  /** Of the plot, without the gutter, in pixels. */
  width: number;
  /** The chosen step: its path is drawn. */
  selected: string | null;
  onSelect: (id: string) => void;
  /** Of a lane, in pixels. */
  height?: number;
}

export const Lanes = memo(function Lanes({
  label,
  lanes,
  edges,
  extent,
  width,
  selected,
  onSelect,
  height = 38,
}: Props) {
  const grid = useMemo(() => lay(lanes, extent, width), [lanes, extent, width]);
  const above = useMemo(() => neighbours(edges, 'source'), [edges]);
  const below = useMemo(() => neighbours(edges, 'target'), [edges]);
  const path = useMemo(() => new Set(selected === null ? [] : upstream(edges, selected)), [edges, selected]);
  const elements = useRef(new Map<string, SVGGElement>());
  const [last, setLast] = useState<string | null>(null);

  const all = useMemo(() => grid.spots.flat(), [grid]);
  const names = useMemo(
    () => new Map(all.map((spot) => [spot.key, describe(lanes[spot.lane]!.title, spot, path)])),
    [all, lanes, path],
  );
  const here = selected === null ? undefined : grid.spotOf.get(selected);
  const stop =
    all.find(({ key }) => key === last) ?? here ?? grid.spots.findLast((one) => one.length)?.at(-1);
  const y = ({ lane }: Spot) => (lane + 0.5) * height;

  function to(spot: Spot | undefined) {
    if (!spot) return;
    setLast(spot.key);
    elements.current.get(spot.key)?.focus();
  }
  function onKey(event: KeyboardEvent, spot: Spot) {
    const row = grid.spots[spot.lane]!;
    const i = row.indexOf(spot);
    const walk = (next: ReadonlyMap<string, string[]>, step: number) => {
      const from = [leader(spot, path).id, ...spot.marks.map(({ id }) => id)];
      const ids = from.flatMap((id) => next.get(id) ?? []).sort((a, b) => +path.has(b) - +path.has(a));
      return ids.map((id) => grid.spotOf.get(id)).find((one) => one && one !== spot) ?? beside(spot, step);
    };
    const move: Record<string, () => Spot | undefined> = {
      ArrowLeft: () => row[i - 1],
      ArrowRight: () => row[i + 1],
      Home: () => row[0],
      End: () => row.at(-1),
      ArrowUp: () => walk(above, -1),
      ArrowDown: () => walk(below, 1),
    };
    const isChosen = event.key === 'Enter' || event.key === ' ';
    if (!isChosen && !move[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    if (isChosen) onSelect(leader(spot, path).id);
    else to(move[event.key]!());
  }
  /** The nearest in time in the next lane that has any. */
  function beside(spot: Spot, step: number): Spot | undefined {
    for (let lane = spot.lane + step; grid.spots[lane]; lane += step) {
      const away = (one: Spot) => Math.max(0, one.left - middle(spot), middle(spot) - one.right);
      const found = [...grid.spots[lane]!].sort((a, b) => away(a) - away(b))[0];
      if (found) return found;
    }
    return undefined;
  }

  return (
    <div className={styles.lanes} style={{ ['--row' as string]: `${height}px` }}>
      <ul className={styles.names} aria-label="Lanes">
        {lanes.map(({ key, title }) => (
          <li key={key}>{title}</li>
        ))}
      </ul>
      <svg
        className={styles.plot}
        width="100%"
        height={lanes.length * height}
        viewBox={`0 0 ${width} ${lanes.length * height}`}
        role="group"
        aria-label={`${label} Left and right change the time, up and down walk the path, Enter chooses.`}
      >
        {lanes.map(({ key }, i) => (
          <rect
            key={key}
            className={styles.lane}
            data-odd={i % 2 === 1 || undefined}
            y={i * height}
            width={width}
            height={height}
          />
        ))}
        {between(edges, path, grid.spotOf).map(([from, target]) => (
          <path
            key={`${from.key}>${target.key}`}
            className={styles.flow}
            d={curve(joint(from, target), y(from), joint(target, from), y(target))}
          />
        ))}
        {all.map((spot) => {
          const isOn = spot.marks.some(({ id }) => path.has(id));
          const choose = (event: MouseEvent) => {
            event.preventDefault(); // the time axis around it is not meant
            setLast(spot.key);
            onSelect(leader(spot, path).id);
          };
          return (
            <g
              key={spot.key}
              ref={(element) => {
                if (element) elements.current.set(spot.key, element);
                else elements.current.delete(spot.key);
              }}
              className={styles.spot}
              data-status={spot.status}
              data-on={isOn || undefined}
              data-chosen={spot === here || undefined}
              transform={`translate(${(spot.isBar ? spot.left : middle(spot)).toFixed(1)} ${y(spot)})`}
              role="button"
              tabIndex={spot === stop ? 0 : -1}
              aria-pressed={spot === here}
              aria-label={names.get(spot.key)}
              onClick={choose}
              onKeyDown={(event) => onKey(event, spot)}
            >
              {spot.isBar ? <Bar spot={spot} path={path} /> : <Symbol spot={spot} height={height} />}
            </g>
          );
        })}
      </svg>
    </div>
  );
});

function Symbol({ spot, height }: { spot: Spot; height: number }) {
  const n = size(spot);
  const room = Math.max(24, spot.right - spot.left);
  return (
    <>
      <rect className={styles.hit} x={-room / 2} y={-height / 2} width={room} height={height} />
      <path className={styles.shape} d={MARK_SHAPE[spot.status]} transform="scale(1.15)" />
      <text
        aria-hidden="true"
        className={styles.letter}
        y={spot.status === 'act' ? 6 : 3.8}
        textAnchor="middle"
      >
        {n > 99 ? '99+' : n > 1 ? n : MARK_LETTER[spot.status]}
      </text>
    </>
  );
}

const LETTER_PX = 7;

function Bar({ spot, path }: { spot: Spot; path: ReadonlySet<string> }) {
  const wide = Math.max(20, spot.right - spot.left - 3);
  const room = wide - 30;
  return (
    <>
      <rect className={styles.shape} x={1.5} y={-11} width={wide} height={22} rx={6} />
      <path className={styles.glyph} d={MARK_SHAPE[spot.status]} transform="translate(14 0) scale(.62)" />
      {/* Cut by the bar, not in the text: what is read out then holds what is seen. */}
      {room > LETTER_PX && (
        <svg x={25} y={-11} width={room} height={22} aria-hidden="true">
          <text className={styles.word} y={15}>
            {leader(spot, path).label}
          </text>
        </svg>
      )}
    </>
  );
}

/** Where a line to another spot leaves: of a bar, as near to the other as it goes. */
const joint = (spot: Spot, other: Spot) =>
  spot.isBar ? Math.min(spot.right - 4, Math.max(spot.left + 4, middle(other))) : middle(spot);

const curve = (ax: number, ay: number, bx: number, by: number) =>
  `M${ax.toFixed(1)} ${ay}C${ax.toFixed(1)} ${(ay + by) / 2} ${bx.toFixed(1)} ${(ay + by) / 2} ${bx.toFixed(1)} ${by}`;

/** The pairs of spots the path runs between, each once. */
function between(
  edges: readonly Flow[],
  path: ReadonlySet<string>,
  spotOf: ReadonlyMap<string, Spot>,
): [Spot, Spot][] {
  const found = new Map<string, [Spot, Spot]>();
  for (const { source, target } of edges) {
    if (!path.has(source) || !path.has(target)) continue;
    const [from, to] = [spotOf.get(source), spotOf.get(target)];
    if (from && to && from !== to) found.set(`${from.key}>${to.key}`, [from, to]);
  }
  return [...found.values()];
}

/** Begins with what is written in the spot, so that who speaks to the page can name it as it is seen. */
function describe(title: string, spot: Spot, path: ReadonlySet<string>): string {
  const first = leader(spot, path);
  const n = size(spot);
  const when = first.start === null ? '' : `, ${dateTime(Date.parse(first.start))}`;
  const what =
    (spot.isBar ? first.label : first.detail || first.label) +
    (first.standing ? ', before what is shown' : '');
  if (n === 1) return `${title}${when}: ${what}, ${MARK_WORD[spot.status]}`;
  const others = n > first.count ? ' and others' : '';
  const parts = spot.status === 'fine' ? '' : ` (${tally(spot)})`;
  return `${title}${when}: ${n > 99 ? '99+' : n} steps, ${what}${others}, ${MARK_WORD[spot.status]}${parts}`;
}

/** How many steps stand how: "2 Act, 38 Fine". */
export function tally({ marks }: Pick<Spot, 'marks'>): string {
  const found = new Map<string, number>();
  for (const mark of marks) {
    const word = MARK_WORD[markStatus(mark)];
    found.set(word, (found.get(word) ?? 0) + Math.max(1, mark.count));
  }
  return [...found].map(([word, n]) => `${n} ${word}`).join(', ');
}
