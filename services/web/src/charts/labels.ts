// Where the name of a horizontal line stands: at the end of the line, and on the side of it, that the series leaves
// free. Pure.
type Point = readonly [number, number] | null;

export interface Spot {
  x: number;
  y: number;
  anchor: 'start' | 'end';
}

const HEIGHT = 12; // pixels of text
const ABOVE = -5; // baseline from the line
const BELOW = 14;

interface Room {
  points: readonly Point[];
  /** Heights of other lines. */
  others: readonly number[];
  width: number;
  height: number;
  /** Pixels the text needs. */
  text: number;
}

/** How near the series comes to a height between two places; it runs straight from point to point. */
function reach(points: readonly Point[], left: number, right: number, height: number): number {
  let least = Infinity;
  for (const [i, a] of points.entries()) {
    const b = points[i + 1] ?? a;
    if (!a || !b || b[0] < left || a[0] > right) continue;
    const slope = b[0] > a[0] ? (b[1] - a[1]) / (b[0] - a[0]) : 0;
    const ends = [Math.max(left, a[0]), Math.min(right, b[0])].map((x) => a[1] + slope * (x - a[0]));
    least = Math.min(least, Math.max(0, Math.min(...ends) - height, height - Math.max(...ends)));
  }
  return least;
}

/** The spot with the most free pixels above and below the text; the end of the line wins where all are equal. */
export function spotFor(y: number, { points, others, width, height, text }: Room): Spot {
  const spots: Spot[] = [
    { x: width - 4, y: y + ABOVE, anchor: 'end' },
    { x: width - 4, y: y + BELOW, anchor: 'end' },
    { x: 4, y: y + ABOVE, anchor: 'start' },
    { x: 4, y: y + BELOW, anchor: 'start' },
  ];
  const free = (spot: Spot) => {
    const [left, right] = spot.anchor === 'end' ? [width - 4 - text, width] : [0, 4 + text];
    const middle = spot.y - HEIGHT / 2 + 2;
    if (middle < HEIGHT / 2 || middle > height - HEIGHT / 2) return -1;
    const away = [reach(points, left - 8, right + 8, middle), ...others.map((at) => Math.abs(at - middle))];
    return Math.min(24, ...away); // beyond that all are good
  };
  const room = spots.map(free);
  return spots[room.indexOf(Math.max(...room))]!;
}
