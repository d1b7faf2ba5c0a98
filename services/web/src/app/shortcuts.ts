// Single-key shortcuts. They can be turned off, and are silent where text is typed (WCAG 2.1.4). What a key acts on
// is marked in the page: data-shortcut names a field or a button, data-row the links of a list.
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { paths } from './paths';

const STORED = 'bellwether.shortcuts';
const SEQUENCE_MS = 1500;

/** Keys and what they do, as the help says it. */
export const SHORTCUTS = [
  ['/', 'Search'],
  ['g f', 'Go to the fleet'],
  ['g i', 'Go to the incidents'],
  ['g s', 'Go to the settings'],
  ['j, k', 'Next, previous row of a list'],
  ['[, ]', 'Batch before, batch after'],
  ['?', 'This help'],
] as const;

const PLACES: Readonly<Record<string, string>> = {
  f: paths.fleet(),
  i: paths.incidents(),
  s: paths.settings(),
};
const MARKED: Readonly<Record<string, string>> = { '[': 'before', ']': 'after' };

function stored(): boolean {
  try {
    return localStorage.getItem(STORED) !== 'off';
  } catch {
    return true; // a browser that keeps nothing
  }
}

/** Listens to keys while they are on. */
export function useShortcuts(onHelp: () => void): { isOn: boolean; turn: (on: boolean) => void } {
  const [isOn, setOn] = useState(stored);
  const navigate = useNavigate();
  useEffect(() => {
    if (!isOn) return;
    let going = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target))
        return;
      const key = event.key;
      const isGoing = Date.now() - going < SEQUENCE_MS;
      going = key === 'g' ? Date.now() : 0;
      const place = isGoing ? PLACES[key] : undefined;
      if (place) void navigate(place);
      else if (key === '?') onHelp();
      else if (key === '/') mark('search')?.focus();
      else if (key === 'j' || key === 'k') step(key === 'j' ? 1 : -1);
      else if (MARKED[key]) mark(MARKED[key])?.click();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [isOn, navigate, onHelp]);
  const turn = (on: boolean) => {
    setOn(on);
    try {
      localStorage.setItem(STORED, on ? 'on' : 'off');
    } catch {
      // It then holds for this page only.
    }
  };
  return { isOn, turn };
}

const mark = (name: string) => document.querySelector<HTMLElement>(`[data-shortcut=${name}]`);

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, dialog, [contenteditable]') !== null
  );
}

function step(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.findIndex((row) => row === document.activeElement);
  rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))]?.focus();
}
