// Times: said shortly, with the exact time and zone on hover.
import { ago, date, dateTime, window } from './format';

/** How long ago, e.g. "3 hr ago"; later the date. */
export function Ago({ time }: { time: number | string }) {
  const at = typeof time === 'string' ? Date.parse(time) : time;
  return (
    <time dateTime={new Date(at).toISOString()} title={dateTime(at)}>
      {ago(at)}
    </time>
  );
}

/** A moment: day and time of day. */
export function Moment({ time }: { time: string }) {
  const at = Date.parse(time);
  return <time dateTime={time}>{dateTime(at)}</time>;
}

/** The window of a batch. */
export function Span({ start, end }: { start?: string | null; end: string }) {
  const exact =
    start == null
      ? dateTime(Date.parse(end))
      : `${dateTime(Date.parse(start))} – ${dateTime(Date.parse(end))}`;
  return (
    <time dateTime={start ?? end} title={exact}>
      {window(start, end)}
    </time>
  );
}

/** The day something began; midnights are days of UTC, whatever the reader's zone. */
export function Since({ time, bare = false }: { time: string; bare?: boolean }) {
  const at = Date.parse(time);
  const isDay = at % 86_400_000 === 0;
  return (
    <time dateTime={time} title={dateTime(at)}>
      {bare ? '' : 'since '}
      {date(at, isDay ? { timeZone: 'UTC' } : {})}
    </time>
  );
}
