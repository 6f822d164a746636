import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openChromium, picture, seriousFindings, watchErrors, watchOrigins } from '../support/browser.ts';
import { Shopper } from '../support/client.ts';
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

describe('central staff', () => {
  it('sign in, see orders come, open one as a story, and keep the filter in the address', async () => {
    const page = await browser.newPage({
      viewport: { width: 1440, height: 900 },
      locale: 'en-GB',
      reducedMotion: 'reduce',
    });
    const strangers = watchOrigins(page, sesame.cloud);
    const errors = watchErrors(page);
    await page.goto(sesame.cloud);
    expect(await seriousFindings(page)).toEqual([]);
    const { email, password } = demoSignIn();
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('No orders yet').waitFor();

    const numbers: string[] = [];
    for (let i = 0; i < 6; i++) {
      const shopper = await Shopper.enter(sesame);
      const codes = sesame.samples.codes.slice(i, i + 1 + (i % 3)).map((code) => ({ code }));
      numbers.push((await shopper.buy([...codes, { epc: sesame.samples.epcs[i] ?? '' }])).number);
    }
    const last = numbers.at(-1) ?? '';
    await page.locator('tbody tr').nth(5).waitFor();
    await page.locator('tr', { hasText: last }).getByText('Paid').waitFor();
    await page.getByRole('button', { name: last }).click();
    const pane = page.getByRole('complementary', { name: 'Order' });
    await pane.getByRole('heading', { name: `Order ${last}` }).waitFor();
    await pane.locator('.timeline li').nth(1).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'orders');

    await page.getByLabel('Payment').selectOption('rejected');
    await page.getByText('No order fits').waitFor();
    expect(page.url()).toContain('payment=rejected');
    await page.goBack();
    await page.locator('tbody tr').nth(5).waitFor();
    expect(strangers).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });
});

/** The demo's own sign-ins stand in its data folder. */
function demoSignIn(): { email: string; password: string } {
  const Demo = z.looseObject({
    staff: z.looseObject({ manager: z.object({ email: z.string(), password: z.string() }) }),
  });
  return Demo.parse(JSON.parse(readFileSync(join(data, 'demo.json'), 'utf8'))).staff.manager;
}
