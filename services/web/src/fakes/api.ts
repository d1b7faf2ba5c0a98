// Recorded answers for every route the page asks: the server of the component tests and of check/serve.mjs.
import { createFakeRootCause } from './create-fake-causes';
import { createFakeCatalogue } from './create-fake-catalogue';
import { createFakeDrift, createFakeHeatmap, daysBetween } from './create-fake-drift';
import {
  createFakeAsked,
  createFakeExplanations,
  createFakeGlobal,
  createFakeLocal,
  createFakeLocals,
  createFakeWhatIf,
} from './create-fake-explanations';
import { createFakeFleet } from './create-fake-fleet';
import { createFakeModel, createFakeNewModel, createFakeReference } from './create-fake-model';
import { createFakeBatchPerformance, createFakePerformance } from './create-fake-performance';
import {
  createFakePipelines,
  createFakeRun,
  createFakeRuns,
  createFakeSource,
  createFakeSources,
} from './create-fake-pipelines';
import {
  createFakeColumns,
  createFakeDiff,
  createFakeFound,
  createFakeGraph,
  createFakeImpact,
  createFakeNeighbourhood,
  createFakeNode,
  ids,
} from './create-fake-provenance';
import { createFakeFeature, createFakeReport } from './create-fake-report';
import { dayOf, DAYS } from './scenario';

import { createFakeIncident, createFakeIncidents, decided } from './create-fake-incidents';
import { createFakeKpiHistory, createFakeKpis } from './create-fake-kpis';
import { createFakePreview } from './create-fake-preview';
import {
  createFakeAnnotations,
  createFakeBatches,
  createFakeChannels,
  createFakeDeadLetters,
  createFakeDeliveries,
  createFakeKeys,
  createFakeMutes,
  createFakeNewKey,
  createFakeRule,
  createFakeRules,
} from './create-fake-settings';
import type { IncidentChange, Persona } from '../api/types';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
}
export interface Answer {
  status: number;
  body?: unknown;
}
export type Route = (asked: Asked, parts: string[]) => Answer;

const ok = (body: unknown): Answer => ({ status: 200, body });

export const problem = (status: number, title: string, detail = ''): Answer => ({
  status,
  body: { type: 'about:blank', title, status, detail, errors: [], request_id: 'req-7f3a' },
});

const SIGNED_IN = ok({ name: 'demo', roles: ['admin'], models: null, csrf: 'c5rf' });
const days = (query: URLSearchParams) => daysBetween(query.get('from'), query.get('to'));
const spanOf = (list: readonly number[]): [number, number] => [list[0] ?? 0, (list.at(-1) ?? DAYS - 1) + 1];

/** Method and path pattern (`*` is one segment) to its answer; the first match counts. */
export const ROUTES: readonly [string, Route][] = [
  [
    'POST /session',
    ({ body }) =>
      (body as { key: string }).key === 'wrong' ? problem(401, 'This key is not known here.') : SIGNED_IN,
  ],
  ['GET /session', () => SIGNED_IN],
  ['DELETE /session', () => ({ status: 204 })],
  ['GET /catalogue', () => ok(createFakeCatalogue())],
  ['GET /fleet/summary', ({ query }) => ok(createFakeFleet(undefined, query))],
  [
    'GET /models',
    () => ok({ items: ['air-time', 'flight-delay'].map((name) => createFakeModel({ name })), next: null }),
  ],
  [
    'POST /models',
    ({ body }) => ({ status: 201, body: createFakeModel({ name: (body as { name: string }).name }) }),
  ],
  [
    'POST /models:preview',
    () => ({ status: 202, body: { id: createFakePreview().id, state: 'waiting', links: {} } }),
  ],
  ['GET /previews/*', () => ok(createFakePreview())],
  [
    'POST /previews/*',
    () => ({ status: 202, body: { id: createFakePreview().id, state: 'waiting', links: {} } }),
  ],
  ['GET /models/*/batches', () => ok(createFakeBatches())],
  ['POST /models/*/batches', () => ({ status: 202, body: { id: 'b', state: 'received', links: {} } })],
  [
    'GET /models/*/kpis',
    ({ query }, [model]) => ok(createFakeKpis(model!, (query.get('persona') ?? 'business') as Persona)),
  ],
  ['GET /models/*/kpis/*', (_, [model, kpi]) => ok(createFakeKpiHistory(model!, kpi!))],
  ['GET /incidents', ({ query }) => ok(createFakeIncidents(query))],
  ['GET /incidents/*', (_, [id]) => ok(createFakeIncident({ id: id! }))],
  [
    'PATCH /incidents/*',
    ({ body }, [id]) => ok(decided(createFakeIncident({ id: id! }), body as IncidentChange)),
  ],
  ['GET /lineage/root-cause', ({ query }) => ok(createFakeRootCause(query.get('model')!))],
  ['GET /annotations', ({ query }) => ok(createFakeAnnotations(query.get('model')!))],
  ['GET /mutes', ({ query }) => ok(createFakeMutes(query.get('model')!))],
  [
    'POST /mutes',
    ({ body }) => ({ status: 201, body: { ...createFakeMutes('').items[0], ...(body as object) } }),
  ],
  ['GET /keys', () => ok(createFakeKeys())],
  ['POST /keys', () => ({ status: 201, body: createFakeNewKey() })],
  ['GET /rules', () => ok(createFakeRules())],
  ['PATCH /rules/*', ({ body }) => ok(createFakeRule(body as object))],
  ['GET /channels', () => ok(createFakeChannels())],
  ['GET /channels/*/deliveries', () => ok(createFakeDeliveries())],
  ['GET /dead-letters', () => ok(createFakeDeadLetters())],
  ['GET /models/taxi-out', () => ok(createFakeNewModel('taxi-out'))],
  ['GET /models/*', (_, [model]) => ok(createFakeModel({ name: model! }))],
  ['GET /models/*/reference', () => ok(createFakeReference())],
  ['GET /models/*/drift', ({ query }) => ok(createFakeDrift(days(query)))],
  ['GET /models/*/drift/*', (_, [, batch]) => ok(createFakeReport(dayOf(batch!)))],
  ['GET /models/*/heatmap', ({ query }) => ok(createFakeHeatmap(days(query)))],
  [
    'GET /models/*/performance',
    ({ query }) => {
      const kind = query.get('kind') === 'estimated' ? 'estimated' : 'realised';
      return ok(createFakePerformance(kind, query.get('metric') ?? '', days(query)));
    },
  ],
  ['GET /models/*/performance/*', (_, [, batch]) => ok(createFakeBatchPerformance(dayOf(batch!)))],
  [
    'GET /models/*/features/*',
    ({ query }, [, feature]) => {
      const batch = query.get('batch');
      return ok(createFakeFeature(feature!, batch ? dayOf(batch) : DAYS - 1, days(query)));
    },
  ],
  ['GET /models/*/explanations', () => ok(createFakeExplanations())],
  [
    'GET /models/*/explanations/global',
    ({ query }) => ok(createFakeGlobal(query.get('batch') ? dayOf(query.get('batch')!) : DAYS - 1)),
  ],
  ['GET /models/*/explanations/local', ({ query }) => ok(createFakeLocals(query.get('batch') ?? ''))],
  ['GET /models/*/explanations/local/*', (_, [, row]) => ok(createFakeLocal(row!))],
  [
    'POST /models/*/explanations',
    ({ body }) => ok(createFakeAsked({ local: createFakeLocal((body as { id: string }).id) })),
  ],
  [
    'POST /models/*/what-if',
    ({ body }) => {
      const { id, changes } = body as { id: string; changes: Record<string, string | number> };
      return ok(createFakeAsked({ what_if: createFakeWhatIf(id, changes) }));
    },
  ],
  [
    'GET /lineage/graph',
    ({ query }) => {
      const node = query.get('node')!;
      return ok(node === ids.model ? createFakeGraph(spanOf(days(query))) : createFakeNeighbourhood(node));
    },
  ],
  ['GET /lineage/columns', ({ query }) => ok(createFakeColumns(query.get('node')!.split(':')[2]!))],
  ['GET /lineage/node', ({ query }) => ok(createFakeNode(query.get('node')!))],
  ['GET /lineage/search', ({ query }) => ok(createFakeFound(query.get('q')!))],
  ['GET /lineage/impact', ({ query }) => ok(createFakeImpact(query.get('node')!))],
  ['GET /lineage/diff', ({ query }) => ok(createFakeDiff(query.get('a')!, query.get('b')!))],
  ['GET /pipelines', () => ok(createFakePipelines())],
  ['GET /pipelines/*/runs', (_, [pipeline]) => ok({ items: createFakeRuns(pipeline!), next: null })],
  ['GET /runs/*', (_, [run]) => ok(createFakeRun(run!))],
  ['GET /sources', () => ok(createFakeSources())],
  ['POST /sources', () => ({ status: 201, body: createFakeSource() })],
  ['DELETE /sources/*/*', () => ({ status: 204 })],
];

/** Routes that go before the recorded ones, by the name of a situation. */
export const SCENARIOS: Record<string, readonly [string, Route][]> = {
  recorded: ROUTES,
  empty: [['GET /fleet/summary', () => ok(createFakeFleet([]))], ...ROUTES],
  bare: [
    ['GET /pipelines', () => ok({ items: [], next: null })],
    ['GET /sources', () => ok({ items: [] })],
    ['GET /models/*/explanations', () => ok({ items: [], next: null })],
    ...ROUTES,
  ],
  away: [
    ['GET /fleet/summary', () => problem(503, 'The store is away', 'The document store does not answer.')],
    ...ROUTES,
  ],
  out: [['GET /fleet/summary', () => problem(401, 'This needs a key.')], ...ROUTES],
};

export function answer(asked: Asked, routes: readonly [string, Route][] = ROUTES): Answer {
  for (const [pattern, route] of routes) {
    const parts = match(pattern, `${asked.method} ${asked.path}`);
    if (parts) return route(asked, parts);
  }
  return problem(404, 'Not found', `Nothing answers ${asked.method} ${asked.path}.`);
}

function match(pattern: string, line: string): string[] | null {
  const wanted = pattern.split('/');
  const given = line.replace(' /api/v1', ' ').split('/');
  if (wanted.length !== given.length) return null;
  const parts: string[] = [];
  for (const [i, segment] of wanted.entries()) {
    if (segment === '*') parts.push(decodeURIComponent(given[i]!));
    else if (segment !== given[i]) return null;
  }
  return parts;
}

/** Stands in for `fetch` until called back; `routes` go before the recorded ones. */
export function installFakeApi(routes: readonly [string, Route][] = []): {
  asked: Asked[];
  restore: () => void;
} {
  const real = globalThis.fetch;
  const asked: Asked[] = [];
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const text = await request.text();
    const one: Asked = {
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      body: request.headers.get('content-type') === 'application/json' ? JSON.parse(text) : text || undefined,
    };
    asked.push(one);
    const { status, body } = answer(one, [...routes, ...ROUTES]);
    const type = status >= 400 ? 'application/problem+json' : 'application/json';
    return new Response(body === undefined ? null : JSON.stringify(body), {
      status,
      headers: { 'content-type': type },
    });
  };
  return { asked, restore: () => void (globalThis.fetch = real) };
}
