import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { kioskOfAgent } from '../support/agent_kiosk.ts';
import { openChromium, picture, seriousFindings, watchErrors, watchOrigins } from '../support/browser.ts';
import { Shopper } from '../support/client.ts';
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

async function signedIn(viewport = DESKTOP): Promise<{ page: Page; strangers: string[]; errors: string[] }> {
  const page = await browser.newPage({ viewport, locale: 'en-GB', reducedMotion: 'reduce' });
  const strangers = watchOrigins(page, sesame.cloud);
  const errors = watchErrors(page);
  await page.goto(`${sesame.cloud}/alerts`);
  const { email, password } = demoSignIn();
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  return { page, strangers, errors };
}

describe('what waits for staff', () => {
  it('is told in sentences, taken by name and closed with a note, and the till’s sale is a story of its own', async () => {
    const { page, strangers, errors } = await signedIn();
    await page.getByText('Nothing waits for you').waitFor();
    expect(await seriousFindings(page)).toEqual([]);

    const shopper = await Shopper.enter(sesame);
    const bought = await shopper.buy([{ epc: sesame.samples.epcs[0] ?? '' }]);
    const { sell, upload } = await kioskOfAgent(sesame, 'Kiosk by the door');
    const twice = sell();
    const wrong = sell({ totals: { subtotal: 1148, discount: 100, tax: 175, total: 1049 } });
    expect(await upload(twice, wrong)).toEqual(['accepted', 'quarantined']);

    const cards = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: 'Take it' }) });
    await cards.nth(1).waitFor();
    await page.getByRole('link', { name: /Alerts\W+2\W+open/ }).waitFor();
    const sold = page.getByRole('listitem', { name: /^Sold twice/ });
    await sold.getByText(`before in order ${bought.number}`).waitFor();
    await page
      .getByText(`Sale ${wrong.number.text} of £10.49 by Kiosk by the door cannot be taken as it is`)
      .waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'alerts');

    // By keyboard alone: take it, with a name.
    await sold.getByRole('button', { name: 'Take it' }).focus();
    await page.keyboard.press('Enter');
    await sold.getByLabel('Your name').fill('Anna');
    await page.keyboard.press('Enter');
    await sold.getByText('Taken by').waitFor();
    await page.getByRole('link', { name: /Alerts\W+1\W+open/ }).waitFor();

    await sold.getByRole('button', { name: 'Resolve' }).click();
    expect(await sold.getByLabel('Your name').inputValue()).toBe('Anna');
    await sold.getByRole('button', { name: 'Close the alert' }).click();
    // The note is part of the record: without one nothing is sent.
    expect(await sold.getByText('Resolved by').count()).toBe(0);
    await sold.getByLabel('What was done').fill('The second piece was on the rack');
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'alerts-resolve');
    await sold.getByRole('button', { name: 'Close the alert' }).click();
    await sold.getByText('Resolved by').waitFor();

    await page.getByRole('link', { name: /^Resolved/ }).click();
    await page.getByText('The second piece was on the rack').waitFor();
    expect(page.url()).toContain('status=resolved');
    await page.getByRole('link', { name: `Order ${twice.number.text}` }).click();
    const pane = page.getByRole('complementary', { name: 'Order' });
    await pane.getByText(/sold offline by Kiosk by the door \(K\d+\), its no. 1/).waitFor();
    await page.getByLabel('Sold by').selectOption('till');
    await page
      .locator('tr', { hasText: twice.number.text })
      .getByText('sold offline by Kiosk by the door')
      .waitFor();
    await page.locator('tr', { hasText: bought.number }).waitFor({ state: 'detached' });
    expect(await seriousFindings(page)).toEqual([]);
    await picture(page, 'orders-till');
    expect(strangers).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();

    for (const [name, viewport] of [
      ['alerts-tablet', TABLET],
      ['alerts-phone', PHONE],
    ] as const) {
      const { page: small } = await signedIn(viewport);
      await small.getByText('cannot be taken as it is').waitFor();
      await small.getByRole('button', { name: 'Resolve' }).first().click();
      const wide = await small.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(wide).toBeLessThanOrEqual(0);
      expect(await seriousFindings(small)).toEqual([]);
      await picture(small, name);
      await small.close();
    }
  });
});

/** The demo's own sign-ins stand in its data folder. */
function demoSignIn(): { email: string; password: string } {
  const Demo = z.looseObject({
    staff: z.looseObject({ manager: z.object({ email: z.string(), password: z.string() }) }),
  });
  return Demo.parse(JSON.parse(readFileSync(join(data, 'demo.json'), 'utf8'))).staff.manager;
}
