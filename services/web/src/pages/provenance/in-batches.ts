// Reports where their batches are: a report is known at the end of its batch, which is where the next one begins. Pure.
import type { Graph, GraphMark } from '../../api/types';
import { parse } from './words';

/** The batch a batch or a report is of: what its name ends with. */
const batchOf = ({ id }: GraphMark): string => parse(id).name.replace(/^.*[/~](?=\d{8}T\d+Z~batch~)/, '');

/** The graph with each report at the time of its batch, so that a moment means the same on every page. */
export function inBatches(graph: Graph): Graph {
  const marks = graph.lanes.flatMap((lane) => lane.marks);
  const times = new Map(
    marks
      .filter(({ kind, start }) => kind === 'batch' && start !== null)
      .map((mark) => [batchOf(mark), { start: mark.start, end: mark.end }]),
  );
  const moved = (mark: GraphMark) =>
    mark.kind === 'report' ? { ...mark, ...times.get(batchOf(mark)) } : mark;
  return { ...graph, lanes: graph.lanes.map((lane) => ({ ...lane, marks: lane.marks.map(moved) })) };
}
