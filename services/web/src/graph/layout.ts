// Provenance as lanes (kind) by time, in place of a drawn graph. Pure, linear in marks. A cell gathers all marks of a
// lane in one column of time, so that no column is narrower than a pointer target (24 px, WCAG 2.5.8) and 2,000 steps
// stay some hundred symbols. What lasts longer than two columns is a bar over its time.
import { DAY, place, type Extent } from '../charts/scale';
import { markStatus, worstMark, type MarkStatus, type Standing } from './status';

/** A step as the server has it; `count` of them where it gathered repeats. */
export interface Mark extends Standing {
  id: string;
  label: string;
  start: string | null;
  end?: string | null;
  count: number;
  /** It failed before what is shown, and that still stood when it began. */
  standing?: boolean;
  /** In words: what it did, or how many of them stand how. */
  detail?: string;
}
export interface Lane {
  key: string;
  title: string;
  marks: readonly Mark[];
}

/** What is drawn: a symbol in a column, or a bar from `left` to `right` (pixels). */
export interface Spot {
  key: string;
  lane: number;
  marks: Mark[];
  status: MarkStatus;
  left: number;
  right: number;
  isBar: boolean;
}
export interface Grid {
  columnMs: number;
  columns: number;
  /** By lane, in time order. */
  spots: Spot[][];
  /** Where a mark is drawn. */
  spotOf: Map<string, Spot>;
  /** Marks without a time, or outside the extent. */
  outside: number;
}

export const LEAST_PX = 24;
const HOUR = DAY / 24;
const STEPS = [HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY];

/** A round stretch of time that is at least `least` pixels wide: some hours up to a day, then whole days. */
export function columnOf({ from, to }: Extent, width: number, least = LEAST_PX): number {
  const wanted = ((to - from) * least) / Math.max(width, least);
  return STEPS.find((step) => step >= wanted) ?? Math.ceil(wanted / DAY) * DAY;
}

export function lay(lanes: readonly Lane[], extent: Extent, width: number): Grid {
  const columnMs = columnOf(extent, width);
  const columns = Math.max(1, Math.ceil((extent.to - extent.from) / columnMs));
  const x = (time: number) => Math.min(1, Math.max(0, place(time, extent))) * width;
  const spotOf = new Map<string, Spot>();
  let outside = 0;
  const spots = lanes.map(({ key, marks }, lane) => {
    const cells = new Map<number, Spot>();
    const bars: Spot[] = [];
    for (const mark of marks) {
      const begun = mark.start === null ? NaN : Date.parse(mark.start);
      const start = mark.standing ? Math.max(begun, extent.from) : begun;
      const end = mark.end == null ? start : Math.max(start, Date.parse(mark.end));
      if (!(start <= extent.to && end >= extent.from)) {
        outside += 1;
        continue;
      }
      const status = markStatus(mark);
      if (end - start > 2 * columnMs) {
        const bar = { left: x(start), right: x(end), isBar: true };
        bars.push({ key: `${key}:${mark.id}`, lane, marks: [mark], status, ...bar });
        continue;
      }
      const column = Math.min(columns - 1, Math.max(0, Math.floor((start - extent.from) / columnMs)));
      const left = x(extent.from + column * columnMs);
      const right = x(extent.from + (column + 1) * columnMs);
      const cell = cells.get(column);
      if (cell) {
        cell.marks.push(mark);
        cell.status = worstMark([cell.status, status]);
      } else {
        cells.set(column, {
          key: `${key}:${column}`,
          lane,
          marks: [mark],
          status,
          left,
          right,
          isBar: false,
        });
      }
    }
    const found = [...cut(bars), ...cells.values()].sort((a, b) => a.left - b.left);
    for (const spot of found) for (const { id } of spot.marks) spotOf.set(id, spot);
    return found;
  });
  return { columnMs, columns, spots, spotOf, outside };
}

/** Bars one after the other: one ends where the next begins, and those of one beginning are one. */
function cut(bars: Spot[]): Spot[] {
  const found: Spot[] = [];
  for (const bar of bars.sort((a, b) => a.left - b.left)) {
    const before = found.at(-1);
    if (before && bar.left - before.left < LEAST_PX) {
      before.marks.push(...bar.marks);
      before.status = worstMark([before.status, bar.status]);
      before.right = Math.max(before.right, bar.right);
      continue;
    }
    if (before) before.right = Math.min(before.right, bar.left);
    found.push(bar);
  }
  return found;
}

const FAR = '9999-12-31T00:00:00Z';

/** Versions as what lasts: each until the next one begins, the newest for good. */
export function spans<M extends Mark>(marks: readonly M[]): M[] {
  const begun = marks.filter(({ start }) => start !== null).sort((a, b) => a.start!.localeCompare(b.start!));
  const next = new Map(begun.map((mark, i) => [mark.id, begun[i + 1]?.start ?? FAR]));
  return marks.map((mark) =>
    mark.end == null && mark.start !== null ? { ...mark, end: next.get(mark.id)! } : mark,
  );
}

/** Whether a mark has a place in a stretch of time. */
export function isWithin({ start, end, standing }: Mark, { from, to }: Extent): boolean {
  if (standing) return true;
  return start !== null && Date.parse(start) <= to && Date.parse(end ?? start) >= from;
}

export const middle = ({ left, right }: Spot) => (left + right) / 2;

/** How many steps a spot stands for. */
export const size = ({ marks }: Spot) => marks.reduce((sum, { count }) => sum + Math.max(1, count), 0);

/** The step a spot stands for: one on the path, else the first with the worst status. */
export function leader({ marks, status }: Spot, path: ReadonlySet<string>): Mark {
  return (
    marks.find(({ id }) => path.has(id)) ?? marks.find((mark) => markStatus(mark) === status) ?? marks[0]!
  );
}
