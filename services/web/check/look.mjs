// axe, pictures and page weight over recorded answers: every page, both schemes, two widths, system Chromium.
// Use: node check/look.mjs [folder for pictures] [part of a page's name]
// CHROMIUM names the browser; default /usr/bin/chromium. Exits 1 on a violation, an outside request or an error.
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { PAGES } from './pages.mjs';
import { serve } from './serve.mjs';

const [folder, only = ''] = process.argv.slice(2);
const MOST_NODES = 4000;
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };
const AXE = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const { origin, close } = await serve();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const faults = [];

for (const { name, path, ready, before, scenario } of PAGES.filter((page) => page.name.includes(only))) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark']) {
      const label = `${name} ${size} ${colorScheme}`;
      const context = await browser.newContext({
        viewport,
        colorScheme,
        reducedMotion: 'reduce',
        locale: 'en-GB',
        timezoneId: 'Europe/Berlin',
        ...(scenario && { extraHTTPHeaders: { 'x-fake-scenario': scenario } }),
      });
      const page = await context.newPage();
      page.on('request', (request) => {
        const url = request.url();
        if (url.startsWith('http') && !url.startsWith(origin)) faults.push(`${label}: outside ${url}`);
      });
      page.on('pageerror', (error) => faults.push(`${label}: ${error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().includes('Failed to load resource')) {
          faults.push(`${label}: ${message.text().slice(0, 300)}`);
        }
      });
      await page.goto(origin + path);
      try {
        await page.waitForSelector(ready, { timeout: 15_000 });
      } catch {
        faults.push(
          `${label}: ${ready} never came; the page says: ${(await page.innerText('body')).slice(0, 300)}`,
        );
        await context.close();
        continue;
      }
      await before?.(page);
      await page.waitForTimeout(150);
      await page.evaluate(AXE);
      const { violations, passes } = await page.evaluate(
        (tags) => globalThis.axe.run({ runOnly: tags }),
        TAGS,
      );
      for (const { id, nodes } of violations) {
        faults.push(
          `${label}: axe ${id} x${nodes.length}: ${nodes[0].html.slice(0, 140)} ${nodes[0].any[0]?.message ?? nodes[0].failureSummary ?? ''}`,
        );
      }
      const facts = await page.evaluate(() => ({
        nodes: document.querySelectorAll('*').length,
        overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      }));
      if (facts.nodes > MOST_NODES) faults.push(`${label}: ${facts.nodes} elements, at most ${MOST_NODES}`);
      if (facts.overflow > 0) faults.push(`${label}: ${facts.overflow} px wider than the screen`);
      console.log(
        label,
        'axe',
        violations.length,
        'of',
        violations.length + passes.length,
        'elements',
        facts.nodes,
      );
      if (folder)
        await page.screenshot({ path: `${folder}/${label.replaceAll(' ', '-')}.png`, fullPage: true });
      await context.close();
    }
  }
}
await browser.close();
close();
faults.forEach((fault) => console.error(fault));
process.exit(faults.length ? 1 : 0);
