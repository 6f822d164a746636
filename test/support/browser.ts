import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const SCREENSHOTS = 'docs/screenshots';

/** Debian's Chromium, headless, with nothing of its own on the network. */
export function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
    ],
  });
}

/** Requests that left the given origins: a page must make none. */
export function watchOrigins(page: Page, ...origins: string[]): string[] {
  const strangers: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (url.startsWith('http') && !origins.some((origin) => url.startsWith(origin))) strangers.push(url);
  });
  return strangers;
}

/** Errors of the page itself: scripts that threw, and what the content security policy refused. */
export function watchErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Uncaught/.test(message.text()))
      errors.push(message.text());
  });
  return errors;
}

export interface AxeFinding {
  id: string;
  impact: string | null;
  nodes: { target: unknown; html: string }[];
}

/** What axe finds serious or critical on the page as it stands. */
export async function seriousFindings(page: Page): Promise<AxeFinding[]> {
  await colours(page);
  // Not as a script element: the page's own policy refuses foreign scripts, and rightly.
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const findings = await page.evaluate<AxeFinding[]>(
    'axe.run().then((r) => r.violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ target, html }) => ({ target, html })) })))',
  );
  return findings.filter((f) => f.impact === 'serious' || f.impact === 'critical');
}

/** A picture of the page in both themes, kept where the README shows it. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await colours(page);
    await page.screenshot({ path: join(SCREENSHOTS, `${name}-${scheme}.png`) });
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await colours(page);
}

/**
 * Waits until colours stand still: for a moment they are on their way, from an element to what inherits from it, and
 * they set out only with the next frame.
 */
async function colours(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const going = () => document.getAnimations().filter((one) => one instanceof CSSTransition);
    await frame();
    while (going().length > 0) {
      await Promise.all(going().map((one) => one.finished.catch(() => null)));
      await frame();
    }
  })()`);
}
