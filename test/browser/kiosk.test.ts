import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openChromium, picture, seriousFindings, watchErrors, watchOrigins } from '../support/browser.ts';
import { call, expectJson } from '../support/client.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame, until } from '../support/sesame.ts';

const Till = z.looseObject({ closed: z.string().nullable(), unsent: z.looseObject({ count: z.number() }) });

let sesame: Sesame;
let browser: Browser;
const data = freshDataDir();

beforeAll(async () => {
  [sesame, browser] = await Promise.all([startSesame({ data }), openChromium()]);
  await until('the till to open', async () => (await till()).closed === null);
});
afterAll(async () => {
  await browser?.close();
  await sesame?.stop();
  removeDataDir(data);
});

const till = () =>
  expectJson(Till, 200, call(sesame.agent, 'GET', '/v1/till', { token: sesame.tokens.kiosk }));

async function open(width: number, height: number, locale = 'en-GB') {
  const page = await browser.newPage({ viewport: { width, height }, locale, reducedMotion: 'reduce' });
  const watched = { strangers: watchOrigins(page, sesame.agent), errors: watchErrors(page) };
  await page.goto(`${sesame.agent}/kiosk/#token=${sesame.tokens.kiosk}`);
  await page.getByRole('button', { name: /Start|Beginnen/ }).waitFor();
  return { page, ...watched };
}

/** A scanner that acts as a keyboard: all of the code at once, then Enter. */
async function wedge(page: Page, code: string): Promise<void> {
  const keys = JSON.stringify([...code, 'Enter']);
  await page.evaluate(
    `for (const key of ${keys}) document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))`,
  );
}

async function setLine(state: 'up' | 'cut'): Promise<void> {
  await call(sesame.floor, 'POST', '/demo/line', { body: { state } });
}

describe('the kiosk', () => {
  it('sells with the line cut: says what that changes, gives change and paper, and hands the sale over later', async () => {
    const { page, strangers, errors } = await open(1440, 900);
    await picture(page, 'kiosk-idle');
    await setLine('cut');
    await page.getByText('The internet is gone').waitFor();
    await page.getByRole('timer').waitFor();
    const first = await page.getByRole('timer').textContent();
    await until('the countdown to run', async () => (await page.getByRole('timer').textContent()) !== first);

    const [plain = '', promoted = ''] = [sesame.samples.codes[0], sesame.samples.promoted_codes[0]];
    await wedge(page, plain);
    await page.getByRole('heading', { name: 'Your basket' }).waitFor();
    await page.locator('.line').first().waitFor();
    await page.getByRole('button', { name: 'Type a code' }).click();
    await page.getByLabel('Code', { exact: true }).fill(promoted);
    await page.getByRole('button', { name: 'Add' }).click();
    await page.locator('.line').nth(1).waitFor();
    await page
      .getByRole('button', { name: /^One more/ })
      .first()
      .click();
    await page
      .getByRole('button', { name: /^One more/ })
      .first()
      .click();
    await page.locator('.saving').first().waitFor();
    await page.getByRole('button', { name: 'Why this price?' }).first().click();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'kiosk-basket-offline');

    await page.getByRole('button', { name: /^Pay / }).click();
    await page.getByRole('heading', { name: 'How would you like to pay?' }).waitFor();
    await picture(page, 'kiosk-pay');
    await page.getByRole('button', { name: 'Cash' }).click();
    await page.getByRole('heading', { name: 'How much cash is it?' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.locator('.tenders button').nth(1).click();
    await page.getByRole('heading', { name: 'Thank you!' }).waitFor();
    await page.getByText('Your change').waitFor();
    await page.getByText('Take your receipt.').waitFor();
    await picture(page, 'kiosk-done');
    expect((await till()).unsent.count).toBe(1);
    await page.getByRole('button', { name: 'Next shopper' }).click();
    await page.getByRole('heading', { name: 'Scan your first item' }).waitFor();

    // The card terminal stands in the shop: it needs no internet either.
    await wedge(page, plain);
    await page.locator('.line').first().waitFor();
    await page.getByRole('button', { name: /^Pay / }).click();
    await page.getByRole('button', { name: 'Card' }).click();
    await page.getByRole('heading', { name: 'Thank you!' }).waitFor();
    await page.getByText('Take your receipt.').waitFor();
    await page.getByRole('button', { name: 'Next shopper' }).click();

    // And what is left to be paid later prints its link.
    await wedge(page, plain);
    await page.locator('.line').first().waitFor();
    await page.getByRole('button', { name: /^Pay / }).click();
    await page.getByRole('button', { name: /^Pay later/ }).click();
    await page.getByText('The code is on your receipt').waitFor();
    await picture(page, 'kiosk-later');
    expect((await till()).unsent.count).toBe(3);
    await page.getByRole('button', { name: 'Next shopper' }).click();

    await setLine('up');
    await page.getByText('The internet is gone').waitFor({ state: 'detached' });
    await until('the sale to be handed over', async () => (await till()).unsent.count === 0);
    expect(strangers).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  }, 120_000);

  it('works on a phone, says what went wrong, lets a basket go, and calls staff to the floor', async () => {
    const floor = await browser.newPage();
    await floor.goto(`${sesame.floor}/floor/#token=${sesame.tokens.manager}`);
    await floor.getByText('Linked to the edge').waitFor();
    const { page } = await open(390, 844);
    await wedge(page, '12345678901234567890');
    await page.getByRole('alert').waitFor();
    const [epc = ''] = sesame.samples.epcs;
    await wedge(page, epc);
    await page.locator('.line').first().waitFor();
    await picture(page, 'kiosk-phone');
    await wedge(page, epc);
    await page.getByText('This very item is in your basket already.').waitFor();
    await page.getByRole('button', { name: 'Call staff' }).click();
    await page.getByText('A member of staff is on the way.').waitFor();
    await floor.getByText('asks for a member of staff').waitFor();
    await floor.getByRole('button', { name: 'I am going' }).click();
    await floor.getByText('asks for a member of staff').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Stop this purchase' }).click();
    await page.getByRole('heading', { name: 'Scan your first item' }).waitFor();
    // The tag is free for the next shopper at once.
    await wedge(page, epc);
    await page.locator('.line').first().waitFor();
    await page.close();
    await floor.close();
  }, 120_000);

  it('speaks German on a tablet, and is used by keyboard alone', async () => {
    const { page } = await open(820, 1180, 'de-DE');
    await page.getByRole('heading', { name: 'Scannen Sie den ersten Artikel' }).waitFor();
    await page.getByRole('button', { name: 'Beginnen' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Ihr Korb' }).waitFor();
    await page.getByRole('button', { name: 'Code eintippen' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type(sesame.samples.codes[2] ?? '');
    await page.keyboard.press('Enter');
    await page.locator('.line').first().waitFor();
    await page.getByRole('button', { name: /^Bezahlen / }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Wie möchten Sie bezahlen?' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'kiosk-tablet');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'How would you like to pay?' }).waitFor();
    await page.close();
  }, 120_000);
});
