import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BasketId,
  basketIdOfOrder,
  basketIdOfPayment,
  DeviceId,
  ItemId,
  LineId,
  OrderId,
  orderIdOf,
  PaymentId,
  PrintJobId,
  PromotionId,
  paymentIdOf,
  RetailerId,
  ShopperId,
  StaffId,
  StoreId,
  uuidFromDigest,
  uuidv7,
} from './index.ts';

const SEED = { seed: 20260701, numRuns: 200 };
const TIME_MAX = 2 ** 48 - 1;
const random = fc.uint8Array({ minLength: 10, maxLength: 10 });
const time = fc.integer({ min: 0, max: TIME_MAX });
const basketId = fc.tuple(time, random).map(([now, bytes]) => BasketId.parse(`bsk_${uuidv7(now, bytes)}`));

describe('uuidv7 (RFC 9562, section 5.7)', () => {
  it('is the example of appendix A.6', () => {
    const rest = Uint8Array.of(0x7c, 0xc3, 0x98, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f);
    expect(uuidv7(0x017f22e279b0, rest)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  it('has its version and variant, its time in front and the 74 random bits behind', () => {
    fc.assert(
      fc.property(time, random, (now, bytes) => {
        const uuid = uuidv7(now, bytes);
        expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        const hex = uuid.replaceAll('-', '');
        expect(Number.parseInt(hex.slice(0, 12), 16)).toBe(now);
        const wanted = Uint8Array.from(bytes);
        wanted[0] = ((wanted[0] ?? 0) & 0x0f) | 0x70;
        wanted[2] = ((wanted[2] ?? 0) & 0x3f) | 0x80;
        expect(hex.slice(12)).toBe(Array.from(wanted, (b) => b.toString(16).padStart(2, '0')).join(''));
      }),
      SEED,
    );
  });

  it('sorts as text by time', () => {
    fc.assert(
      fc.property(time, time, random, random, (a, b, x, y) => {
        fc.pre(a !== b);
        expect(uuidv7(a, x) < uuidv7(b, y)).toBe(a < b);
      }),
      SEED,
    );
  });

  it('leaves its random bytes as they were, and wants ten', () => {
    const bytes = new Uint8Array(10).fill(0xff);
    uuidv7(0, bytes);
    expect(bytes).toEqual(new Uint8Array(10).fill(0xff));
    for (const length of [0, 9, 11, 16]) expect(() => uuidv7(0, new Uint8Array(length))).toThrow('10 random');
  });

  it('wants a time that fits its 48 bits', () => {
    for (const bad of [-1, TIME_MAX + 1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => uuidv7(bad, new Uint8Array(10)), String(bad)).toThrow('48 bits');
  });
});

describe('uuidFromDigest (RFC 9562, section 5.8)', () => {
  const digest = fc.uint8Array({ minLength: 16, maxLength: 64 });

  it('has its version and variant and is decided by the first 16 bytes alone', () => {
    fc.assert(
      fc.property(digest, (bytes) => {
        const before = Uint8Array.from(bytes);
        const uuid = uuidFromDigest(bytes);
        expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(uuidFromDigest(bytes.slice(0, 16))).toBe(uuid);
        expect(bytes).toEqual(before);
      }),
      SEED,
    );
  });

  it('keeps 122 bits apart', () => {
    const base = new Uint8Array(16);
    const uuids = new Set([uuidFromDigest(base)]);
    for (let bit = 0; bit < 128; bit++) {
      const bytes = Uint8Array.from(base);
      bytes[bit >> 3] = 0x80 >> (bit & 7);
      uuids.add(uuidFromDigest(bytes));
    }
    // Six bits are the version's and the variant's.
    expect(uuids.size).toBe(1 + 122);
  });

  it('wants 16 bytes', () => {
    expect(() => uuidFromDigest(new Uint8Array(15))).toThrow('16 bytes');
  });
});

describe('one trip has one UUID', () => {
  it('so its basket, order and payments lead to one another', () => {
    fc.assert(
      fc.property(basketId, fc.integer({ min: 1, max: 9_999 }), (basket, attempt) => {
        const order = orderIdOf(basket);
        expect(OrderId.parse(order)).toBe(order);
        expect(basketIdOfOrder(order)).toBe(basket);
        const payment = paymentIdOf(basket, attempt);
        expect(PaymentId.parse(payment)).toBe(payment);
        expect(basketIdOfPayment(payment)).toBe(basket);
        expect(payment.endsWith(`_${attempt}`)).toBe(true);
      }),
      SEED,
    );
  });

  it('and no payment beyond what an id can say', () => {
    const basket = BasketId.parse('bsk_00000000-0000-7000-8000-000000000000');
    for (const attempt of [-1, 1.5, 10_000, Number.NaN])
      expect(() => paymentIdOf(basket, attempt), String(attempt)).toThrow();
  });
});

const UUID = '01890000-0000-7abc-8def-000000000000';
const PREFIXED = {
  ret: RetailerId,
  str: StoreId,
  itm: ItemId,
  shp: ShopperId,
  stf: StaffId,
  bsk: BasketId,
  ord: OrderId,
  prj: PrintJobId,
};

describe.each(Object.entries(PREFIXED))('%s_', (prefix, schema) => {
  it('is taken with a UUID behind it', () => {
    expect(schema.parse(`${prefix}_${UUID}`)).toBe(`${prefix}_${UUID}`);
  });

  it.each([
    '',
    UUID,
    `${prefix}_`,
    `${prefix}${UUID}`,
    `${prefix}-${UUID}`,
    `x${prefix}_${UUID}`,
    `${prefix}_${UUID}x`,
    `${prefix}_${UUID}\n`,
    ` ${prefix}_${UUID}`,
    `${prefix}_${UUID.toUpperCase()}`,
    `${prefix}_${UUID.replaceAll('-', '')}`,
    `${prefix}_{${UUID}}`,
    `${prefix}_${UUID.replace('a', 'g')}`,
    `xyz_${UUID}`,
  ])('is not %j', (text) => {
    expect(schema.safeParse(text).success).toBe(false);
  });

  it('is no other thing’s id', () => {
    for (const other of Object.keys(PREFIXED).filter((one) => one !== prefix))
      expect(schema.safeParse(`${other}_${UUID}`).success, other).toBe(false);
  });
});

describe('ids of another shape', () => {
  it.each(['gat', 'rdr', 'prn', 'ksk', 'agt'])('a device is %s_ and a UUID', (prefix) => {
    expect(DeviceId.safeParse(`${prefix}_${UUID}`).success).toBe(true);
    expect(DeviceId.safeParse(`${prefix}_${UUID}0`).success).toBe(false);
  });

  it('a device is nothing else', () => {
    for (const text of [`dev_${UUID}`, `gatrdr_${UUID}`, 'gat_', `gat_${UUID}|rdr_${UUID}`])
      expect(DeviceId.safeParse(text).success, text).toBe(false);
  });

  it('a payment ends in the number of its attempt', () => {
    for (const good of [`pay_${UUID}_1`, `pay_${UUID}_9999`])
      expect(PaymentId.safeParse(good).success, good).toBe(true);
    for (const bad of [
      `pay_${UUID}`,
      `pay_${UUID}_`,
      `pay_${UUID}_10000`,
      `pay_${UUID}_-1`,
      `pay_${UUID}_1.5`,
    ])
      expect(PaymentId.safeParse(bad).success, bad).toBe(false);
  });

  it('a payment has one id only: no leading zeros', () => {
    for (const bad of [`pay_${UUID}_0`, `pay_${UUID}_01`, `pay_${UUID}_0001`])
      expect(PaymentId.safeParse(bad).success, bad).toBe(false);
  });

  it('a line is counted within its basket', () => {
    for (const good of ['lin_1', 'lin_999999']) expect(LineId.safeParse(good).success, good).toBe(true);
    for (const bad of ['lin_', 'lin_x', 'lin_1000000', 'lin_-1', 'lin_1 ', `lin_${UUID}`])
      expect(LineId.safeParse(bad).success, bad).toBe(false);
  });

  it('a promotion is called what its maker calls it', () => {
    for (const good of ['7', 'two-colas', 'Zwei für eins', 'x'.repeat(128)])
      expect(PromotionId.safeParse(good).success, good).toBe(true);
    for (const bad of ['', 'x'.repeat(129)]) expect(PromotionId.safeParse(bad).success).toBe(false);
  });
});
