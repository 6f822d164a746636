import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
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

const Demo = z.looseObject({
  staff: z.looseObject({ admin: z.looseObject({ email: z.string(), password: z.string() }) }),
});

async function signedIn(): Promise<{ page: Page; strangers: string[]; errors: string[] }> {
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const strangers = watchOrigins(page, sesame.cloud);
  const errors = watchErrors(page);
  await page.goto(`${sesame.cloud}/payments`);
  const { email, password } = Demo.parse(JSON.parse(readFileSync(join(data, 'demo.json'), 'utf8'))).staff
    .admin;
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  return { page, strangers, errors };
}

describe('the payments page', () => {
  it('shows what a provider told, and applies it again without moving money twice', async () => {
    const shopper = await Shopper.enter(sesame);
    const basket = await shopper.openBasket();
    await shopper.scan(basket.id, { code: sesame.samples.codes[0] ?? '' });
    const order = await shopper.openOrder(basket.id);
    await shopper.pay(order.id, 'card_pending');
    const paid = await shopper.orderWhen(order.id, (one) => one.payment_status === 'captured');

    const { page, strangers, errors } = await signedIn();
    const message = page.getByRole('listitem', { name: /^charge\.captured/ });
    await message.getByText('Applied').waitFor();
    await message.getByText(paid.payments[0]?.id ?? 'no payment').waitFor();
    await message.getByRole('button', { name: 'Show the message' }).click();
    await message.locator('pre', { hasText: '"status": "captured"' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'payments');

    await message.getByRole('button', { name: 'Apply it again' }).focus();
    await page.keyboard.press('Enter');
    await message.getByText('Applied').waitFor();
    await page.getByRole('link', { name: 'Given up' }).click();
    await page.getByText('No message').waitFor();
    const after = await shopper.orderWhen(order.id, () => true);
    expect(after).toMatchObject({ captured: paid.total, payments: [{ status: 'captured' }] });
    expect(strangers).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });
});
