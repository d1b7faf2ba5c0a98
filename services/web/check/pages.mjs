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
  {
    name: 'explain',
    path: `${MODEL}/explain?${INCIDENT}`,
    ready: 'section:has-text("How this was computed") dl',
  },
  {
    name: 'explain-empty',
    path: `${MODEL}/explain`,
    ready: 'main >> text=No batch has been explained',
    scenario: 'bare',
  },
  {
    name: 'decision',
    path: `${MODEL}/explain/EWR-1007`,
    ready: 'section:has-text("How the answer came about") ol',
  },
  {
    name: 'decision-what-if',
    path: `${MODEL}/explain/EWR-1007?change=wind_speed%3D12&compare=EWR-1014`,
    ready: 'text=The answer would be',
  },
  {
    name: 'provenance',
    path: `${MODEL}/provenance?${INCIDENT}&range=90d`,
    ready: 'ol[aria-label*="way to it"] li',
  },
  {
    name: 'provenance-path',
    path: `${MODEL}/provenance?${INCIDENT}&range=90d&view=path&q=load`,
    ready: 'ol[aria-label*="way to it"] li',
  },
  { name: 'provenance-table', path: `${MODEL}/provenance?${INCIDENT}&view=table`, ready: 'table tbody tr' },
  { name: 'pipelines', path: '/pipelines', ready: 'table tbody tr' },
  { name: 'pipelines-empty', path: '/pipelines', ready: 'text=No pipeline is watched yet', scenario: 'bare' },
  { name: 'pipeline', path: '/pipelines/load_features?source=adf%2Fflights', ready: 'table tbody tr' },
  { name: 'run', path: '/runs/load_features-0', ready: 'table tbody tr' },
  { name: 'run-mlflow', path: '/runs/ml-1', ready: 'text=Metrics' },
  { name: 'sources', path: '/settings/sources', ready: 'ul[aria-label=Sources] li' },
  { name: 'sources-add', path: '/settings/sources?add=adf', ready: 'form' },
];
