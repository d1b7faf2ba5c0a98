// What is typed into a field whose value lives elsewhere (the address): the field answers at once, the value follows
// when the typing pauses, and leads when it is changed by something else.
import { useEffect, useState } from 'react';

const PAUSE_MS = 200;

export function useTyped(value: string, write: (value: string) => void): [string, (typed: string) => void] {
  const [typed, setTyped] = useState(value);
  const [written, setWritten] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    if (value !== written) {
      setTyped(value);
      setWritten(value);
    }
  }
  useEffect(() => {
    if (typed === written) return;
    const timer = setTimeout(() => {
      setWritten(typed);
      write(typed);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  });
  return [typed, setTyped];
}
