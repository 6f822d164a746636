import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Basket } from '../../shared/api/basket.ts';
import { openChromium, picture, seriousFindings, watchErrors, watchOrigins } from '../support/browser.ts';
import { call, expectJson, Shopper } from '../support/client.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame } from '../support/sesame.ts';

const DESKTOP = { width: 1440, height: 900 };
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

/** A page of an admin who has signed in and sees the promotions. */
async function signedIn(viewport = DESKTOP) {
  const page = await browser.newPage({ viewport, locale: 'en-GB', reducedMotion: 'reduce' });
  const strangers = watchOrigins(page, sesame.cloud, 'blob:');
  const errors = watchErrors(page);
  await page.goto(`${sesame.cloud}/promotions`);
  const { email, password } = demoAdmin();
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Spend £25 on household, save £4' }).waitFor();
  return { page, strangers, errors };
}

/** Takes the first thing that a search offers under this name. */
async function pick(box: Locator, text: string, name: RegExp): Promise<void> {
  await box.fill(text);
  await box.page().getByRole('option', { name }).first().click();
}

const part = (page: Page, n: number) => page.getByRole('group', { name: `Part ${n}` });
const preview = (page: Page) => page.getByRole('region', { name: 'Try it on a basket' });

/** A promotion as the service has it now. */
const Stored = z.looseObject({
  id: z.string(),
  title: z.string(),
  revision: z.number(),
  is_active: z.boolean(),
  discount_value: z.number(),
  groups: z.array(z.looseObject({ minimum: z.number() })),
});
const stored = async (id: string) =>
  expectJson(Stored, 200, call(sesame.cloud, 'GET', `/v1/promotions/${id}`, { token: sesame.tokens.admin }));

const ItemPage = z.object({ data: z.array(z.looseObject({ sku: z.string(), gtins: z.array(z.string()) })) });
async function codeOf(name: string): Promise<string> {
  const found = await expectJson(
    ItemPage,
    200,
    call(sesame.cloud, 'GET', `/v1/items?q=${encodeURIComponent(name)}`, { token: sesame.tokens.admin }),
  );
  return found.data[0]?.gtins[0]?.replace(/^0/, '') ?? '';
}

describe('promotions', () => {
  it('a meal deal is made, tried, saved, published, and taken off a shopper’s basket', async () => {
    const { page, strangers, errors } = await signedIn();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'promotions');

    await page.getByRole('link', { name: 'New promotion' }).click();
    await page.getByRole('button', { name: 'Meal deal' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Meal deal' }).click();

    // Saving an empty form says what is missing, at the fields.
    await page.getByRole('button', { name: 'Save and turn on' }).click();
    await page.getByText('Choose at least one item or category.').first().waitFor();
    expect(await page.getByLabel('Amount').getAttribute('aria-invalid')).toBe('true');
    expect(await seriousFindings(page)).toEqual([]);

    await pick(part(page, 1).getByRole('combobox'), 'cakes', /^Cakes .*category/);
    await pick(part(page, 2).getByRole('combobox'), 'ice cream', /^Ice Cream .*category/);
    await page.getByLabel('Amount').fill('4.5o');
    await page.getByText('Write the amount like 1.50.').first().waitFor();
    await page.getByLabel('Amount').fill('4.50');
    await page.getByRole('heading', { name: 'One each of cakes and ice cream for £4.50' }).waitFor();

    await preview(page)
      .getByRole('button', { name: /fill it with/ })
      .click();
    const verdict = preview(page).locator('.verdict');
    await verdict.getByText(/^This offer saves the shopper £/).waitFor();
    const before = await verdict.textContent();
    await page.getByLabel('Amount').fill('3.50');
    await page.getByRole('heading', { name: 'for £3.50' }).waitFor();
    await expect.poll(() => verdict.textContent()).not.toBe(before);
    const saving = pounds(await verdict.textContent()) - pounds(before);
    expect(saving).toBe(100);
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'promotion-edit');

    const names = await preview(page).locator('.test-name').allTextContents();
    await page.getByRole('button', { name: 'Save and turn on' }).click();
    await page.getByRole('button', { name: 'Publish to stores…' }).waitFor();
    await page.getByText('Not published').waitFor();
    await page.getByRole('button', { name: 'Publish to stores…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Publish to stores' });
    await dialog.getByText('1 promotion changed since').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'promotion-publish');
    await dialog.getByRole('button', { name: 'Publish to 1 store' }).click();
    await dialog.getByText(/Published as version \d+/).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.locator('.save-bar .badge.open', { hasText: 'Published' }).waitFor();

    const shopper = await Shopper.enter(sesame);
    const opened = await shopper.openBasket();
    for (const name of names) await shopper.scan(opened.id, { code: await codeOf(name) });
    const basket = await expectJson(Basket, 200, shopper.call('GET', `/v1/baskets/${opened.id}`));
    expect(basket.total).toBe(350);
    expect(strangers).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('is turned off with one tap and on again with undo, found by its words, and the list says what is not published', async () => {
    const { page, errors } = await signedIn();
    await page.getByLabel('Search').fill('ready meals');
    await expect.poll(() => page.locator('.row').count()).toBe(1);
    expect(page.url()).toContain('q=ready+meals');
    const row = page.locator('.row');
    await row.getByRole('switch').click();
    await row.getByText('Off', { exact: true }).first().waitFor();
    await row.getByText('Not published').waitFor();
    expect(await row.getByRole('switch').getAttribute('aria-checked')).toBe('false');
    await page.getByRole('button', { name: 'Undo' }).click();
    await row.getByText('Live now').waitFor();
    expect(await row.getByRole('switch').getAttribute('aria-checked')).toBe('true');

    await page.getByLabel('Search').fill('no such thing');
    await page.getByText('No promotion fits.').waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await page.getByLabel('State').selectOption('off');
    await page.getByText('No promotion fits.').waitFor();
    expect(errors).toEqual([]);
    await page.close();
  });

  it('someone else’s change in between is shown, and nothing typed is lost', async () => {
    const { page, errors } = await signedIn();
    await page.getByRole('link', { name: 'Any 3 crisps, £1 off' }).click();
    await page.getByLabel('Amount').fill('1.25');
    const id = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '');
    const mine = await stored(id);
    await expectJson(
      Stored,
      200,
      call(sesame.cloud, 'PATCH', `/v1/promotions/${id}`, {
        token: sesame.tokens.admin,
        body: { title: 'Crisps of the week' },
        headers: { 'if-match': `"${mine.revision}"` },
      }),
    );
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Someone else changed this').waitFor();
    expect(await page.getByLabel('Amount').inputValue()).toBe('1.25');
    expect((await stored(id)).discount_value).toBe(100);
    expect(await seriousFindings(page)).toEqual([]);

    // A reload brings back what was typed; taking theirs gives it up.
    await page.reload();
    await page.getByText('What you had typed is back').waitFor();
    expect(await page.getByLabel('Amount').inputValue()).toBe('1.25');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Keep mine and compare' }).click();
    await page.getByText('“Crisps of the week”').waitFor();
    await page.getByLabel('Title on the receipt').fill('Crisps of the month');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved and on.').waitFor();
    const now = await stored(id);
    expect([now.discount_value, now.title]).toEqual([125, 'Crisps of the month']);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('without a connection a save fails aloud and keeps what was typed', async () => {
    const { page, errors } = await signedIn();
    await page.getByRole('link', { name: 'Any 2 ready meals for £7' }).click();
    await page.getByLabel('How many').fill('3');
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('No connection. It is not saved; what you typed is still here.').waitFor();
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved and on.').waitFor();
    await page.getByRole('link', { name: '← All promotions' }).click();
    await page.getByRole('link', { name: 'Any 3 ready meals for £7' }).waitFor();
    expect(errors).toEqual([]);
    await page.close();
  });

  it('a file with a broken line is imported but for that line, which the report names', async () => {
    const { page, strangers, errors } = await signedIn();
    await page.getByRole('link', { name: 'Import a file' }).click();
    await page.getByText('No file was imported yet.').waitFor();
    const entry = (key: string, value: unknown) => ({
      promo_id_retailer: key,
      title: `Imported ${key}`,
      family: 'e',
      discount_type: 'p',
      discount_value: value,
      promo_groups: [
        { name: 'g1', qty_or_value_min: 1, promo_group_nodes: [{ node_id: 'Juice', node_type: 'c2' }] },
      ],
    });
    const entries = [entry('IMP-1', 1000), entry('IMP-2', 20_000), entry('IMP-3', 500)];
    const text = `[\n${entries.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`;
    await page
      .getByLabel('File', { exact: true })
      .setInputFiles({ name: 'offers.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('1 of 3 entries were skipped').first().waitFor();
    const broken = page.locator('form tr', { hasText: 'IMP-2' });
    await broken.getByText('Skipped').waitFor();
    expect(await broken.locator('td').first().textContent()).toBe('3');
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'promotion-import');

    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the skip report (1)' }).click();
    const saved = readFileSync(await (await downloading).path(), 'utf8');
    expect(saved).toMatch(/^line,key,result,field,reason\r\n3,IMP-2,skipped,/);

    await page.getByRole('link', { name: 'To the promotions' }).click();
    await page.getByLabel('Search').fill('imported');
    await expect.poll(() => page.locator('.row').count()).toBe(2);
    expect(strangers).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('works by keyboard alone', async () => {
    const { page } = await signedIn();
    await page.getByRole('link', { name: 'New promotion' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^N for a price/ }).focus();
    await page.keyboard.press('Enter');
    const box = page.getByRole('combobox', { name: 'Add to: Of what' });
    await page.getByLabel('How many').focus();
    await page.keyboard.press('Tab');
    expect(await box.evaluate((field) => field.matches(':focus'))).toBe(true);
    await page.keyboard.type('juice');
    await page.getByRole('option', { name: /^Juice .*category/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove Juice' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('3');
    await page.getByRole('heading', { name: 'Any 2 juice for £3' }).waitFor();
    await page.close();
  });

  it.each([
    ['tablet', TABLET],
    ['phone', PHONE],
  ] as const)('fits a %s', async (device, viewport) => {
    const { page } = await signedIn(viewport);
    await picture(page, `promotions-${device}`);
    expect(await overflow(page)).toBe(0);
    await page.getByRole('link', { name: 'Spend £25 on household, save £4' }).click();
    await preview(page)
      .getByRole('button', { name: /fill it with/ })
      .click();
    await preview(page)
      .getByText(/^This offer saves the shopper £4/)
      .waitFor();
    expect(await overflow(page)).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, `promotion-edit-${device}`);
    await page.close();
  });
});

/** Pixels by which the page is wider than the screen. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

const pounds = (text: string | null): number =>
  Math.round(Number(/£(\d+\.\d\d)/.exec(text ?? '')?.[1] ?? Number.NaN) * 100);

/** The demo's own sign-ins stand in its data folder. */
function demoAdmin(): { email: string; password: string } {
  const Demo = z.looseObject({
    staff: z.looseObject({ admin: z.object({ email: z.string(), password: z.string() }) }),
  });
  return Demo.parse(JSON.parse(readFileSync(join(data, 'demo.json'), 'utf8'))).staff.admin;
}
