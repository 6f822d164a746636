import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openChromium, picture, seriousFindings, watchErrors, watchOrigins } from '../support/browser.ts';
import { call, expectJson, Shopper } from '../support/client.ts';
import { Gate } from '../support/gate.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame, until } from '../support/sesame.ts';

const DESKTOP = { width: 1440, height: 900 };
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

type Who = 'cashier' | 'manager';
const SignIn = z.object({ email: z.string(), password: z.string() });

async function signedIn(who: Who, path: string, viewport = DESKTOP) {
  const context = await browser.newContext({ viewport, locale: 'en-GB', reducedMotion: 'reduce' });
  const page = await context.newPage();
  const strangers = watchOrigins(page, sesame.cloud);
  const errors = watchErrors(page);
  await page.goto(sesame.cloud + path);
  const Demo = z.looseObject({ staff: z.looseObject({ [who]: SignIn }) });
  const { email, password } = SignIn.parse(
    Demo.parse(JSON.parse(readFileSync(join(data, 'demo.json'), 'utf8'))).staff[who],
  );
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  return { page, strangers, errors };
}

const paneOf = (page: Page): Locator => page.getByRole('complementary', { name: 'Order' });

/** What a hand on the keyboard does: to the control, and the key. */
async function press(control: Locator, key = 'Enter'): Promise<void> {
  await control.focus();
  await control.page().keyboard.press(key);
}

async function shown(page: Page, part: Locator, name: string): Promise<void> {
  await part.evaluate((element) => element.scrollIntoView({ block: 'start' }));
  expect(await seriousFindings(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  await picture(page, name);
}

/** What a store's answer says and its settings do not. */
const KEPT_BY_US = new Set(['id', 'revision', 'published_version', 'created_at', 'updated_at']);

/** Cashiers of the demo store may refund up to this sum by themselves. */
async function limitCashiers(cashier_limit: number): Promise<void> {
  const Stored = z.looseObject({ policies: z.looseObject({}) });
  const token = sesame.tokens.admin;
  const path = `/v1/stores/${sesame.store_id}`;
  const stored = await expectJson(Stored, 200, call(sesame.cloud, 'GET', path, { token }));
  const given = Object.entries(stored).filter(([field]) => !KEPT_BY_US.has(field));
  const body = { ...Object.fromEntries(given), policies: { ...stored.policies, refund: { cashier_limit } } };
  await expectJson(z.unknown(), 200, call(sesame.cloud, 'PUT', path, { token, body }));
  await expectJson(z.unknown(), 201, call(sesame.cloud, 'POST', `${path}/publications`, { token, body: {} }));
}

describe('money goes back from the order’s page', () => {
  it('for one of two items, by keyboard; its tag alarms at the gate again and the other stays open', async () => {
    const [returned = '', kept = ''] = sesame.samples.epcs;
    const shopper = await Shopper.enter(sesame);
    const bought = await shopper.buy([{ epc: returned }, { epc: kept }]);
    const gate = await Gate.connect(sesame);
    await until(
      'the gate to know the sale',
      async () => (await gate.walk(returned, kept)).decision === 'open',
    );

    const { page, strangers, errors } = await signedIn('manager', '/');
    await press(page.getByRole('button', { name: bought.number }));
    const pane = paneOf(page);
    await pane.getByRole('heading', { name: `Order ${bought.number}` }).waitFor();
    await shown(page, pane, 'order');
    await press(pane.getByRole('button', { name: 'Give money back' }));
    const form = pane.getByRole('form', { name: 'Give money back' });
    await press(form.getByRole('button', { name: /^One more of/ }).first());
    await press(form.getByLabel(/^Back in the shop/), 'Space');
    await form.getByLabel('Why').selectOption('damaged');
    await press(form.getByRole('button', { name: /^Review £/ }), 'Tab');
    await shown(page, form, 'order-refund');
    await press(form.getByRole('button', { name: /^Review £/ }));
    const line = bought.lines[0]?.total ?? 0;
    const sum = `£${(line / 100).toFixed(2)}`;
    await pane
      .getByText(
        `${sum} goes back to the Test card …0001; the tag …${returned.slice(-6)} alarms at the gate again.`,
      )
      .waitFor();
    const send = pane.getByRole('button', { name: `Give ${sum} back` });
    expect(await send.evaluate((element) => element.matches(':focus'))).toBe(true);
    await shown(page, pane.getByRole('region', { name: 'Give money back' }), 'order-refund-confirm');
    await page.keyboard.press('Enter');
    await pane.getByText(/ went back: refund R\d{6}\.$/).waitFor();

    const refund = pane.getByRole('listitem', { name: `Refund of ${sum}` });
    await refund.locator('.badge', { hasText: 'Given back' }).waitFor();
    await press(refund.getByRole('button', { name: /^Receipt R\d{6}$/ }));
    await refund.locator('pre', { hasText: (line / 100).toFixed(2) }).waitFor();
    await press(pane.getByText('Every step of this payment'));
    await pane.getByText(`${sum} given back by the test bank`).waitFor();
    await pane.getByText(/^card captured £/).waitFor();
    expect(await pane.getByText(/^scanned/).count()).toBe(0);
    await press(pane.getByText('Every step of basket, payments and refunds'));
    await pane
      .getByText(/^scanned/)
      .first()
      .waitFor();
    await shown(page, pane, 'order-refunded');
    await until('the gate to alarm for the tag that is back', async () => {
      const { decision } = await gate.walk(returned);
      return decision === 'alarm';
    });
    expect((await gate.walk(kept)).decision).toBe('open');
    const now = await shopper.orderWhen(bought.id, (order) => order.refund_status === 'partial');
    expect(now.refunds).toMatchObject([{ status: 'succeeded', amount: line }]);
    await gate.close();
    expect(strangers).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('above a cashier’s limit once a manager has approved it', async () => {
    await limitCashiers(100);
    const shopper = await Shopper.enter(sesame);
    const bought = await shopper.buy([{ epc: sesame.samples.epcs[2] ?? '' }]);
    const sum = `£${(bought.total / 100).toFixed(2)}`;

    const { page, strangers, errors } = await signedIn('cashier', `/?order=${bought.id}`, PHONE);
    const pane = paneOf(page);
    await pane.getByRole('button', { name: 'Give money back' }).click();
    const form = pane.getByRole('form', { name: 'Give money back' });
    // A gesture is a manager's.
    expect(await form.getByLabel('Goodwill').count()).toBe(0);
    await form.getByLabel('An amount').check();
    await form.getByLabel('How much').fill('9999');
    await form.getByText('That is more than is left of the payments. No money moved').waitFor();
    await form.getByLabel('Everything').check();
    await form.getByRole('button', { name: `Review ${sum}` }).waitFor();
    await shown(page, form, 'order-refund-phone');
    await form.getByRole('button', { name: `Review ${sum}` }).click();
    await pane.getByText('A second person must approve it first.').waitFor();
    await pane.getByRole('button', { name: `Ask for ${sum} to go back` }).click();
    await pane.getByText(`${sum} waits for a second person`).waitFor();
    await pane.getByText('You asked for it: another manager must approve it.').waitFor();
    expect(await pane.getByRole('button', { name: /^Approve/ }).count()).toBe(0);
    expect((await shopper.order(bought.id)).refund_status).toBe('none');

    const manager = await signedIn('manager', '/refunds');
    const waiting = manager.page.getByRole('listitem').filter({ hasText: `Refund of ${sum}` });
    await waiting.getByText('Waits for a second person').waitFor();
    await manager.page.getByRole('link', { name: /^Refunds\W+1 waiting for approval/ }).waitFor();
    await shown(manager.page, manager.page.getByRole('heading', { name: 'Refunds' }), 'refunds');
    await press(waiting.getByRole('link', { name: /^Open its order/ }));
    const theirs = paneOf(manager.page);
    await theirs.getByRole('button', { name: `Approve ${sum}` }).waitFor();
    await shown(manager.page, theirs, 'order-refund-approve');
    await press(theirs.getByRole('button', { name: `Approve ${sum}` }));
    await theirs.locator('.badge', { hasText: 'Given back' }).waitFor();
    await pane.getByText(new RegExp(`^${sum.replace('.', '\\.')} went back: refund R`)).waitFor();
    await shopper.orderWhen(bought.id, (order) => order.refund_status === 'full');
    for (const seen of [strangers, errors, manager.strangers, manager.errors]) expect(seen).toEqual([]);
    await page.context().close();
    await manager.page.context().close();
  });
});
