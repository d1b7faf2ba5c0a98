// Times: said shortly, with the exact time and zone on hover.
import { ago, dateTime, window } from './format';

/** How long ago, e.g. "3 hr ago"; later the date. */
export function Ago({ time }: { time: number | string }) {
  const at = typeof time === 'string' ? Date.parse(time) : time;
  return (
    <time dateTime={new Date(at).toISOString()} title={dateTime(at)}>
      {ago(at)}
    </time>
  );
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
