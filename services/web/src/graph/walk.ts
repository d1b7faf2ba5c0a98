// Walks along the edges of the provenance graph. Pure, linear in edges; cycles end.
export interface Flow {
  source: string;
  target: string;
}

/** `root` and everything it came from, sources first. What lies on a cycle goes last. */
export function upstream(flows: readonly Flow[], root: string): string[] {
  const sources = neighbours(flows, 'source');
  const found = reach(sources, root);
  const left = new Map([...found].map((id) => [id, (sources.get(id) ?? []).filter((s) => s !== id).length]));
  const targets = new Map<string, string[]>();
  for (const id of found) for (const s of sources.get(id) ?? []) push(targets, s, id);
  const order = [...found].filter((id) => left.get(id) === 0);
  for (const id of order) {
    for (const target of targets.get(id) ?? []) {
      const more = left.get(target)! - 1;
      left.set(target, more);
      if (more === 0) order.push(target);
    }
  }
  const done = new Set(order);
  return [...order, ...[...found].filter((id) => !done.has(id))];
}

/** `root` and everything that came of it, nearest first. */
export function downstream(flows: readonly Flow[], root: string): string[] {
  return [...reach(neighbours(flows, 'target'), root)];
}

/** What lies directly above (`source`) or below (`target`) each id. */
export function neighbours(flows: readonly Flow[], end: keyof Flow): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const flow of flows) push(found, flow[end === 'source' ? 'target' : 'source'], flow[end]);
  return found;
}

function reach(next: ReadonlyMap<string, string[]>, root: string): Set<string> {
  const found = new Set([root]);
  for (const id of found) for (const other of next.get(id) ?? []) found.add(other);
  return found;
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (!list) map.set(key, [value]);
  else if (!list.includes(value)) list.push(value);
}
