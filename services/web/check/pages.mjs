// The pages that are looked at: where, what must stand before the look, and in which situation.
export const PAGES = [
  { name: 'sign-in', path: '/', ready: 'form', scenario: 'out' },
  { name: 'fleet', path: '/', ready: 'table tbody tr' },
  { name: 'fleet-empty', path: '/', ready: 'pre', scenario: 'empty' },
  { name: 'fleet-away', path: '/', ready: '[role=alert]', scenario: 'away' },
  { name: 'model', path: '/models/flight-delay', ready: 'section:has-text("What drifted") table' },
  { name: 'model-table', path: '/models/flight-delay?view=table&range=30d', ready: 'table >> nth=1' },
];
