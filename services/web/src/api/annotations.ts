// Dated facts about a model, and the changes people expect.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import type { Annotation, Annotations, Mute, MuteAsked, Mutes } from './types';

export const annotationKeys = {
  all: (model: string) => ['annotations', model] as const,
  flags: (model: string) => [...annotationKeys.all(model), 'flags'] as const,
  mutes: (model: string) => [...annotationKeys.all(model), 'mutes'] as const,
};

export const annotationsQuery = (model: string) =>
  queryOptions({
    queryKey: annotationKeys.flags(model),
    queryFn: ({ signal }) =>
      body<Annotations>(api.GET('/api/v1/annotations', { params: { query: { model } }, signal })),
  });

export const mutesQuery = (model: string) =>
  queryOptions({
    queryKey: annotationKeys.mutes(model),
    queryFn: ({ signal }) => body<Mutes>(api.GET('/api/v1/mutes', { params: { query: { model } }, signal })),
  });

export const annotate = (model: string, text: string, time: string) =>
  body<Annotation>(
    api.POST('/api/v1/annotations', { body: { model, text, time, kind: 'note', end: null, link: null } }),
  );

export const mute = (asked: MuteAsked) => body<Mute>(api.POST('/api/v1/mutes', { body: asked }));

export const unmute = (model: string, id: string) =>
  api.DELETE('/api/v1/mutes/{id}', { params: { path: { id }, query: { model } } });
