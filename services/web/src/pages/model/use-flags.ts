// What is known to have happened to a model: facts people wrote down, versions, expected changes.
import { useQuery } from '@tanstack/react-query';
import { annotationsQuery, mutesQuery } from '../../api/annotations';
import { has } from '../../app/has';
import type { Flag } from '../../charts/flags';
import { date } from '../../ui/format';

const time = (text: string) => Date.parse(text);

export function useFlags(model: string, axisEnd: number): Flag[] {
  const { data: facts } = useQuery({ ...annotationsQuery(model), enabled: has('/annotations') });
  const { data: mutes } = useQuery({ ...mutesQuery(model), enabled: has('/mutes') });
  return [
    ...(facts?.items ?? []).map((one): Flag => ({
      time: time(one.time),
      end: one.end === null ? null : time(one.end),
      text: one.text,
      kind: one.kind,
    })),
    ...(mutes?.items ?? []).map((one): Flag => ({
      // One that lasts now holds for the newest batch, however old that is.
      time: one.active ? Math.min(time(one.start), axisEnd) : time(one.start),
      end: time(one.end),
      text: `expected until ${date(time(one.end), { timeZone: 'UTC' })}: ${one.reason}`,
      kind: 'mute',
    })),
  ];
}
