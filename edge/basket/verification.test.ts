import { describe, expect, it } from 'vitest';
import type { VerificationReason } from '../../shared/api/basket.ts';
import type { StaffCall } from './port.ts';
import {
  BREAD,
  begin,
  bodyOf,
  COLA,
  codeOf,
  item,
  newShopper,
  objectOf,
  openShop,
  payWith,
  publish,
  readOrder,
  retailer,
  ring,
  type Shop,
  scanCode,
  scanTag,
  shelf,
  shirt,
  sqlOf,
  storeOf,
  timeIsOver,
  type Walk,
  WINE,
  wakeNow,
  walk,
} from './test/fixture.ts';

const SPIRITS = 'SPIRITS';
const RAZOR = 'RAZOR';
const KNIFE = 'KNIFE';

async function open(policies: object = {}): Promise<Shop> {
  const shop = await openShop({ basket: { verification: policies } });
  await publish(shop, 2, [
    ...shelf(),
    item(20, SPIRITS, 2_500, {
      age_restriction: 21,
      deposit: { name: 'Bottle', amount: 10, tax_code: 'zero', containers: 1 },
    }),
    item(21, RAZOR, 1_500, { requires_approval: true }),
    item(22, KNIFE, 900, { category: ['Kitchen', 'Knives'] }),
  ]);
  return shop;
}

const staff = (w: Walk, more: Partial<StaffCall['caller']> = {}): StaffCall => ({
  origin: w.call().origin,
  caller: {
    kind: 'staff',
    staff_id: 'stf_ann',
    role: 'cashier',
    retailer_id: retailer,
    store_id: w.shop.store_id,
    ...more,
  },
});
const fill = async (w: Walk, ...codes: string[]) => {
  for (const code of codes) bodyOf(await scanCode(w, code));
};
const call = async (w: Walk) => bodyOf(await objectOf(w).openVerification(w.call()));
const accept = async (w: Walk) => objectOf(w).decideVerification(staff(w), 'approved', {});
const reject = async (w: Walk) => objectOf(w).decideVerification(staff(w), 'rejected', {});
const read = async (w: Walk) => bodyOf(await objectOf(w).read(w.call()));
const statusOf = async (w: Walk) => (await read(w)).verification.status;
const order = async (w: Walk) => codeOf(await objectOf(w).openOrder(w.call()));
const waiting = async (w: Walk) => storeOf(w.shop).waitingBaskets();
const skus = async (w: Walk) => (await read(w)).lines.map(({ sku }) => sku);

describe('a basket that staff must look at', () => {
  it('becomes an order only once they accepted it', async () => {
    const w = await begin(await open());
    expect(await statusOf(w)).toBe('not_required');
    expect(codeOf(await objectOf(w).openVerification(w.call()))).toBe('verification_not_needed');
    await fill(w, BREAD, WINE);
    expect((await read(w)).verification).toEqual({
      status: 'required',
      minimum_age: 18,
      reasons: [{ kind: 'age', minimum_age: 18 }],
    });
    expect(await order(w)).toBe('verification_required');
    const called = await call(w);
    expect(called).toMatchObject({ status: 'pending', minimum_age: 18 });
    expect(called.code).toMatch(/^[2-9A-HJ-NP-Z]{6}$/);
    expect(await order(w)).toBe('verification_required');
    expect(bodyOf(await accept(w)).verification).toMatchObject({ status: 'approved', minimum_age: 18 });
    expect(await order(w)).toBe('ok');
    expect(codeOf(await payWith(w, 'card'))).toBe('ok');
    expect((await readOrder(w)).order.status).toBe('completed');
    expect(await statusOf(w)).toBe('approved');
  });

  it('calls once, and stands in the list of its store until it is decided', async () => {
    const shop = await open();
    const w = await begin(shop);
    const other = await begin(shop);
    await fill(w, WINE);
    await fill(other, RAZOR);
    const { code } = await call(w);
    expect((await call(w)).code).toBe(code);
    await call(other);
    expect(await waiting(w)).toMatchObject([
      { basket_id: w.id, code, revision: 1, need: { minimum_age: 18 } },
      { basket_id: other.id, need: { minimum_age: 0, reasons: [{ kind: 'item', name: `Item ${RAZOR}` }] } },
    ]);
    // What is in it now is what they see.
    await fill(w, SPIRITS);
    expect(await waiting(w)).toMatchObject([{ need: { minimum_age: 21 }, revision: 2 }, {}]);
    bodyOf(await accept(w));
    expect(await waiting(w)).toMatchObject([{ basket_id: other.id }]);
    // Nothing is left to look at.
    bodyOf(await objectOf(other).changeLine(other.call(), 'lin_1', 0));
    expect(await waiting(w)).toEqual([]);
    expect(codeOf(await accept(other))).toBe('verification_not_open');
  });

  it('is asked about again for a higher age and for a new reason, not for less', async () => {
    const w = await begin(await open({ categories: ['Knives'] }));
    await fill(w, WINE, WINE);
    await call(w);
    bodyOf(await accept(w));
    await fill(w, WINE, BREAD);
    bodyOf(await objectOf(w).changeLine(w.call(), 'lin_1', 1));
    expect(await statusOf(w)).toBe('approved');
    await fill(w, SPIRITS);
    expect(await statusOf(w)).toBe('required');
    expect(await order(w)).toBe('verification_required');
    await call(w);
    bodyOf(await accept(w));
    await fill(w, KNIFE);
    const { verification } = await read(w);
    const kinds = (verification.reasons ?? []).map(({ kind }: VerificationReason) => kind);
    expect([verification.status, kinds]).toEqual(['required', ['age', 'category']]);
    await call(w);
    bodyOf(await accept(w));
    expect(await order(w)).toBe('ok');
  });

  it('is asked about again when the approval is too old', async () => {
    const w = await begin(await open());
    await fill(w, WINE);
    await call(w);
    bodyOf(await accept(w));
    // What was decided is never written again: half an hour passes without the guard of the table.
    await sqlOf(w, 'DROP TRIGGER verification_once');
    await sqlOf(w, 'UPDATE verification SET expires_at = 1');
    expect([await statusOf(w), await order(w)]).toEqual(['required', 'verification_required']);
  });

  it('may be one that chance picked, and then whatever is added asks again', async () => {
    const w = await begin(await open({ sample_per_100k: 100_000 }));
    await fill(w, BREAD);
    expect((await read(w)).verification.reasons).toEqual([{ kind: 'sample' }]);
    await call(w);
    bodyOf(await accept(w));
    await fill(w, COLA);
    expect(await statusOf(w)).toBe('required');
    await call(w);
    expect(bodyOf(await reject(w)).lines).toHaveLength(2);
    expect(await statusOf(w)).toBe('rejected');
  });
});

describe('a rejection', () => {
  it('takes out what is restricted and what belongs to it, and leaves the rest', async () => {
    const shop = await open({ categories: ['Knives'] });
    const w = await begin(shop);
    await fill(w, BREAD, WINE, SPIRITS, KNIFE, RAZOR, COLA);
    bodyOf(await scanTag(w, shirt(1)));
    expect(await skus(w)).toHaveLength(8);
    await call(w);
    const { lines, total, verification } = bodyOf(await reject(w));
    expect(lines.map(({ sku }) => sku)).toEqual([BREAD, COLA, 'SHIRT']);
    expect([total, verification.status]).toEqual([199 + 574 + 1_999, 'not_required']);
    expect(await order(w)).toBe('ok');
  });

  it('takes out only what is for the oldest, where the store wants it so', async () => {
    const w = await begin(await open({ reject_policy: 'highest_age_only' }));
    await fill(w, WINE, SPIRITS);
    await call(w);
    bodyOf(await reject(w));
    expect(await skus(w)).toEqual([WINE]);
    expect(await statusOf(w)).toBe('rejected');
    await call(w);
    bodyOf(await accept(w));
    expect(await order(w)).toBe('ok');
  });
});

describe('deciding', () => {
  it('is for staff of the store and for nobody else', async () => {
    const w = await begin(await open());
    await fill(w, WINE);
    await call(w);
    const object = objectOf(w);
    const elsewhere = walk(await openShop()).shop.store_id;
    const as = async (caller: object) =>
      codeOf(
        await object.decideVerification(
          { ...staff(w), caller: { ...staff(w).caller, ...caller } },
          'approved',
          {},
        ),
      );
    expect(await as({ store_id: elsewhere })).toBe('not_found');
    // Another type already; and if it came all the same, the object knows her.
    expect(await as({ ...w.caller })).toBe('forbidden');
    expect(await as({ ...w.caller, shopper_id: newShopper() })).toBe('not_found');
    expect(await as({ kind: 'store' })).toBe('forbidden');
    expect(await statusOf(w)).toBe('pending');
    expect(await as({ role: 'admin', store_id: null })).toBe('ok');
    expect(await as({})).toBe('verification_not_open');
  });

  it('is about what was seen: a basket that changed meanwhile is refused', async () => {
    const w = await begin(await open());
    await fill(w, WINE);
    await call(w);
    const { revision = 0 } = await read(w);
    await fill(w, SPIRITS);
    const decide = async (of: number) =>
      codeOf(await objectOf(w).decideVerification(staff(w), 'approved', { revision: of }));
    expect([await decide(revision), await decide(revision + 1)]).toEqual(['precondition_failed', 'ok']);
  });

  it('is written down: who, of which revision, and what was covered', async () => {
    const w = await begin(await open());
    await fill(w, WINE);
    await call(w);
    bodyOf(await accept(w));
    const [row] = await sqlOf(w, 'SELECT status, reviewer, revision, covered FROM verification');
    expect(row).toMatchObject({ status: 'approved', reviewer: 'stf_ann', revision: 1 });
    expect(JSON.parse(String(row?.['covered']))).toMatchObject({
      need: { minimum_age: 18 },
      units: { lin_1: 1 },
    });
    const audit = await sqlOf(w, `SELECT detail FROM audit WHERE what = 'verification_approved'`);
    expect(JSON.parse(String(audit[0]?.['detail']))).toMatchObject({ reviewer: 'stf_ann', role: 'cashier' });
  });
});

it('staff are not called for ever', async () => {
  const w = await begin(await open({ sample_per_100k: 100_000 }));
  await fill(w, BREAD);
  for (let n = 0; n < 10; n++) {
    await call(w);
    bodyOf(await reject(w));
  }
  expect(codeOf(await objectOf(w).openVerification(w.call()))).toBe('rate_limited');
});

it('a basket that expires leaves the list', async () => {
  const w = await begin(await open());
  await fill(w, WINE);
  await call(w);
  await timeIsOver(w);
  await ring(w);
  await wakeNow(w);
  expect(await waiting(w)).toEqual([]);
});
