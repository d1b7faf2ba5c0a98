// Since when an incident is there, or from when to when it was, by the clock of the data.
import type { IncidentItem } from '../../api/types';
import { duration } from '../../ui/format';
import { Since } from '../../ui/time';
import { isOver } from '../incidents/words';

export function When({ incident }: { incident: IncidentItem }) {
  const { state, since, until, opened_at: opened, resolved_at: closed } = incident;
  const between = (from: string, to: string) => duration((Date.parse(to) - Date.parse(from)) / 1000);
  if (!isOver(state)) return <Since time={since} />;
  if (until !== null)
    return (
      <span>
        from <Since time={since} bare /> to <Since time={until} bare />
        {`: it lasted ${between(since, until)}`}
      </span>
    );
  return (
    <span>
      from <Since time={since} bare />
      {closed !== null && `, closed by hand ${between(opened, closed)} after it was opened`}
    </span>
  );
}
