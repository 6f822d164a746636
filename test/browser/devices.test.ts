import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openChromium, picture, seriousFindings, watchErrors, watchOrigins } from '../support/browser.ts';
import { call, expectJson } from '../support/client.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame } from '../support/sesame.ts';

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

/** The demo's own sign-ins stand in its data folder. */
function administrator(): { email: string; password: string } {
  const Demo = z.looseObject({
    staff: z.looseObject({ admin: z.object({ email: z.string(), password: z.string() }) }),
  });
  return Demo.parse(JSON.parse(readFileSync(join(data, 'demo.json'), 'utf8'))).staff.admin;
}

describe('the devices page', () => {
  it.each([
    ['desk', 1440, 900],
    ['phone', 390, 844],
  ])('on a %s adds a device, shows its code once, and lets it in', async (size, width, height) => {
    const page = await browser.newPage({
      viewport: { width, height },
      locale: 'en-GB',
      reducedMotion: 'reduce',
    });
    const strangers = watchOrigins(page, sesame.cloud);
    const errors = watchErrors(page);
    await page.goto(`${sesame.cloud}/devices`);
    const { email, password } = administrator();
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const name = `Kiosk by the ${size}`;
    await page.getByLabel('What it is').selectOption('kiosk');
    await page.getByLabel('Name').fill(name);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const card = page.getByRole('listitem', { name });
    await card.getByRole('button', { name: 'Enrolment code' }).click();
    const code = (await card.locator('.enrolment-code').textContent()) ?? '';
    expect(code).toMatch(/^[0-9A-Z]{5}-[0-9A-Z]{5}$/);
    expect(await seriousFindings(page)).toEqual([]);
    await card.scrollIntoViewIfNeeded();
    await picture(page, `devices-${size}`);

    const device = await expectJson(
      z.looseObject({ name: z.string(), token: z.string() }),
      201,
      call(sesame.cloud, 'POST', '/v1/enrolments', { body: { code } }),
    );
    expect(device.name).toBe(name);
    await card.getByRole('button', { name: 'Publish the store' }).click();
    await card.getByText('Published').waitFor();
    await card.getByRole('button', { name: 'Revoke', exact: true }).click();
    await card.getByRole('button', { name: `Revoke ${name}` }).click();
    await card.waitFor({ state: 'detached' });
    expect(strangers).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });
});
