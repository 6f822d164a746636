import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openChromium, picture, seriousFindings, watchErrors, watchOrigins } from '../support/browser.ts';
import { call } from '../support/client.ts';
import { openStore, priced, putItems } from '../support/payment_store.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame, until } from '../support/sesame.ts';

const PHONE = { width: 390, height: 844 };
const TABLET = { width: 820, height: 1180 };
const DESK = { width: 1440, height: 900 };

let sesame: Sesame;
let browser: Browser;
const data = freshDataDir();

beforeAll(async () => {
  [sesame, browser] = await Promise.all([startSesame({ data }), openChromium()]);
  await putItems(sesame, [
    priced('CHK-SPIRITS', 2_400, { name: 'Single malt', age_restriction: 18 }),
    priced('CHK-BREAD', 320, { name: 'Sourdough bread' }),
  ]);
  // The demo store itself: its gates are there to open.
  await openStore(sesame, sesame.store_id, [], { policies: { order: { exit_check: { always: true } } } });
});
afterAll(async () => {
  await browser?.close();
  await sesame?.stop();
  removeDataDir(data);
});

const Who = z.looseObject({ email: z.string(), password: z.string() });
const Demo = z.looseObject({ staff: z.looseObject({ cashier: Who }) });

interface Opened {
  page: Page;
  strangers: string[];
  errors: string[];
}

async function onFloor(): Promise<Opened> {
  const page = await browser.newPage({ viewport: TABLET, locale: 'en-GB', reducedMotion: 'reduce' });
  const watched = { strangers: watchOrigins(page, sesame.cloud), errors: watchErrors(page) };
  await page.goto(`${sesame.cloud}/checks?store=${sesame.store_id}`);
  const { email, password } = Demo.parse(JSON.parse(readFileSync(join(data, 'demo.json'), 'utf8'))).staff
    .cashier;
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Nobody waits.').waitFor();
  return { page, ...watched };
}

async function shopper(): Promise<Opened> {
  const context = await browser.newContext({ viewport: PHONE, locale: 'en-GB', reducedMotion: 'reduce' });
  const page = await context.newPage();
  const watched = { strangers: watchOrigins(page, sesame.edge), errors: watchErrors(page) };
  await page.goto(`${sesame.edge}/?store=${sesame.store_id}`);
  await page.getByText('Scan your first item').waitFor();
  return { page, ...watched };
}

async function type(page: Page, code: string): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Code' });
  const toggle = page.getByRole('button', { name: 'Type a code' });
  while (!(await field.isVisible())) await toggle.click();
  await field.fill(code);
  await field.press('Enter');
}

/** Calls staff, and answers the code on the screen. */
async function callStaff(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Call staff' }).click();
  const code = page.getByText('Show them this code').locator('strong');
  await code.waitFor();
  return code.innerText();
}

const Trip = z.looseObject({ token: z.string(), order_id: z.string() });
const Pass = z.looseObject({ pass: z.string() });

/** What the gate says of the pass on the shopper's screen. */
async function showPass(page: Page): Promise<unknown> {
  const kept: unknown = JSON.parse(String(await page.evaluate("localStorage.getItem('sesame.trip')")));
  const { token, order_id } = Trip.parse(kept);
  const { json } = await call(sesame.edge, 'GET', `/v1/orders/${order_id}/exit_pass`, { token });
  const body = { pass: Pass.parse(json).pass, gate_id: sesame.gate_id };
  return (await call(sesame.agent, 'POST', '/v1/exit_passes', { token: sesame.tokens.kiosk, body })).json;
}

describe('checks by staff', () => {
  it('lets a restricted basket through, looks into the bag, and the gate opens for the pass', async () => {
    const staff = await onFloor();
    const phone = await shopper();
    await picture(staff.page, 'checks-empty');
    await type(phone.page, 'CHK-SPIRITS');
    await phone.page.getByText('18+ · staff will check').waitFor();
    await type(phone.page, 'CHK-BREAD');
    await phone.page.locator('.pay-bar', { hasText: '2 items' }).waitFor();
    const code = await callStaff(phone.page);
    expect(await seriousFindings(phone.page)).toEqual([]);
    await picture(phone.page, 'shopper-staff-called');

    const card = staff.page.getByRole('listitem', { name: `Basket ${code}` });
    await card.getByText('Age: 18 or older').waitFor();
    await card.getByText('Single malt').waitFor();
    await staff.page.getByRole('status').getByText(`Basket ${code} waits for staff.`).waitFor();
    expect(await seriousFindings(staff.page)).toEqual([]);
    await picture(staff.page, 'checks-basket-820');
    await staff.page.setViewportSize(DESK);
    await picture(staff.page, 'checks-basket-1440');
    await staff.page.setViewportSize(PHONE);
    await picture(staff.page, 'checks-basket-390');
    await staff.page.setViewportSize(TABLET);
    await card.getByRole('button', { name: 'Accept: 18 or older' }).click();
    await staff.page.getByText(`${code} is accepted: the shopper can pay.`).waitFor();
    await phone.page.getByText('Staff have checked your basket.').waitFor();

    await phone.page.getByRole('button', { name: 'Pay' }).click();
    await phone.page.getByRole('button', { name: /^Card Pays at once/ }).click();
    await phone.page.getByText('Show this to a member of staff first').waitFor();
    expect(await seriousFindings(phone.page)).toEqual([]);
    await picture(phone.page, 'shopper-pass-check');
    expect(await showPass(phone.page)).toMatchObject({ decision: 'alarm' });

    const bag = staff.page.getByRole('listitem', { name: /^Order / });
    await bag.getByText('2 pieces').waitFor();
    await bag.getByText('Sourdough bread').waitFor();
    expect(await seriousFindings(staff.page)).toEqual([]);
    await picture(staff.page, 'checks-exit-820');
    await bag.getByRole('button', { name: 'All is paid for' }).focus();
    await staff.page.keyboard.press('Enter');
    await staff.page.getByText(/its pass opens the gate now/).waitFor();
    await phone.page.getByText('Show this at the gate').waitFor();
    expect(await until('the gate to know the new pass', () => showPass(phone.page))).toMatchObject({
      decision: 'open',
    });
    for (const { strangers, errors } of [staff, phone]) {
      expect(strangers).toEqual([]);
      expect(errors).toEqual([]);
    }
    await staff.page.close();
    await phone.page.close();
  });

  it('takes restricted goods out with a reason, and holds a bag that is not as paid', async () => {
    const staff = await onFloor();
    const { page } = await shopper();
    await type(page, 'CHK-SPIRITS');
    await type(page, 'CHK-BREAD');
    await page.locator('.pay-bar', { hasText: '2 items' }).waitFor();
    const code = await callStaff(page);
    const card = staff.page.getByRole('listitem', { name: `Basket ${code}` });
    await card.getByRole('button', { name: 'Reject' }).click();
    await card.getByLabel('Why not?').fill('no proof of age');
    expect(await seriousFindings(staff.page)).toEqual([]);
    await picture(staff.page, 'checks-reject-820');
    await card.getByRole('button', { name: 'Take them out' }).click();
    await staff.page.getByText(`${code}: the restricted items are out of the basket.`).waitFor();
    await page.locator('.pay-bar', { hasText: '1 item' }).waitFor();

    await page.getByRole('button', { name: 'Pay' }).click();
    await page.getByRole('button', { name: /^Card Pays at once/ }).click();
    const bag = staff.page.getByRole('listitem', { name: /^Order / });
    await bag.getByRole('button', { name: 'Something is wrong' }).click();
    await bag.getByLabel('Pieces looked at').fill('2');
    await bag.getByLabel('What is wrong?').fill('a bottle that is not on the order');
    expect(await seriousFindings(staff.page)).toEqual([]);
    await picture(staff.page, 'checks-not-as-paid-820');
    await bag.getByRole('button', { name: 'Not as paid' }).click();
    await staff.page.getByText(/is not as paid: its gate stays shut/).waitFor();
    expect(await showPass(page)).toMatchObject({ decision: 'alarm' });
    await staff.page.close();
    await page.close();
  });
});
