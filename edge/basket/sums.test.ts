import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Basket } from '../../shared/api/basket.ts';
import { Order, Payment } from '../../shared/api/order.ts';
import { ExitPassClaims } from '../../shared/auth/exit_pass.ts';
import { ReceiptDocument } from '../../shared/receipt/document.ts';
import { unwrap } from '../../shared/result.ts';
import {
  BREAD,
  begin,
  bodyOf,
  COLA,
  codeOf,
  FREE,
  LIMITED,
  moneyTaken,
  objectOf,
  openShop,
  payWith,
  readOrder,
  scanCode,
  scanTag,
  shirt,
} from './test/fixture.ts';

const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

function expectSums(
  basket: Pick<Basket, 'lines' | 'subtotal' | 'discount' | 'tax' | 'total'>,
  inclusive: boolean,
): void {
  const { lines, subtotal, discount, tax, total } = basket;
  expect(sum(lines.map((line) => line.unit_price * line.quantity))).toBe(subtotal);
  expect(sum(lines.map((line) => line.discount))).toBe(discount);
  expect(total).toBe(subtotal - discount + (inclusive ? 0 : tax));
  for (const line of lines) {
    expect(line.total).toBe(line.unit_price * line.quantity - line.discount);
    expect(sum(line.promotions.map((promotion) => promotion.discount))).toBe(line.discount);
  }
}

const step = fc.oneof(
  fc.record({ code: fc.constantFrom(COLA, BREAD, LIMITED, FREE), quantity: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ serial: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ line: fc.integer({ min: 1, max: 8 }), quantity: fc.integer({ min: 0, max: 5 }) }),
);

it.each([true, false])(
  'every basket, order, payment and receipt adds up (prices with tax: %s)',
  async (inclusive) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 10 }),
        fc.array(fc.integer({ min: 1, max: 2_000 }), { maxLength: 3 }),
        async (steps, parts) => {
          const shop = await openShop({}, { prices_include_tax: inclusive });
          const w = await begin(shop);
          bodyOf(await scanCode(w, COLA));
          for (const one of steps) {
            const before = bodyOf(await objectOf(w).read(w.call()));
            const answer =
              'code' in one
                ? await scanCode(w, one.code, one.quantity)
                : 'serial' in one
                  ? await scanTag(w, shirt(one.serial))
                  : await objectOf(w).changeLine(w.call(), `lin_${one.line}`, one.quantity);
            const after = Basket.parse(bodyOf(await objectOf(w).read(w.call())));
            expectSums(after, inclusive);
            // A refusal changes nothing.
            if (!answer.ok) expect(after).toEqual(before);
          }
          const opened = await objectOf(w).openOrder(w.call());
          if (!opened.ok) {
            expect(codeOf(opened)).toBe('basket_empty');
            return;
          }
          const { total } = unwrap(opened).body.order;
          for (const part of parts) {
            const paid = await payWith(w, 'card', { amount: part });
            if (paid.ok) Payment.parse(bodyOf(paid));
            else expect(['amount_mismatch', 'already_paid']).toContain(codeOf(paid));
          }
          const rest = await payWith(w, 'card');
          if (!rest.ok) expect(codeOf(rest)).toBe('already_paid');
          const { order, pass } = await readOrder(w);
          Order.parse(order);
          ExitPassClaims.parse(pass);
          expectSums(order, inclusive);
          expect(order).toMatchObject({
            status: 'completed',
            payment_status: 'captured',
            captured: total,
            total,
          });
          expect(total === 0 ? 0 : await moneyTaken(shop)).toBe(total);
          const receipt = ReceiptDocument.parse(bodyOf(await objectOf(w).receipt(w.call())));
          expect(sum(receipt.payments.map((payment) => payment.amount))).toBe(total);
          expect(sum(receipt.tax.lines.map((line) => line.tax))).toBe(order.tax);
          expect(sum(receipt.lines.map((line) => line.total)) + (inclusive ? 0 : order.tax)).toBe(total);
          expect(pass?.epcs.map(([epc]) => epc).sort()).toEqual(
            order.lines.flatMap((line) => line.epc ?? []).sort(),
          );
        },
      ),
      { seed: 21, numRuns: 12 },
    );
  },
  60_000,
);
