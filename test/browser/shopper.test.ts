import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium, picture, seriousFindings, watchErrors, watchOrigins } from '../support/browser.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame } from '../support/sesame.ts';

/** The shopper's phone: 390 px wide, one hand. */
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

async function phone(): Promise<{
  context: BrowserContext;
  page: Page;
  strangers: string[];
  errors: string[];
}> {
  const context = await browser.newContext({
    viewport: PHONE,
    locale: 'en-GB',
    reducedMotion: 'reduce',
    hasTouch: true,
  });
  const page = await context.newPage();
  return { context, page, strangers: watchOrigins(page, sesame.edge), errors: watchErrors(page) };
}

async function type(page: Page, code: string): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Code' });
  const toggle = page.getByRole('button', { name: 'Type a code' });
  // The page opens the field by itself where the camera does not start, so a click may come too late.
  while (!(await field.isVisible())) await toggle.click();
  await field.fill(code);
  await field.press('Enter');
}

describe('the shopper’s phone', () => {
  it('lands in the scanner, fills a basket with savings, pays, shows the pass, and is where it was after a reload', async () => {
    const { context, page, strangers, errors } = await phone();
    await page.goto(`${sesame.edge}/?store=${sesame.store_id}`);
    await page.getByText('Scan your first item').waitFor();
    await page.locator('.scanner.on').waitFor();
    await picture(page, 'shopper-empty');

    await type(page, sesame.samples.codes[0] ?? '');
    await type(page, sesame.samples.promoted_codes[0] ?? '');
    await type(page, sesame.samples.epcs[0] ?? '');
    await page.locator('.line:not(.waiting)').nth(2).waitFor();
    await page
      .getByText(/you save/)
      .first()
      .waitFor();
    await page.locator('.line.waiting').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /more$/ }).first().click();
    await page.locator('.stepper .number', { hasText: '2' }).waitFor();
    await page.locator('.pay-bar', { hasText: '4 items' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'shopper-basket');
    await page.getByText('Why this price?').click();
    await page.locator('.why p', { hasText: '−£' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);

    await type(page, '5901234123456');
    await page.getByRole('alert').waitFor();
    await page.reload();
    await page.locator('.line:not(.waiting)').nth(2).waitFor();

    await page.getByRole('button', { name: 'Pay' }).click();
    await page.getByRole('heading', { name: /^Pay/ }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'shopper-pay');
    await page.getByRole('button', { name: /^Card Pays at once/ }).click();
    await page.getByRole('heading', { name: 'Paid. Thank you' }).waitFor();
    await page.getByRole('img', { name: 'Exit pass' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'shopper-pass');

    await page.reload();
    await page.getByRole('img', { name: 'Exit pass' }).waitFor();
    await page.getByRole('button', { name: 'Receipt' }).click();
    const receipt = page.getByRole('img', { name: /^Receipt of order/ });
    await receipt.waitFor();
    expect(
      await page.evaluate(
        "document.querySelector('img.receipt').decode().then(() => document.querySelector('img.receipt').naturalWidth)",
      ),
    ).toBeGreaterThan(100);
    await picture(page, 'shopper-receipt');
    expect(strangers).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('approves a card payment on the bank’s page and comes back paid', async () => {
    const { context, page } = await phone();
    await page.goto(`${sesame.edge}/?store=${sesame.store_id}`);
    await type(page, sesame.samples.codes[1] ?? '');
    await page.locator('.line:not(.waiting)').first().waitFor();
    await page.getByRole('button', { name: 'Pay' }).click();
    await page.getByRole('button', { name: /^Card with approval/ }).click();
    await page.getByRole('button', { name: /approve/i }).click();
    await page.getByRole('heading', { name: 'Paid. Thank you' }).waitFor();
    await context.close();
  });

  it('says that nothing was charged when the card is refused, and takes another one', async () => {
    const { context, page } = await phone();
    await page.goto(`${sesame.edge}/?store=${sesame.store_id}`);
    await type(page, sesame.samples.codes[1] ?? '');
    await page.locator('.line:not(.waiting)').first().waitFor();
    await page.getByRole('button', { name: 'Pay' }).click();
    await page.getByRole('button', { name: /^Card that is refused/ }).click();
    await page.getByText(/Nothing was charged/).waitFor();
    await page.getByRole('button', { name: /^Card Pays at once/ }).click();
    await page.getByRole('heading', { name: 'Paid. Thank you' }).waitFor();
    await context.close();
  });

  it('keeps a scan that is made without a connection and sends it once when there is one', async () => {
    const { context, page } = await phone();
    await page.goto(`${sesame.edge}/?store=${sesame.store_id}`);
    await page.getByText('Scan your first item').waitFor();
    await context.setOffline(true);
    await type(page, sesame.samples.codes[2] ?? '');
    await page.locator('.line.waiting').waitFor();
    await page.getByText('No connection').waitFor();
    await context.setOffline(false);
    await page.locator('.line:not(.waiting)').waitFor();
    await page.locator('.pay-bar', { hasText: '1 item' }).waitFor();
    expect(await page.locator('.line').count()).toBe(1);
    await context.close();
  });

  it('works by keyboard alone', async () => {
    const { context, page } = await phone();
    await page.goto(`${sesame.edge}/?store=${sesame.store_id}`);
    await type(page, sesame.samples.codes[3] ?? '');
    await page.locator('.line:not(.waiting)').first().waitFor();
    await tabTo(page, 'Pay');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Pay/ }).waitFor();
    await tabTo(page, 'Card');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Paid. Thank you' }).waitFor();
    await context.close();
  });
});

const TABS_MAX = 40;

/** Tabs until the focused element begins with this text; fails when it is not to be reached. */
async function tabTo(page: Page, text: string): Promise<void> {
  for (let i = 0; i < TABS_MAX; i++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate('document.activeElement?.textContent ?? ""');
    if (String(focused).startsWith(text)) return;
  }
  throw new Error(`"${text}" is not to be reached by keyboard`);
}
