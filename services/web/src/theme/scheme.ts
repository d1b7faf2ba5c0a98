// Light or dark: as the system has it, until a person chooses. The choice is kept in this browser; the scheme stands on
// the root element, where tokens.css selects it.
import { useSyncExternalStore } from 'react';

export type Scheme = 'light' | 'dark';

const STORED = 'bellwether.scheme';
const DARK = '(prefers-color-scheme: dark)';
const listeners = new Set<() => void>();

function chosen(): Scheme | null {
  try {
    const stored = localStorage.getItem(STORED);
    return stored === 'light' || stored === 'dark' ? stored : null;
  } catch {
    return null; // a browser that keeps nothing
  }
}

let choice = chosen();
const schemeNow = (): Scheme => choice ?? (matchMedia(DARK).matches ? 'dark' : 'light');

/** Puts the scheme on the root element, now and whenever it changes. */
export function startScheme(): void {
  const apply = () => {
    document.documentElement.dataset.scheme = schemeNow();
    listeners.forEach((listener) => listener());
  };
  matchMedia(DARK).addEventListener('change', apply);
  apply();
}

export function chooseScheme(scheme: Scheme): void {
  choice = scheme;
  try {
    localStorage.setItem(STORED, scheme);
  } catch {
    // It then holds for this page only.
  }
  document.documentElement.dataset.scheme = scheme;
  listeners.forEach((listener) => listener());
}

export function useScheme(): Scheme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, schemeNow);
}
