import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium, picture, seriousFindings, watchErrors, watchOrigins } from '../support/browser.ts';
import { call, Shopper } from '../support/client.ts';
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

async function open(
  width: number,
  height: number,
): Promise<{ page: Page; strangers: string[]; errors: string[] }> {
  const page = await browser.newPage({
    viewport: { width, height },
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const watched = { strangers: watchOrigins(page, sesame.floor), errors: watchErrors(page) };
  await page.goto(`${sesame.floor}/floor/#token=${sesame.tokens.manager}`);
  await page.getByText('Linked to the edge').waitFor();
  return { page, ...watched };
}

describe('the store floor', () => {
  it('shows tags passing, gate answers, prints and the cut line as they happen', async () => {
    const { page, strangers, errors } = await open(1440, 900);
    await page.getByRole('button', { name: 'Walk an unpaid tag' }).click();
    await page.locator('.answers li.alarm').first().waitFor();
    await page.getByText('ALARM', { exact: true }).waitFor();
    // The alarm waits for a name, then for a reason, and leaves the list with it.
    const alarms = page.getByRole('region', { name: 'Alarms' });
    await alarms.getByText('not paid').waitFor();
    await picture(page, 'floor-alarm');
    await alarms.getByLabel('Your name').fill('Anne');
    await alarms.getByRole('button', { name: 'Save' }).click();
    await alarms.getByText('With Anne').waitFor();
    await alarms.getByLabel('What it was').selectOption({ label: 'Goods came back' });
    await alarms.getByRole('button', { name: 'Save' }).click();
    await alarms.getByText('No alarm waits for anybody').waitFor();

    // A gate is opened and silenced by a named person, for a reason.
    const lane = page.getByRole('region', { name: 'Gates' }).getByRole('listitem', { name: 'Exit lane' });
    await lane.getByRole('button', { name: 'Open by hand' }).click();
    await lane.getByLabel('Why').fill('Pram');
    await lane.getByRole('button', { name: 'Open the gate' }).click();
    await page.getByText('was opened and Anne noted').waitFor();
    await lane.getByRole('button', { name: 'Silence for shelves' }).click();
    await lane.getByRole('button', { name: 'Silence', exact: true }).click();
    await lane.getByText('Silent until').waitFor();
    await lane.getByRole('button', { name: 'End the silence' }).click();
    await lane.getByRole('button', { name: 'Silence for shelves' }).waitFor();

    const [code = '', epc = ''] = [sesame.samples.codes[0], sesame.samples.epcs[5]];
    const order = await (await Shopper.enter(sesame)).buy([{ code }, { epc }]);
    await page.getByRole('button', { name: 'Walk a paid tag' }).click();
    await page.locator('.answers li.open').first().waitFor();
    await page.getByText('OPEN', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Unpaid past the reader' }).click();
    await page.locator('.answers li.alarm').nth(1).waitFor();

    await call(sesame.agent, 'POST', '/v1/print_jobs', {
      token: sesame.tokens.kiosk,
      body: { order_id: order.id },
    });
    await page.getByRole('region', { name: 'Prints' }).getByText('printed').waitFor();
    await page.getByAltText('What the printer printed last').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    // The same tag at once is the same walk; the lane is at rest before the next one.
    await page.getByLabel('The lane is empty').waitFor();
    await page.getByRole('button', { name: 'Walk a paid tag' }).click();
    await page.getByText('OPEN', { exact: true }).waitFor();
    await picture(page, 'floor');

    await page.getByRole('button', { name: 'Cut the line' }).click();
    await page.getByText('Line is cut').waitFor();
    await picture(page, 'floor-cut');
    await page.getByRole('button', { name: 'Heal the line' }).click();
    await page.getByText('Linked to the edge').waitFor();
    expect(strangers).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('comes back by itself when the agent was killed, on a tablet too', async () => {
    const { page } = await open(820, 1180);
    await page.getByRole('button', { name: 'Kill the agent' }).click();
    await page.getByText('The store agent does not answer').waitFor();
    await page.getByText('The store agent does not answer').waitFor({ state: 'detached' });
    await page.getByText('Linked to the edge').waitFor();
    await page.getByRole('button', { name: 'Walk an unpaid tag' }).click();
    await page.locator('.answers li.alarm').first().waitFor();
    await picture(page, 'floor-tablet');
    await page.close();
  });

  it('says how to sign in when its token is missing', async () => {
    const page = await browser.newPage();
    await page.goto(`${sesame.floor}/floor/`);
    await page.getByText('it carries the sign-in').waitFor();
    await page.close();
  });
});
