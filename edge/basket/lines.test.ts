import { describe, expect, it } from 'vitest';
import { Gtin14 } from '../../shared/catalog/gtin.ts';
import {
  BREAD,
  begin,
  bodyOf,
  COLA,
  codeOf,
  cutStore,
  eventOf,
  FREE,
  item,
  LIMITED,
  newShopper,
  objectOf,
  openShop,
  ordered,
  otherRetailer,
  payWith,
  publish,
  retailer,
  ring,
  SOLD_OUT,
  scanCode,
  scanTag,
  shelf,
  shirt,
  sqlOf,
  storeOf,
  timeIsOver,
  UNTAXED,
  type Walk,
  wakeNow,
  walk,
} from './test/fixture.ts';

const read = async (w: Walk) => bodyOf(await objectOf(w).read(w.call()));
const lineOf = async (w: Walk, n: number) => (await read(w)).lines.find((line) => line.id === `lin_${n}`);

describe('a trip that nobody began', () => {
  it('is not found, and nothing of it is kept', async () => {
    const w = walk(await openShop());
    const object = objectOf(w);
    const refused = [
      await object.read(w.call()),
      await object.scan(w.call('k'), { code: COLA }),
      await object.changeLine(w.call(), 'lin_1', 1),
      await object.openOrder(w.call('k')),
      await object.readOrder(w.call()),
      await object.cancelOrder(w.call()),
      await object.pay(w.call('k'), { gateway: 'test', method: 'card' }),
      await object.readPayment(w.call(), 'pay_x'),
      await object.confirmPayment(w.call(), 'pay_x', {}),
      await object.capturePayment(w.call(), 'pay_x', {}),
      await object.cancelPayment(w.call(), 'pay_x'),
      await object.receipt(w.call()),
      await object.exitPass(w.call(), true),
      await object.applyWebhook(eventOf({ gateway: 'test', event_id: 'e', reference: 'r' })),
    ];
    expect(new Set(refused.map(codeOf))).toEqual(new Set(['not_found']));
    expect(await sqlOf(w, `SELECT name FROM sqlite_master WHERE substr(name, 1, 4) <> '_cf_'`)).toEqual([]);
  });

  it('cannot begin in a store that is not there or not the caller’s', async () => {
    const shop = await openShop();
    const nowhere = walk({ ...shop, store_id: walk(shop).shop.store_id });
    const foreign = { ...nowhere.call(), caller: { ...nowhere.caller, retailer_id: otherRetailer } };
    expect(codeOf(await objectOf(nowhere).create(foreign))).toBe('unknown_store');
    const closed = walk({ ...shop, store_id: (await unprovisioned()).store_id });
    expect(codeOf(await objectOf(closed).create(closed.call()))).toBe('unknown_store');
    const staff = {
      ...nowhere.call(),
      caller: { kind: 'store', retailer_id: retailer, store_id: null } as const,
    };
    expect(codeOf(await objectOf(nowhere).create(staff))).toBe('forbidden');
    expect(await sqlOf(closed, `SELECT name FROM sqlite_master WHERE name = 'basket'`)).toEqual([]);
  });
});

async function unprovisioned() {
  const shop = await openShop();
  return { store_id: shop.config.store_id.replace(/.{12}$/, '000000000000') as typeof shop.store_id };
}

describe('a new basket', () => {
  it('is empty and open, and begun once', async () => {
    const shop = await openShop();
    const w = walk(shop);
    const first = await objectOf(w).create(w.call('k', 'hash'));
    expect(bodyOf(first)).toMatchObject({
      id: w.id,
      store_id: shop.store_id,
      status: 'open',
      lines: [],
      total: 0,
      currency: 'GBP',
    });
    expect(await objectOf(w).create(w.call('k', 'hash'))).toEqual({
      ok: true,
      value: { body: bodyOf(first), replayed: true },
    });
    expect(codeOf(await objectOf(w).create(w.call('k', 'other')))).toBe('idempotency_key_reuse');
    expect(codeOf(await objectOf(w).create(w.call()))).toBe('conflict');
    const stranger = walk(shop, w.id);
    expect(codeOf(await objectOf(w).create(stranger.call('k', 'hash')))).toBe('not_found');
  });
});

describe('a scan', () => {
  it('puts untagged units of one item on one line and evaluates the whole basket', async () => {
    const w = await begin(await openShop());
    expect(bodyOf(await scanCode(w, COLA))).toMatchObject({
      line_id: 'lin_1',
      basket: { total: 574, discount: 0 },
    });
    expect(bodyOf(await scanCode(w, BREAD, 3)).line_id).toBe('lin_2');
    const { line_id, basket } = bodyOf(await scanCode(w, COLA));
    expect(line_id).toBe('lin_1');
    expect(basket).toMatchObject({
      subtotal: 2 * 574 + 3 * 199,
      discount: 100,
      total: 2 * 574 + 3 * 199 - 100,
      // A sixth of the colas' price after the discount; bread bears none.
      tax: 175,
      promotions: [{ promotion_id: 'two-colas', title: 'Two colas for less', discount: 100 }],
      shelf_version: 1,
    });
    expect(basket.lines.map(({ quantity, discount, total }) => [quantity, discount, total])).toEqual([
      [2, 100, 1048],
      [3, 0, 597],
    ]);
    expect(await read(w)).toEqual(basket);
  });

  it('gives every tag a line of its own, in whatever form it was read', async () => {
    const w = await begin(await openShop());
    bodyOf(await scanTag(w, shirt(1)));
    const { basket } = bodyOf(await scanCode(w, shirt(2).toLowerCase()));
    expect(basket.lines.map(({ epc, quantity }) => [epc, quantity])).toEqual([
      [shirt(1), 1],
      [shirt(2), 1],
    ]);
    expect(codeOf(await scanTag(w, shirt(1)))).toBe('epc_in_basket');
    expect(codeOf(await scanTag(w, shirt(1).toLowerCase()))).toBe('epc_in_basket');
    expect(codeOf(await scanCode(w, 'urn:epc:tag:sgtin-96:1.9520000.000000.2'))).toBe('epc_in_basket');
    expect(codeOf(await objectOf(w).scan(w.call(), { epc: shirt(3), quantity: 2 }))).toBe('quantity_fixed');
    // The refused scan left no reservation behind.
    expect(codeOf(await scanTag(await begin(w.shop), shirt(3)))).toBe('ok');
  });

  it('says why a thing cannot be added', async () => {
    const shop = await openShop();
    const w = await begin(shop);
    expect(codeOf(await scanCode(w, 'NOBODY-SELLS-THIS'))).toBe('unknown_item');
    expect(codeOf(await scanCode(w, '4006381333930'))).toBe('bad_code');
    expect(codeOf(await scanCode(w, SOLD_OUT))).toBe('out_of_stock');
    expect(codeOf(await scanCode(w, LIMITED, 4))).toBe('quantity_limit');
    bodyOf(await scanCode(w, LIMITED, 2));
    expect(codeOf(await scanCode(w, LIMITED, 2))).toBe('quantity_limit');
    expect(codeOf(await scanCode(w, COLA, 999))).toBe('ok');
    expect(codeOf(await scanCode(w, COLA))).toBe('quantity_limit');
    expect(codeOf(await scanCode(w, UNTAXED))).toBe('internal');
    bodyOf(await scanTag(await begin(shop), shirt(1)));
    expect(codeOf(await scanTag(w, shirt(1)))).toBe('epc_in_other_basket');
    const sold = await ordered(shop, { epcs: [shirt(2)] });
    bodyOf(await payWith(sold, 'card'));
    expect(codeOf(await scanTag(w, shirt(2)))).toBe('epc_sold');
    expect((await read(w)).lines.map((line) => line.sku)).toEqual([LIMITED, COLA]);
  });

  it('brings the price of its moment, for all units of its line', async () => {
    const shop = await openShop();
    const w = await begin(shop);
    bodyOf(await scanCode(w, COLA));
    await publish(shop, 2, shelf({ cola: 600 }));
    expect(bodyOf(await scanCode(w, BREAD)).basket).toMatchObject({ total: 574 + 199, shelf_version: 2 });
    expect(bodyOf(await scanCode(w, COLA)).basket.lines[0]).toMatchObject({ quantity: 2, unit_price: 600 });
  });

  it('is answered again under its key, and done once', async () => {
    const w = await begin(await openShop());
    const first = await scanCode(w, COLA, 2, 'key');
    expect(await scanCode(w, COLA, 2, 'key')).toEqual({
      ok: true,
      value: { body: bodyOf(first), replayed: true },
    });
    expect((await lineOf(w, 1))?.quantity).toBe(2);
    const other = await objectOf(w).scan(w.call('key', 'another body'), { code: COLA });
    expect(codeOf(other)).toBe('idempotency_key_reuse');
  });

  it('that failed is run again under its key', async () => {
    const shop = await openShop();
    const w = await begin(shop);
    const holder = await begin(shop);
    bodyOf(await scanTag(holder, shirt(1)));
    const retry = () => objectOf(w).scan(w.call('key'), { epc: shirt(1) });
    expect(codeOf(await retry())).toBe('epc_in_other_basket');
    bodyOf(await objectOf(holder).changeLine(holder.call(), 'lin_1', 0));
    expect(bodyOf(await retry()).basket.lines).toHaveLength(1);
  });

  it('is refused while the first call of its key is running', async () => {
    const w = await begin(await openShop());
    const answers = await Promise.all([1, 2, 3].map(() => scanCode(w, COLA, 1, 'key')));
    expect(answers.map(codeOf).sort()).toEqual(['idempotency_in_flight', 'idempotency_in_flight', 'ok']);
    expect((await lineOf(w, 1))?.quantity).toBe(1);
  });

  it('keeps its turn among others', async () => {
    const w = await begin(await openShop());
    const answers = await Promise.all(Array.from({ length: 12 }, () => scanCode(w, COLA)));
    const seen = answers.map((answer) => bodyOf(answer).basket.lines[0]?.quantity);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });
});

describe('a labelled code', () => {
  const policies = {
    scan: { embedded_templates: ['28IIIIIWWWWWC', '20IIIIIPPPPPC'], multi_scan_separator: ',' },
  };
  const goods = () => [
    ...shelf(),
    item(91, '12345', 799, { sold_by: 'weight' }),
    item(92, '54321', 800),
    item(93, 'TEA', 400, { gtins: [Gtin14.parse('05901234123457')] }),
  ];
  const open = async () => {
    const shop = await openShop(policies);
    await publish(shop, 2, goods());
    return begin(shop);
  };

  it('puts its weight or price on a line of its own, with quantity one', async () => {
    const w = await open();
    bodyOf(await scanCode(w, '2812345012505'));
    bodyOf(await scanCode(w, '2812345012505'));
    const { basket } = bodyOf(await scanCode(w, '2054321007499'));
    expect(
      basket.lines.map(({ quantity, unit_price, price_from, catalog_price, weight_grams }) => [
        quantity,
        unit_price,
        price_from,
        catalog_price,
        weight_grams,
      ]),
    ).toEqual([
      [1, 999, 'weight', 799, 1_250],
      [1, 999, 'weight', 799, 1_250],
      [1, 749, 'price_label', 800, undefined],
    ]);
    expect(basket.total).toBe(999 + 999 + 749);
    expect(codeOf(await objectOf(w).changeLine(w.call(), 'lin_1', 2))).toBe('quantity_fixed');
    expect(codeOf(await scanCode(w, '2812345012505', 2))).toBe('quantity_fixed');
    expect(codeOf(await scanCode(w, '2812345012504'))).toBe('bad_code');
  });

  it('of a markdown costs the lower of label and shelf, beside units at the full price', async () => {
    const w = await open();
    bodyOf(await scanCode(w, '5901234123457', 2));
    const { basket } = bodyOf(await scanCode(w, 'MP105901234123457P0025003'));
    expect(
      basket.lines.map(({ quantity, unit_price, price_from }) => [quantity, unit_price, price_from]),
    ).toEqual([
      [2, 400, undefined],
      [1, 300, 'markdown'],
    ]);
    expect(await objectOf(w).scan(w.call(), { code: 'MP105901234123457A0001500' })).toMatchObject({
      ok: false,
      error: { code: 'bad_code', detail: 'rtc_invalid' },
    });
    const cheap = goods().map((one) => (one.sku === 'TEA' ? { ...one, unit_price: 120 } : one));
    await publish(w.shop, 3, cheap);
    expect(bodyOf(await scanCode(w, 'MP105901234123457A0001509')).basket.lines.at(-1)).toMatchObject({
      unit_price: 120,
      price_from: 'markdown',
    });
  });

  it('of GS1 names the unit once, carries its price, and is refused past its date', async () => {
    const w = await open();
    const tea = '(01)05901234123457';
    bodyOf(await scanCode(w, `${tea}(10)L1(17)700101`));
    bodyOf(await scanCode(w, 'https://shop.example/01/05901234123457?17=700101'));
    bodyOf(await scanCode(w, `${tea}(21)UNIT-1`));
    const { basket } = bodyOf(await scanCode(w, `${tea}(21)UNIT-2`));
    expect(basket.lines.map(({ quantity, price_from }) => [quantity, price_from])).toEqual([
      [2, undefined],
      [1, 'serial'],
      [1, 'serial'],
    ]);
    expect(codeOf(await scanCode(w, `${tea}(21)UNIT-1`))).toBe('unit_in_basket');
    const refused = await scanCode(w, `${tea}(17)200101`);
    expect(refused).toMatchObject({ ok: false, error: { code: 'item_expired', detail: '2020-01-01' } });
    const priced = bodyOf(await scanCode(w, ']C10105901234123457310300050039220199'));
    expect(priced.basket.lines.at(-1)).toMatchObject({
      unit_price: 199,
      price_from: 'price_label',
      catalog_price: 400,
      weight_grams: 500,
    });
  });

  it('says what it is when it is no item, and what is missing', async () => {
    const w = await open();
    const refusal = async (code: string) => {
      const answer = await scanCode(w, code);
      return answer.ok ? 'ok' : [answer.error.code, answer.error.detail];
    };
    expect(await refusal('9912345678909')).toEqual(['bad_code', 'coupon']);
    expect(await refusal('2812345000007')).toEqual(['bad_code', 'value_zero']);
  });

  it('may come with others in one scan: what can be sold is, and each is answered for', async () => {
    const w = await open();
    const { basket, results, line_id } = bodyOf(
      await scanCode(w, `5901234123457,5901234123457,NOBODYS,2054321007499,${shirt(1)},${shirt(1)}`),
    );
    expect(results?.map((one) => one.line_id ?? one.problem?.code)).toEqual([
      'lin_1',
      'lin_1',
      'unknown_item',
      'lin_2',
      'lin_3',
      'epc_in_basket',
    ]);
    expect(line_id).toBe('lin_3');
    expect(basket.lines.map(({ quantity }) => quantity)).toEqual([2, 1, 1]);
    expect(codeOf(await scanCode(w, 'NOBODYS,5901234123456'))).toBe('unknown_item');
    expect(codeOf(await scanTag(await begin(w.shop), shirt(1)))).toBe('epc_in_other_basket');
  });
});

describe('a line', () => {
  it('changes its quantity, and goes at zero', async () => {
    const w = await begin(await openShop());
    bodyOf(await scanCode(w, COLA));
    bodyOf(await scanCode(w, FREE));
    expect(bodyOf(await objectOf(w).changeLine(w.call(), 'lin_1', 4))).toMatchObject({
      total: 4 * 574 - 100,
    });
    expect(bodyOf(await objectOf(w).changeLine(w.call(), 'lin_1', 0)).lines.map((line) => line.id)).toEqual([
      'lin_2',
    ]);
    expect(codeOf(await objectOf(w).changeLine(w.call(), 'lin_1', 1))).toBe('not_found');
    // An id is never used twice.
    expect(bodyOf(await scanCode(w, COLA)).line_id).toBe('lin_3');
  });

  it('keeps to the limits of its item', async () => {
    const w = await begin(await openShop());
    bodyOf(await scanCode(w, LIMITED));
    expect(codeOf(await objectOf(w).changeLine(w.call(), 'lin_1', 4))).toBe('quantity_limit');
    expect(codeOf(await objectOf(w).changeLine(w.call(), 'lin_1', 3))).toBe('ok');
  });

  it('with a tag has quantity one, and frees the tag when it goes', async () => {
    const shop = await openShop();
    const [w, next] = [await begin(shop), await begin(shop)];
    bodyOf(await scanTag(w, shirt(1)));
    expect(codeOf(await objectOf(w).changeLine(w.call(), 'lin_1', 2))).toBe('quantity_fixed');
    expect(codeOf(await objectOf(w).changeLine(w.call(), 'lin_1', 1))).toBe('ok');
    bodyOf(await objectOf(w).changeLine(w.call(), 'lin_1', 0));
    expect(codeOf(await scanTag(next, shirt(1)))).toBe('ok');
  });

  it('frees its tag later where the store did not answer, but not once it is back in the basket', async () => {
    const shop = await openShop();
    const [w, next] = [await begin(shop), await begin(shop)];
    for (const serial of [1, 2]) bodyOf(await scanTag(w, shirt(serial)));
    const mend = await cutStore(shop, 'release', 'before');
    for (const line of ['lin_1', 'lin_2']) bodyOf(await objectOf(w).changeLine(w.call(), line, 0));
    mend();
    bodyOf(await scanTag(w, shirt(1)));
    expect(codeOf(await scanTag(next, shirt(2)))).toBe('epc_in_other_basket');
    await wakeNow(w);
    expect(codeOf(await scanTag(next, shirt(2)))).toBe('ok');
    expect(codeOf(await scanTag(next, shirt(1)))).toBe('epc_in_other_basket');
    expect(await sqlOf(w, 'SELECT * FROM duty')).toEqual([]);
  });
});

describe('an expired basket', () => {
  it('takes nothing more, and its tags are free once the alarm rang', async () => {
    const shop = await openShop();
    const w = await begin(shop);
    bodyOf(await scanTag(w, shirt(1)));
    await timeIsOver(w);
    expect((await read(w)).status).toBe('expired');
    expect(codeOf(await scanCode(w, COLA))).toBe('basket_expired');
    expect(codeOf(await objectOf(w).changeLine(w.call(), 'lin_1', 0))).toBe('basket_expired');
    expect(codeOf(await objectOf(w).openOrder(w.call()))).toBe('basket_expired');
    // Whether or not the alarm rang by itself already.
    await ring(w);
    expect(await sqlOf(w, 'SELECT status FROM basket')).toEqual([{ status: 'expired' }]);
    expect(
      await storeOf(shop).take({ basket_id: walk(shop).id, raw: shirt(1), kind: 'epc', quantity: 1 }),
    ).toMatchObject({
      ok: true,
    });
  });
});

describe('somebody else', () => {
  it('finds nothing, whatever she asks; the store’s people may not act', async () => {
    const shop = await openShop();
    const w = await ordered(shop);
    const { payments } = { payments: bodyOf(await payWith(w, 'card_declined')) };
    const callers = {
      not_found: [
        { kind: 'shopper', shopper_id: newShopper(), store_id: shop.store_id, retailer_id: retailer },
        { ...w.caller, store_id: (await openShop()).store_id },
        { ...w.caller, retailer_id: otherRetailer },
        { kind: 'store', retailer_id: otherRetailer, store_id: null },
        { kind: 'store', retailer_id: retailer, store_id: (await openShop()).store_id },
      ],
      forbidden: [
        { kind: 'store', retailer_id: retailer, store_id: null },
        { kind: 'store', retailer_id: retailer, store_id: shop.store_id },
      ],
    } as const;
    for (const [code, those] of Object.entries(callers)) {
      for (const caller of those) {
        const call = { caller: caller as Walk['caller'], origin: 'https://edge.test' };
        const object = objectOf(w);
        const acted = [
          await object.read(call),
          await object.scan(call, { code: COLA }),
          await object.changeLine(call, 'lin_1', 0),
          await object.openOrder(call),
          await object.pay(call, { gateway: 'test', method: 'card' }),
          await object.confirmPayment(call, payments.id, {}),
          await object.capturePayment(call, payments.id, {}),
          await object.cancelPayment(call, payments.id),
          await object.exitPass(call, true),
        ];
        expect(new Set(acted.map(codeOf))).toEqual(new Set([code]));
        // Only people of the store look into a bag, and nobody's bag is paid for here.
        expect(codeOf(await object.reviewOrder(call, { result: 'verified' }))).toBe(code);
        if (caller.kind === 'store') {
          const person = { ...caller, kind: 'staff', staff_id: 's', role: 'cashier' } as const;
          const reviewed = await object.reviewOrder({ ...call, caller: person }, { result: 'verified' });
          expect(codeOf(reviewed)).toBe(code === 'not_found' ? 'not_found' : 'not_paid');
        }
        const looked = [
          codeOf(await object.readOrder(call)),
          codeOf(await object.receipt(call)),
          codeOf(await object.readPayment(call, payments.id)),
        ];
        const none = ['not_found', 'not_found', 'not_found'];
        expect(looked).toEqual(code === 'forbidden' ? ['ok', 'not_paid', 'ok'] : none);
      }
    }
  });
});
