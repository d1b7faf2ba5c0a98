// The provenance graph: what a thing came from, what came of it, what is known about it.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import { bounds, type Window } from './drift';
import type { Graph, GraphNode } from './types';
import type { components } from './schema.gen';

export type Level = Graph['level'];
export type Found = components['schemas']['SearchOut'];
export type Impact = components['schemas']['ImpactOut'];
export type Diff = components['schemas']['DiffOut'];
export type RootCause = components['schemas']['RootCauseOut'];
export type Columns = components['schemas']['ColumnsOut'];

export interface View {
  up: number;
  down: number;
  level: Level;
  /** The graph as it was at this time. */
  asof?: string | undefined;
}

const MOST_NODES = 2000;

export const lineageKeys = {
  all: (model: string) => ['lineage', model] as const,
  graph: (model: string, node: string, view: View, window: Window) =>
    [...lineageKeys.all(model), 'graph', node, view, window] as const,
  of: (model: string, what: string, ...about: string[]) =>
    [...lineageKeys.all(model), what, ...about] as const,
};

/** The id of a model's own node: everything that was ever scored with it lies above it. */
export const modelNode = (model: string) => `model:bellwether:${model}`;

/** The server keeps these as they are within a part of an id. */
const KEPT = /%(?:2F|40|3D|2B|2C|3B|24)/g;
const part = (text: string) => encodeURIComponent(text).replace(KEPT, decodeURIComponent);

const nodeId = (kind: string, namespace: string, name: string) => `${kind}:${part(namespace)}:${part(name)}`;

export const featureNode = (model: string, feature: string) =>
  nodeId('feature', `bellwether/${model}`, feature);

/** The drift report of a batch. */
export const reportNode = (model: string, batch: string) =>
  nodeId('report', `bellwether/${model}`, `drift/${batch}`);

export const graphQuery = (model: string, node: string, view: View, window: Window) =>
  queryOptions({
    queryKey: lineageKeys.graph(model, node, view, window),
    queryFn: ({ signal }) =>
      body<Graph>(
        api.GET('/api/v1/lineage/graph', {
          params: {
            query: {
              model,
              node,
              up: view.up,
              down: view.down,
              level: view.level,
              limit: MOST_NODES,
              ...bounds(window),
              ...(view.asof && { asof: view.asof }),
            },
          },
          signal,
        }),
      ),
  });

export const nodeQuery = (model: string, node: string) =>
  queryOptions({
    queryKey: lineageKeys.of(model, 'node', node),
    queryFn: ({ signal }) =>
      body<GraphNode>(api.GET('/api/v1/lineage/node', { params: { query: { model, node } }, signal })),
  });

export const searchQuery = (model: string, text: string) =>
  queryOptions({
    queryKey: lineageKeys.of(model, 'search', text),
    queryFn: ({ signal }) =>
      body<Found>(api.GET('/api/v1/lineage/search', { params: { query: { model, q: text } }, signal })),
    placeholderData: (before) => before,
  });

export const impactQuery = (model: string, node: string) =>
  queryOptions({
    queryKey: lineageKeys.of(model, 'impact', node),
    queryFn: ({ signal }) =>
      body<Impact>(api.GET('/api/v1/lineage/impact', { params: { query: { node, model } }, signal })),
  });

export const diffQuery = (model: string, a: string, b: string) =>
  queryOptions({
    queryKey: lineageKeys.of(model, 'diff', a, b),
    queryFn: ({ signal }) =>
      body<Diff>(api.GET('/api/v1/lineage/diff', { params: { query: { model, a, b } }, signal })),
  });

/** Which columns an input comes from, as far as sources say so. */
export const columnsQuery = (model: string, feature: string) =>
  queryOptions({
    queryKey: lineageKeys.of(model, 'columns', feature),
    queryFn: ({ signal }) =>
      body<Columns>(
        api.GET('/api/v1/lineage/columns', {
          params: { query: { model, node: featureNode(model, feature) } },
          signal,
        }),
      ),
  });
