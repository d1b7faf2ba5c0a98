// Every model at a glance, worst first.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import type { Fleet } from './types';

export const fleetKeys = { all: ['fleet'] as const };

export const fleetQuery = () =>
  queryOptions({
    queryKey: fleetKeys.all,
    queryFn: ({ signal }) =>
      body<Fleet>(api.GET('/api/v1/fleet/summary', { params: { query: { limit: 200 } }, signal })),
  });
