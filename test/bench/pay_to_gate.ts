import { allTags } from '../../scripts/demo/tags.ts';
import { StoreId } from '../../shared/ids/index.ts';
import { Shopper } from '../support/client.ts';
import type { Sesame } from '../support/sesame.ts';
import { type Figures, figuresOf } from './stats.ts';

/** The first payments warm both sides up and do not count. */
const WARM_UP = 5;

export interface PayFigures {
  scan: Figures;
  order: Figures;
  /** POST payment → 201 captured and committed. */
  pay: Figures;
  /** POST payment sent → the agent answers "sold" for the tag. */
  sold: Figures;
}

/** One shopper after another: scan a tag, order, pay; from the pay call on, the agent is asked without pause. */
export async function measurePayments(
  sesame: Sesame,
  n: number,
  progress: (done: number) => void,
): Promise<PayFigures> {
  const free = await freeTags(sesame);
  const samples = { scan: [] as number[], order: [] as number[], pay: [] as number[], sold: [] as number[] };
  let warm = 0;
  for (const epc of free) {
    if (samples.sold.length === n) break;
    const shopper = await Shopper.enter(sesame);
    const basket = await shopper.openBasket();
    const scan = await timed(() => shopper.scan(basket.id, { epc }));
    // Staff would have to look at it first.
    if (scan.value.verification.status !== 'not_required') continue;
    const order = await timed(() => shopper.openOrder(basket.id));
    const t = performance.now();
    const sold = soldAt(sesame, epc);
    const payment = await shopper.pay(order.value.id);
    const paid = performance.now();
    if (payment.status !== 'captured') throw new Error(`payment ${payment.status}`);
    const known = await sold;
    if (warm++ < WARM_UP) continue;
    samples.scan.push(scan.ms);
    samples.order.push(order.ms);
    samples.pay.push(paid - t);
    samples.sold.push(known - t);
    if (samples.sold.length % 50 === 0) progress(samples.sold.length);
  }
  return {
    scan: figuresOf(samples.scan),
    order: figuresOf(samples.order),
    pay: figuresOf(samples.pay),
    sold: figuresOf(samples.sold),
  };
}

async function soldAt(sesame: Sesame, epc: string): Promise<number> {
  const end = performance.now() + 10_000;
  while (performance.now() < end) {
    const reply = await fetch(`${sesame.agent}/v1/tags/${epc}`, {
      headers: { authorization: `Bearer ${sesame.tokens.kiosk}` },
    });
    const text = await reply.text();
    if (text.includes('"sold"')) return performance.now();
  }
  throw new Error(`${epc} was never sold at the agent`);
}

async function freeTags({ edge, store_id, tokens }: Sesame): Promise<string[]> {
  const tags = await allTags({ edge, token: tokens.manager, storeId: StoreId.parse(store_id) }, 'free');
  return tags.map(({ epc }) => epc);
}

async function timed<T>(what: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const t = performance.now();
  const value = await what();
  return { value, ms: performance.now() - t };
}
