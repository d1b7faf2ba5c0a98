// Models at a glance, worst first: searched, filtered and paged by the server.
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import type { paths } from './schema.gen';
import type { Fleet } from './types';

export type FleetAsked = NonNullable<paths['/api/v1/fleet/summary']['get']['parameters']['query']>;

const PAGE = 50;

export const fleetKeys = {
  all: ['fleet'] as const,
  page: (asked: FleetAsked) => [...fleetKeys.all, asked] as const,
};

export const fleetQuery = (asked: FleetAsked = {}) =>
  queryOptions({
    queryKey: fleetKeys.page(asked),
    queryFn: ({ signal }) =>
      body<Fleet>(api.GET('/api/v1/fleet/summary', { params: { query: { limit: PAGE, ...asked } }, signal })),
    placeholderData: keepPreviousData,
  });
