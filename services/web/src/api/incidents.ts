// Incidents: what calls for a person, and what people decide about it.
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import type { paths } from './schema.gen';
import type { Incident, IncidentChange, Incidents } from './types';

export type IncidentsAsked = NonNullable<paths['/api/v1/incidents']['get']['parameters']['query']>;

const PAGE = 50;

export const incidentKeys = {
  all: ['incidents'] as const,
  page: (asked: IncidentsAsked) => [...incidentKeys.all, 'page', asked] as const,
  one: (id: string) => [...incidentKeys.all, 'one', id] as const,
};

export const incidentsQuery = (asked: IncidentsAsked) =>
  queryOptions({
    queryKey: incidentKeys.page(asked),
    queryFn: ({ signal }) =>
      body<Incidents>(api.GET('/api/v1/incidents', { params: { query: { limit: PAGE, ...asked } }, signal })),
    placeholderData: keepPreviousData,
  });

export const incidentQuery = (id: string) =>
  queryOptions({
    queryKey: incidentKeys.one(id),
    queryFn: ({ signal }) =>
      body<Incident>(api.GET('/api/v1/incidents/{id}', { params: { path: { id } }, signal })),
  });

export const changeIncident = (id: string, change: Partial<IncidentChange>) =>
  body<Incident>(
    api.PATCH('/api/v1/incidents/{id}', { params: { path: { id } }, body: change as IncidentChange }),
  );
