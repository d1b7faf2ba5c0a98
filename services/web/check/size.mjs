// Holds the budgets of size: what the first page loads, each further page, the whole app. kB are 1,000 bytes, gzip.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BUDGET = { 'first page, JS': 140, 'first page, CSS': 12, 'a further page': 40, 'whole app': 230 };

const assets = join(process.argv[2] ?? 'dist', 'assets');
const files = readdirSync(assets).filter((name) => /\.(js|css)$/.test(name));
const content = new Map(files.map((name) => [name, readFileSync(join(assets, name), 'utf8')]));
const packed = new Map([...content].map(([name, text]) => [name, packedSize(name, text)]));

function packedSize(name, text) {
  const beside = join(assets, `${name}.gz`);
  return existsSync(beside) ? readFileSync(beside).length : gzipSync(text, { level: 9 }).length;
}

/** What a script loads by itself: static imports, followed; and the style sheets named with its dynamic imports. */
function closure(name, found = new Set()) {
  if (found.has(name) || !content.has(name)) return found;
  found.add(name);
  for (const [, other] of content.get(name).matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g))
    closure(other, found);
  return found;
}

const sum = (names) => [...names].reduce((total, name) => total + (packed.get(name) ?? 0), 0) / 1000;
const index = readFileSync(join(assets, '..', 'index.html'), 'utf8');
const first = new Set();
for (const [, path] of index.matchAll(/(?:src|href)="\/assets\/([^"]+)"/g)) closure(path, first);
for (const name of files) if (index.includes(name)) first.add(name);

const measured = [
  ['first page, JS', sum([...first].filter((name) => name.endsWith('.js')))],
  ['first page, CSS', sum([...first].filter((name) => name.endsWith('.css')))],
];
for (const name of files.filter((one) => one.startsWith('page-') && one.endsWith('.js'))) {
  const own = [...closure(name)].filter((one) => !first.has(one));
  measured.push(['a further page', sum(own), basename(name)]);
}
measured.push(['whole app', sum(files)]);

let isOver = false;
for (const [what, size, detail = ''] of measured) {
  const most = BUDGET[what];
  const mark = size > most ? 'OVER' : 'ok';
  isOver ||= size > most;
  console.log(`${mark.padEnd(5)}${what.padEnd(18)}${size.toFixed(1).padStart(7)} of ${most} kB  ${detail}`);
}
process.exit(isOver ? 1 : 0);
