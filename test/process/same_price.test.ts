import { afterAll, beforeAll, expect, it } from 'vitest';
import { Basket } from '../../shared/api/basket.ts';
import { expectJson, Shopper } from '../support/client.ts';
import { Kiosk } from '../support/kiosk.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame, until } from '../support/sesame.ts';

/** The same basket costs the same at the edge and at a till, to the minor unit, and for the same reasons. */
const BASKETS = process.env['LONG'] ? 400 : 12;
const RANDOM_SEED = 1_054;

let sesame: Sesame;
const data = freshDataDir();
beforeAll(async () => {
  sesame = await startSesame({ data });
  const kiosk = new Kiosk(sesame);
  await until('the till to have its shelf', async () =>
    (await kiosk.get('/v1/till')).text.includes('"closed":null'),
  );
});
afterAll(async () => {
  await sesame?.stop();
  removeDataDir(data);
});

/** All of a basket that is not its own name or time. */
function essence({ lines, subtotal, discount, tax, total, promotions, suggestions, ...rest }: Basket) {
  const { currency, shelf_version, verification } = rest;
  return {
    lines,
    subtotal,
    discount,
    tax,
    total,
    promotions,
    suggestions,
    currency,
    shelf_version,
    verification,
  };
}

it('prices random baskets at the till as the edge does', async () => {
  let state = RANDOM_SEED;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  const kiosk = new Kiosk(sesame);
  const codes = [...sesame.samples.codes, ...sesame.samples.promoted_codes, ...sesame.samples.promoted_codes];
  let discounted = 0;
  for (let n = 0; n < BASKETS; n++) {
    const scans = Array.from({ length: 1 + random(8) }, () => ({
      code: codes[random(codes.length)] ?? '',
      quantity: 1 + random(4),
    }));
    const shopper = await Shopper.enter(sesame);
    const phone = await shopper.openBasket();
    for (const body of scans) {
      const scanned = await shopper.call('POST', `/v1/baskets/${phone.id}/scans`, { body });
      expect(scanned.status, scanned.text).toBe(200);
    }
    const there = await expectJson(Basket, 200, shopper.call('GET', `/v1/baskets/${phone.id}`));
    const here = await kiosk.basketWith(scans);
    expect(essence(here)).toEqual(essence(there));
    if (here.discount > 0) discounted += 1;
  }
  expect(discounted).toBeGreaterThan(BASKETS / 4);
}, 600_000);
