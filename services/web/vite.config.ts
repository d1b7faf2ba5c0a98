// Builds the app. `npx vite` serves the sources and hands /api to a running gateway (BELLWETHER_URL).
import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const gateway = process.env.BELLWETHER_URL ?? 'http://127.0.0.1:8000';

const { paths } = JSON.parse(readFileSync('src/api/openapi.json', 'utf8')) as { paths: object };

export default defineConfig({
  plugins: [react()],
  define: { BELLWETHER_ROUTES: JSON.stringify(Object.keys(paths)) },
  server: { proxy: { '/api': gateway } },
  build: {
    target: 'es2022',
    license: { fileName: 'licenses.md' },
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    assetsInlineLimit: 0,
    // What pages share is few files, not one for each set of pages that share it: small files pack badly.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'ui', test: /\/src\/(ui|api|app)\// },
            {
              name: 'charts',
              test: /\/src\/((charts|graph)\/|pages\/(time|issues|methods|model\/(head|nav|mute))\b.*\.tsx?$)/,
            },
            { name: 'pages', test: /\/src\/pages\/.*\.css$/ },
          ],
        },
      },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/fakes/setup.ts'],
    restoreMocks: true,
    testTimeout: 60_000,
    pool: 'threads',
    maxWorkers: 2,
    isolate: false, // one jsdom a worker, not one a file: half the time
  },
});
