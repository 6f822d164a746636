import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kioskOfAgent } from '../support/agent_kiosk.ts';
import { openChromium, picture, seriousFindings, watchErrors, watchOrigins } from '../support/browser.ts';
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

it('the link on a till’s paper takes the money for what was sold on trust, on the shopper’s own phone', async () => {
  const { sell, upload } = await kioskOfAgent(sesame, 'Kiosk by the door');
  const reference = 'a-secret-that-only-the-paper-knows';
  const sale = sell({
    payments: [
      {
        method: 'pay_later',
        amount: 1048,
        reference,
        url: `${sesame.edge}/pay`,
        due_at: '2027-06-21T10:00:00.000Z',
      },
    ],
  });
  const address = `${sesame.edge}/pay/${sesame.store_id}/${sale.order_id}#${reference}`;

  const page = await browser.newPage({
    viewport: { width: 390, height: 844 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const strangers = watchOrigins(page, sesame.edge, 'blob:');
  const errors = watchErrors(page);
  await page.goto(address);
  await page.getByText('The shop has not told of this sale yet').waitFor();
  expect(await seriousFindings(page)).toEqual([]);

  expect(await upload(sale)).toEqual(['accepted']);
  await page.reload();
  await page.getByRole('heading', { name: 'Pay £10.48' }).waitFor();
  await page.getByText(`Order ${sale.number.text}`).waitFor();
  // The secret does not stay in the address bar, and a reload stays on the same debt.
  expect(page.url()).not.toContain(reference);
  await page.reload();
  await page.getByRole('heading', { name: 'Pay £10.48' }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await picture(page, 'pay-link');

  await page.getByRole('button', { name: /^Card that is refused/ }).click();
  await page.getByText('The payment was refused').waitFor();
  await page.getByRole('button', { name: /^Card Pays at once/ }).click();
  await page.getByText('Paid. Thank you.').waitFor();
  await page.getByRole('img', { name: `Receipt of order ${sale.number.text}` }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await picture(page, 'pay-link-paid');
  expect(strangers).toEqual([]);
  expect(errors).toEqual([]);
  await page.close();
});
