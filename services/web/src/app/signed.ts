// Whether the server still knows who is asking: set by any answer 401, cleared by signing in.
import { useSyncExternalStore } from 'react';

let isOut = false;
const listeners = new Set<() => void>();

export function setSignedOut(value: boolean): void {
  if (isOut === value) return;
  isOut = value;
  listeners.forEach((listener) => listener());
}

export function useSignedOut(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isOut,
  );
}
