// What administrators keep: keys, channels and rules, and the work that was given up.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from './client';
import type {
  Channel,
  ChannelAsked,
  ChannelChange,
  Channels,
  DeadLetters,
  Deliveries,
  Key,
  KeyAsked,
  Keys,
  NewChannel,
  NewKey,
  Rule,
  RuleChange,
  RuleName,
  Rules,
} from './types';

export const settingKeys = {
  keys: ['settings', 'keys'] as const,
  channels: ['settings', 'channels'] as const,
  deliveries: (channel: string) => [...settingKeys.channels, channel] as const,
  rules: ['settings', 'rules'] as const,
  deadLetters: ['settings', 'dead-letters'] as const,
};

const MOST = 200;

export const keysQuery = () =>
  queryOptions({
    queryKey: settingKeys.keys,
    queryFn: ({ signal }) =>
      body<Keys>(api.GET('/api/v1/keys', { params: { query: { limit: MOST } }, signal })),
  });

export const createKey = (asked: KeyAsked) => body<NewKey>(api.POST('/api/v1/keys', { body: asked }));

export const deleteKey = ({ id }: Key) => api.DELETE('/api/v1/keys/{key}', { params: { path: { key: id } } });

export const channelsQuery = () =>
  queryOptions({
    queryKey: settingKeys.channels,
    queryFn: ({ signal }) =>
      body<Channels>(api.GET('/api/v1/channels', { params: { query: { limit: MOST } }, signal })),
  });

export const deliveriesQuery = (id: string) =>
  queryOptions({
    queryKey: settingKeys.deliveries(id),
    queryFn: ({ signal }) =>
      body<Deliveries>(
        api.GET('/api/v1/channels/{id}/deliveries', {
          params: { path: { id }, query: { limit: 10 } },
          signal,
        }),
      ),
  });

export const createChannel = (asked: ChannelAsked) =>
  body<NewChannel>(api.POST('/api/v1/channels', { body: asked }));

export const changeChannel = (id: string, change: Partial<ChannelChange>) =>
  body<Channel>(
    api.PATCH('/api/v1/channels/{id}', { params: { path: { id } }, body: change as ChannelChange }),
  );

export const deleteChannel = (id: string) =>
  api.DELETE('/api/v1/channels/{id}', { params: { path: { id } } });

export const tryChannel = (id: string) =>
  api.POST('/api/v1/channels/{id}:test', { params: { path: { id } } });

export const rulesQuery = () =>
  queryOptions({
    queryKey: settingKeys.rules,
    queryFn: ({ signal }) => body<Rules>(api.GET('/api/v1/rules', { signal })),
  });

export const changeRule = (rule: RuleName, change: Partial<RuleChange>) =>
  body<Rule>(api.PATCH('/api/v1/rules/{rule}', { params: { path: { rule } }, body: change as RuleChange }));

export const deadLettersQuery = () =>
  queryOptions({
    queryKey: settingKeys.deadLetters,
    queryFn: ({ signal }) =>
      body<DeadLetters>(api.GET('/api/v1/dead-letters', { params: { query: { limit: MOST } }, signal })),
  });

export const replay = (id: string) =>
  api.POST('/api/v1/dead-letters/{id}:replay', { params: { path: { id } } });

export const discard = (id: string) => api.DELETE('/api/v1/dead-letters/{id}', { params: { path: { id } } });
