// Before every test file: what jsdom lacks.
import { afterEach } from 'vitest';
import { cleanup } from '@testing-library/react';

globalThis.matchMedia ??= ((query: string) => ({
  matches: false,
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  addListener: () => undefined,
  removeListener: () => undefined,
  dispatchEvent: () => false,
  onchange: null,
})) as typeof matchMedia;
globalThis.scrollTo = () => undefined;

afterEach(cleanup);
