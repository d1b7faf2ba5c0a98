// Serves the built app with recorded answers, under the headers the gateway sends. Build first: npm run build.
// Use: node check/serve.mjs [port]   or   import { serve } from './serve.mjs'
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

const HOME = fileURLToPath(new URL('..', import.meta.url));
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};
const HEADERS = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
};

async function fakes() {
  const outDir = join(HOME, 'node_modules/.cache/fakes');
  await build({
    root: HOME,
    logLevel: 'error',
    build: { ssr: 'src/fakes/api.ts', outDir, emptyOutDir: true, copyPublicDir: false },
  });
  return import(`${pathToFileURL(join(outDir, 'api.js'))}?${Date.now()}`);
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return request.headers['content-type'] === 'application/json' && text
    ? JSON.parse(text)
    : text || undefined;
}

/** Starts the server; `port` 0 takes a free one. */
export async function serve(port = 0) {
  const { answer, SCENARIOS } = await fakes();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://fakes');
    if (url.pathname.startsWith('/api/')) {
      const asked = {
        method: request.method,
        path: url.pathname,
        query: url.searchParams,
        body: await bodyOf(request),
      };
      const { status, body } = answer(asked, SCENARIOS[request.headers['x-fake-scenario'] ?? 'recorded']);
      response.writeHead(status, {
        'content-type': status >= 400 ? 'application/problem+json' : 'application/json',
      });
      response.end(body === undefined ? undefined : JSON.stringify(body));
      return;
    }
    const name = extname(url.pathname) ? normalize(url.pathname) : '/index.html';
    try {
      const content = await readFile(join(HOME, 'dist', name));
      response.writeHead(200, { ...HEADERS, 'content-type': TYPES[extname(name)] ?? 'text/plain' });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log((await serve(Number(process.argv[2] ?? 0))).origin);
}
