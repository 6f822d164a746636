import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { openChromium, picture, seriousFindings, watchErrors, watchOrigins } from '../support/browser.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame } from '../support/sesame.ts';

const DESKTOP = { width: 1440, height: 1000 };
const TABLET = { width: 820, height: 1180 };
const PHONE = { width: 390, height: 844 };

let sesame: Sesame;
let browser: Browser;
const data = freshDataDir();

beforeAll(async () => {
  [sesame, browser] = await Promise.all([startSesame({ data }), openChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await sesame?.stop();
  removeDataDir(data);
});

async function signedIn(viewport = DESKTOP) {
  const page = await browser.newPage({ viewport, locale: 'en-GB', reducedMotion: 'reduce' });
  const strangers = watchOrigins(page, sesame.cloud);
  const errors = watchErrors(page);
  await page.goto(`${sesame.cloud}/scans`);
  const { email, password } = demoSignIn();
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Code', { exact: true }).waitFor();
  return { page, strangers, errors };
}

it('staff see how a code is understood: sold, refused with the reason, and a tag bit by bit', async () => {
  const { page, strangers, errors } = await signedIn();
  await page.getByText('Nothing is sold').waitFor();
  const code = page.getByLabel('Code', { exact: true });

  // A hand scanner types and presses Enter; the field is ready for the next code at once.
  const [good = ''] = sesame.samples.codes;
  await code.pressSequentially(good);
  await page.keyboard.press('Enter');
  await page.getByText('It is sold').waitFor();
  expect(await page.locator('.scan-steps > li').count()).toBeGreaterThan(1);
  expect(await page.evaluate<string>('document.activeElement.name')).toBe('code');
  expect(page.url()).toContain(`code=${good}`);

  await page.keyboard.type('5901234123456');
  await page.keyboard.press('Enter');
  await page.getByText('The check digit does not match').first().waitFor();
  await page.getByText('A basket answers bad_code with the detail check_digit').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await picture(page, 'scan-refused');

  await code.fill('(01)09506000134352(10)AB12(17)270131');
  await page.getByRole('button', { name: 'Try' }).click();
  await page.getByText('(17) USE BY or EXPIRY').waitFor();

  const [epc = ''] = sesame.samples.epcs;
  await code.fill(epc);
  await page.getByLabel('Read by').selectOption('rfid');
  await page.getByRole('button', { name: 'Try' }).click();
  await page.getByRole('region', { name: 'The tag’s bits' }).waitFor();
  expect(await page.locator('.tag-bits rect').count()).toBe(96);
  expect(await seriousFindings(page)).toEqual([]);
  await picture(page, 'scan-tag');

  await page.goBack();
  await page.getByText('(17) USE BY or EXPIRY').waitFor();
  expect(strangers).toEqual([]);
  expect(errors).toEqual([]);
  await page.close();
});

it.each([
  ['phone', PHONE],
  ['tablet', TABLET],
] as const)('fits a %s', async (device, viewport) => {
  const { page } = await signedIn(viewport);
  const [epc = ''] = sesame.samples.epcs;
  await page.getByLabel('Code', { exact: true }).fill(epc);
  await page.getByRole('button', { name: 'Try' }).click();
  await page.getByRole('region', { name: 'The tag’s bits' }).waitFor();
  const wide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
  expect(wide).toBe(false);
  await page.evaluate("document.querySelector('.tag-bits').scrollIntoView({ block: 'center' })");
  await picture(page, `scan-tag-${device}`);
  expect(await seriousFindings(page)).toEqual([]);
  await page.close();
});

/** The demo's own sign-ins stand in its data folder. */
function demoSignIn(): { email: string; password: string } {
  const Demo = z.looseObject({
    staff: z.looseObject({ manager: z.object({ email: z.string(), password: z.string() }) }),
  });
  return Demo.parse(JSON.parse(readFileSync(join(data, 'demo.json'), 'utf8'))).staff.manager;
}
