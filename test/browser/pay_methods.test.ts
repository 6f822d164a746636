import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GenericCardFake } from '../../edge/payment/generic_card/fake.ts';
import { MpesaFake } from '../../edge/payment/mpesa/fake.ts';
import { UpiGenericFake } from '../../edge/payment/upi_generic/fake.ts';
import { openChromium, picture, seriousFindings, watchErrors, watchOrigins } from '../support/browser.ts';
import { call, expectJson } from '../support/client.ts';
import {
  newStoreId,
  type OpenedStore,
  openStore,
  priced,
  putItems,
  type Served,
  serveProviders,
} from '../support/payment_store.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame, until } from '../support/sesame.ts';

const PHONE = { width: 390, height: 844 };
const PRICE = 15_000;
const TABS_MAX = 40;
const now = () => Date.now();
const random = () => crypto.randomUUID();

const cardKeys = { secret: random() };
const cardFake = new GenericCardFake({ ...cardKeys, now });
const daraja = { consumer_key: random(), consumer_secret: random(), passkey: random() };
const mpesaFake = new MpesaFake({
  ...{ ...daraja, shortcode: '174379', initiator: 'till', initiator_password: '', private_key: '', now },
});
const upiSecret = random();
const upiFake = new UpiGenericFake({ secret: upiSecret, vpa: 'corner.shop@bank', now });

let sesame: Sesame;
let browser: Browser;
let served: Served[];
let pounds: OpenedStore;
let shillings: OpenedStore;
let rupees: OpenedStore;
const data = freshDataDir();

beforeAll(async () => {
  served = await serveProviders(data, [
    { gateway: 'generic_card', methods: ['card'], fake: cardFake, secrets: cardKeys },
    {
      ...{ gateway: 'mpesa', methods: ['mpesa'], fake: mpesaFake },
      secrets: { ...daraja, callback_key: random() },
      account: { settings: { shortcode: '174379' } },
    },
    {
      ...{ gateway: 'upi_generic', methods: ['upi_qr'], fake: upiFake },
      secrets: { webhook_secret: upiSecret },
      account: { settings: { vpa: 'corner.shop@bank', payee_name: 'Corner Shop' } },
    },
  ]);
  [sesame, browser] = await Promise.all([startSesame({ data }), openChromium()]);
  await putItems(sesame, [priced('PAY-1', PRICE)]);
  const [card, mpesa, upi] = served;
  if (card === undefined || mpesa === undefined || upi === undefined)
    throw new Error('a provider is missing');
  // The shop's own money has neither an address nor a secret.
  const own = { base_url: undefined, secret_ref: undefined };
  const ledger = { ...card, gateway: 'ledger', methods: ['gift_card'], account: own };
  pounds = await openStore(sesame, newStoreId(), [card, ledger], { name: 'Corner shop' });
  shillings = await openStore(sesame, newStoreId(), [mpesa], { name: 'Nairobi', currency: 'KES' });
  rupees = await openStore(sesame, newStoreId(), [upi], { name: 'Pune', currency: 'INR' });
});
afterAll(async () => {
  await browser?.close();
  await sesame?.stop();
  for (const one of served ?? []) await one.close();
  removeDataDir(data);
});

interface Phone {
  context: BrowserContext;
  page: Page;
  strangers: string[];
  errors: string[];
}

async function phone(): Promise<Phone> {
  const context = await browser.newContext({
    ...{ viewport: PHONE, locale: 'en-GB', reducedMotion: 'reduce', hasTouch: true },
  });
  const page = await context.newPage();
  const bank = served[0]?.url ?? '';
  return { context, page, strangers: watchOrigins(page, sesame.edge, bank), errors: watchErrors(page) };
}

/** A shopper before the ways to pay, with one item in the order. */
async function atPayment(page: Page, { store_id }: OpenedStore): Promise<void> {
  await page.goto(`${sesame.edge}/?store=${store_id}`);
  await scanAndPay(page);
}

async function scanAndPay(page: Page): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Code' });
  const toggle = page.getByRole('button', { name: 'Type a code' });
  await page.getByText('Scan your first item').waitFor();
  while (!(await field.isVisible())) await toggle.click();
  await field.fill('PAY-1');
  await field.press('Enter');
  await page.locator('.line:not(.waiting)').first().waitFor();
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await page.getByRole('list', { name: 'Ways to pay' }).waitFor();
}

const paid = (page: Page) => page.getByRole('heading', { name: 'Paid. Thank you' }).waitFor();
const method = (page: Page, name: RegExp) => page.getByRole('button', { name });

async function giftCard(opening: number): Promise<string> {
  const made = call(sesame.cloud, 'POST', '/v1/ledgers', {
    token: sesame.tokens.admin,
    body: { kind: 'gift_card', currency: 'GBP', opening },
  });
  return (await expectJson(z.looseObject({ code: z.string() }), 201, made)).code;
}

async function tabTo(page: Page, text: string): Promise<void> {
  for (let i = 0; i < TABS_MAX; i++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate('document.activeElement?.textContent ?? ""');
    if (String(focused).startsWith(text)) return;
  }
  throw new Error(`"${text}" is not to be reached by keyboard`);
}

describe('the shopper pays', () => {
  it('by card on the bank’s page, keeps the card, pays with it, and has it forgotten', async () => {
    const { context, page, strangers, errors } = await phone();
    await atPayment(page, pounds);
    await page.getByLabel('Keep my card for next time').check();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'shopper-methods');
    await method(page, /^Card/).click();
    await page.getByRole('heading', { name: /^Pay .*150\.00/ }).waitFor();
    await page.getByRole('button', { name: 'Pay', exact: true }).click();
    await paid(page);
    expect(new URL(page.url()).search).toBe('');

    await page.getByRole('button', { name: 'Shop again' }).click();
    await scanAndPay(page);
    const kept = method(page, /^Pay with Visa •••• 0000/);
    await kept.waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'shopper-saved-card');
    await kept.click();
    await paid(page);

    await page.getByRole('button', { name: 'Shop again' }).click();
    await scanAndPay(page);
    await page.getByRole('button', { name: 'Forget this card' }).click();
    await page.getByRole('button', { name: /^Forget Visa/ }).click();
    await kept.waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('list', { name: 'Ways to pay' }).waitFor();
    expect(await kept.count()).toBe(0);
    expect(strangers).toEqual([]);
    expect(errors).toEqual([]);
    expect(cardFake.ctl.movements.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['charge', PRICE],
      ['charge', PRICE],
    ]);
    await context.close();
  });

  it('reads why a card was refused, that nothing was charged, and pays again', async () => {
    const { context, page } = await phone();
    await atPayment(page, pounds);
    await method(page, /^Card/).click();
    await page.getByRole('button', { name: 'Decline' }).click();
    const refusal = page.getByRole('alert');
    await refusal.getByText('The card was declined. Nothing was charged.').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'shopper-refused');
    await method(page, /^Card/).click();
    await page.getByRole('button', { name: 'Pay', exact: true }).click();
    await paid(page);
    await context.close();
  });

  it('turns back on the bank’s page and pays another way', async () => {
    const { context, page } = await phone();
    await atPayment(page, pounds);
    await method(page, /^Card/).click();
    await page.getByRole('button', { name: 'Decline' }).waitFor();
    await page.goto(`${sesame.edge}/`);
    await page.getByRole('heading', { name: /go on at the bank’s page/ }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'shopper-redirect');
    await page.getByRole('button', { name: 'Stop, and pay another way' }).click();
    await page.getByText('That payment was called off').waitFor();
    await page.getByRole('list', { name: 'Ways to pay' }).waitFor();
    await context.close();
  });

  it('with a gift card that does not cover it, then by card for the rest', async () => {
    const code = await giftCard(4_000);
    const { context, page } = await phone();
    await atPayment(page, pounds);
    await method(page, /^Gift card/).click();
    const number = page.getByLabel('The number of the gift card');
    await number.fill('GIFT00000000');
    await page.getByRole('button', { name: 'See what is on it' }).click();
    await page.getByRole('alert').getByText('There is no such number').waitFor();
    await number.fill(code);
    await page.getByRole('button', { name: 'See what is on it' }).click();
    await page.getByText('£110.00 is left to pay another way.').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'shopper-gift-card');
    await page.getByRole('button', { name: 'Pay £40.00' }).click();
    await page.getByText('£40.00 of £150.00 is paid; pay the rest.').waitFor();
    await page.reload();
    await page.getByText('£40.00 of £150.00 is paid; pay the rest.').waitFor();
    await picture(page, 'shopper-part-paid');
    await method(page, /^Card/).click();
    await page.getByRole('heading', { name: /^Pay .*110\.00/ }).waitFor();
    await page.getByRole('button', { name: 'Pay', exact: true }).click();
    await paid(page);
    await context.close();
  });

  it('by telephone: types the number, reloads while it rings, and goes on by itself', async () => {
    const { context, page, errors } = await phone();
    await atPayment(page, shillings);
    mpesaFake.ctl.next('pending');
    await method(page, /^M-Pesa/).click();
    await page.getByLabel('Your mobile number').fill('0712 345 678');
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'shopper-phone-number');
    await page.getByRole('button', { name: /^Pay/ }).click();
    const waiting = page.getByRole('heading', { name: /^(Look at your telephone|Waiting for the bank)$/ });
    await page.getByRole('heading', { name: 'Look at your telephone' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'shopper-push');
    await page.reload();
    await waiting.waitFor();
    await page.getByText('You may leave this page: it is safe.').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'shopper-long-wait');
    const payment_id = mpesaFake.ctl.keys.at(-1) ?? '';
    mpesaFake.answer(payment_id, '0');
    for (const { path, body, headers } of mpesaFake.deliveries())
      await call(sesame.edge, 'POST', path, { raw: body, headers: Object.fromEntries(headers) });
    await paid(page);
    expect(mpesaFake.prompts(payment_id)).toBe(1);
    expect(mpesaFake.ctl.refusals).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('by a UPI symbol that another app scans', async () => {
    const { context, page } = await phone();
    await atPayment(page, rupees);
    await method(page, /^UPI by code/).click();
    await page.getByRole('img', { name: 'Code to pay' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'shopper-upi-qr');
    const link = await page.getByRole('link', { name: 'Open the app' }).getAttribute('href');
    const { headers, body } = await upiFake.scan(link ?? '', 'SUCCESS');
    const address = `/v1/webhooks/upi_generic/${rupees.account_keys['upi_generic']}`;
    await until('the message to be taken', async () => {
      const told = await call(sesame.edge, 'POST', address, {
        raw: body,
        headers: { 'content-type': 'application/json', ...Object.fromEntries(headers) },
      });
      return told.status < 300;
    });
    await paid(page);
    expect(upiFake.ctl.refusals).toEqual([]);
    await context.close();
  });

  it('by keyboard alone', async () => {
    const code = await giftCard(PRICE);
    const { context, page } = await phone();
    await atPayment(page, pounds);
    await tabTo(page, 'Gift card');
    await page.keyboard.press('Enter');
    const number = page.getByLabel('The number of the gift card');
    await number.waitFor();
    while (!(await number.evaluate((field) => field.matches(':focus')))) await page.keyboard.press('Tab');
    await page.keyboard.type(code);
    await page.keyboard.press('Enter');
    await page.getByText('It pays everything').waitFor();
    await tabTo(page, 'Pay £150.00');
    await page.keyboard.press('Enter');
    await paid(page);
    await context.close();
  });
});
