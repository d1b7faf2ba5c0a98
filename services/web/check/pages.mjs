// The pages that are looked at: where, what must stand before the look, and in which situation.
const MODEL = '/models/flight-delay';
const INCIDENT = 'at=2013-05-02';

export const PAGES = [
  { name: 'sign-in', path: '/', ready: 'form', scenario: 'out' },
  { name: 'fleet', path: '/', ready: 'table tbody tr' },
  { name: 'help', path: '/', ready: 'table tbody tr', before: (page) => page.keyboard.press('?') },
  { name: 'fleet-empty', path: '/', ready: 'pre', scenario: 'empty' },
  { name: 'fleet-away', path: '/', ready: '[role=alert]', scenario: 'away' },
  { name: 'model', path: `${MODEL}?${INCIDENT}`, ready: 'section:has-text("What drifted") table' },
  { name: 'model-table', path: `${MODEL}?view=table&range=30d&page=x`, ready: 'table >> nth=1' },
  { name: 'model-new', path: '/models/taxi-out', ready: 'pre' },
  {
    name: 'feature',
    path: `${MODEL}/features/wind_speed?${INCIDENT}`,
    ready: 'section:has-text("How it was measured") table',
  },
  {
    name: 'feature-category',
    path: `${MODEL}/features/carrier?${INCIDENT}&shape=beside&method=psi`,
    ready: 'section:has-text("How it was measured") table',
  },
  {
    name: 'performance',
    path: `${MODEL}/performance?${INCIDENT}`,
    ready: 'section:has-text("Every metric") table',
  },
];
