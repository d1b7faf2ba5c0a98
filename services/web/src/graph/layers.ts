// A graph drawn from its sources to what came of them: rank by the longest way, order by the mean of the neighbours
// (barycentre), swept four times. Pure; of the order of nodes and edges, so no worker is needed for what one screen holds.
import { neighbours, type Flow } from './walk';

export interface Placed {
  id: string;
  /** 0 is the column of the sources. */
  rank: number;
  /** 0 is the top. */
  row: number;
}

const SWEEPS = 4;

export function layers(nodes: readonly string[], flows: readonly Flow[]): Placed[] {
  const known = new Set(nodes);
  const inside = flows.filter(
    ({ source, target }) => known.has(source) && known.has(target) && source !== target,
  );
  const above = neighbours(inside, 'source');
  const below = neighbours(inside, 'target');
  const rank = ranks(nodes, above, below);
  const columns: string[][] = [];
  for (const id of nodes) (columns[rank.get(id)!] ??= []).push(id);
  for (let r = 0; r < columns.length; r++) columns[r] ??= [];
  const row = new Map<string, number>();
  columns.forEach((column) => column.forEach((id, i) => row.set(id, i)));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const next = sweep % 2 === 0 ? above : below;
    const order = sweep % 2 === 0 ? columns : [...columns].reverse();
    for (const column of order) {
      const mean = (id: string) => {
        const rows = (next.get(id) ?? []).map((other) => row.get(other)!);
        return rows.length ? rows.reduce((sum, one) => sum + one, 0) / rows.length : row.get(id)!;
      };
      const wanted = new Map(column.map((id) => [id, mean(id)]));
      column.sort((a, b) => wanted.get(a)! - wanted.get(b)!);
      column.forEach((id, i) => row.set(id, i));
    }
  }
  return nodes.map((id) => ({ id, rank: rank.get(id)!, row: row.get(id)! }));
}

/** The longest way from a source; what lies on a cycle comes one after the deepest it hangs on. */
function ranks(
  nodes: readonly string[],
  above: ReadonlyMap<string, string[]>,
  below: ReadonlyMap<string, string[]>,
): Map<string, number> {
  const rank = new Map<string, number>();
  const left = new Map(nodes.map((id) => [id, above.get(id)?.length ?? 0]));
  const queue = nodes.filter((id) => left.get(id) === 0);
  const waiting = new Set(nodes);
  while (waiting.size) {
    if (!queue.length) queue.push([...waiting].find((id) => rank.has(id)) ?? [...waiting][0]!); // a cycle is cut
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (!waiting.delete(id)) continue;
      const mine = rank.get(id) ?? 0;
      rank.set(id, mine);
      for (const other of below.get(id) ?? []) {
        if (!waiting.has(other)) continue;
        rank.set(other, Math.max(rank.get(other) ?? 0, mine + 1));
        left.set(other, left.get(other)! - 1);
        if (left.get(other) === 0) queue.push(other);
      }
    }
  }
  return rank;
}
