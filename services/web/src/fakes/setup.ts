// Before every test file: what jsdom lacks. After every test: an empty page and the real fetch.
import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

const realFetch = globalThis.fetch;

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
HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.open = false;
};
globalThis.scrollTo = () => undefined;

configure({
  asyncUtilTimeout: 20_000, // a busy machine is slow, not wrong
  defaultHidden: true, // whether something is shown is for the browser: jsdom knows no layout, and is slow at it
  getElementError: (message) => new Error(message?.slice(0, 600)),
});

afterEach(() => {
  cleanup();
  globalThis.fetch = realFetch;
});
