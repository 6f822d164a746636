import { cancelPayment, capturePayment, confirmPayment } from '../../edge/basket/change_payment.ts';
import { changeRefund } from '../../edge/basket/change_refund.ts';
import { cancelOrder, openOrder } from '../../edge/basket/checkout.ts';
import { pay } from '../../edge/basket/pay.ts';
import { requestRefund } from '../../edge/basket/refund.ts';
import { refundRows } from '../../edge/basket/refund_rows.ts';
import { type LegRow, legsOf, orderOf } from '../../edge/basket/rows.ts';
import { scan } from '../../edge/basket/scan.ts';
import type { CreatePayment } from '../../shared/api/order.ts';
import type { CreateRefund } from '../../shared/api/refund.ts';
import { RefundId } from '../../shared/ids/index.ts';
import type { RefundStaff } from '../../shared/rpc/refunds.ts';
import type { SimProvider } from './provider.ts';
import type { Random } from './random.ts';
import { CODES, METHODS, ORIGIN, RETAILER, STORE, shirt } from './shop.ts';
import type { SimTrip, Verb } from './trip.ts';
import type { World } from './world.ts';

/** Who does what on a trip. What it is about (which payment, how much) is drawn when it happens. */
export type StepKind =
  | 'scan'
  | 'order'
  | 'pay'
  | 'pay_again'
  | 'confirm'
  | 'payer'
  | 'provider'
  | 'capture'
  | 'cancel_payment'
  | 'cancel_order'
  | 'refund'
  | 'refund_again'
  | 'death';

export interface Step {
  /** Milliseconds after the beginning. */
  at: number;
  kind: StepKind;
  /** Draws its details, whatever other steps there are. */
  random: Random;
}

/** Everything that people do to one trip; what they are told is noted and forgotten, as by a page that was closed. */
export class Actor {
  readonly #trip: SimTrip;
  readonly #provider: SimProvider;
  readonly #world: World;
  readonly #name: string;
  /** How many shirts hang in the store. */
  readonly #tags: number;
  /** What was asked under each key, to be asked again. */
  readonly #paid = new Map<string, { request: CreatePayment; by: 'shopper' | 'cashier' }>();

  constructor(trip: SimTrip, provider: SimProvider, world: World, name: string, tags: number) {
    this.#trip = trip;
    this.#provider = provider;
    this.#world = world;
    this.#name = name;
    this.#tags = tags;
  }

  do({ kind, random }: Step): void {
    const done = this.#do(kind, random);
    if (done !== null) this.#note(done);
  }

  /** Staff call off what they were told of. */
  cancel(payment_id: string): void {
    const call = this.#trip.call(null, 'cashier');
    this.#note([
      'staff cancel what is doubtful',
      this.#trip.command(call, (t, m) => cancelPayment(t, payment_id, { staff: true }, m), 'read_order'),
    ]);
  }

  #note([what, answer]: Done): void {
    this.#world.note(() => `${this.#name} ${what}`);
    const told = (text: string) => this.#world.note(() => `${this.#name} ${what}: ${text}`);
    answer.then(
      (got) => told(got.ok ? 'ok' : got.error.code),
      (error: unknown) => told(String(error)),
    );
  }

  #do(kind: StepKind, random: Random): Done | null {
    switch (kind) {
      case 'scan':
        return this.#scan(random);
      case 'order':
        return ['order', this.#trip.command(this.#trip.call('order', 'shopper'), opened, 'act')];
      case 'pay':
        return this.#pay(String(random.next()), this.#payment(random), random);
      case 'pay_again': {
        const [key, known] = some([...this.#paid], random) ?? [];
        return key === undefined || known === undefined ? null : this.#pay(key, known, random);
      }
      case 'payer':
        return this.#payer(random);
      case 'provider':
        return this.#settle(random);
      case 'cancel_order':
        return ['cancel order', this.#trip.command(this.#trip.call(null, 'shopper'), cancelOrder, 'act')];
      case 'refund':
        return this.#refund(random);
      case 'refund_again':
        return this.#refundAgain(random);
      case 'death':
        this.#trip.die();
        return ['died', DONE];
      default: {
        const leg = some(legsOf(this.#trip.tables), random);
        return leg === null ? null : this.#change(kind, leg, random);
      }
    }
  }

  #scan(random: Random): Done {
    const codes = Object.keys(CODES);
    const what = random.chance(0.3)
      ? { epc: shirt(random.between(1, this.#tags)) }
      : { code: some(codes, random) ?? 'COLA', quantity: random.between(1, 3) };
    const call = this.#trip.call(null, 'shopper');
    return ['scan', this.#trip.command(call, (trip, memory) => scan(trip, what, memory), 'act')];
  }

  #payment(random: Random): { request: CreatePayment; by: 'shopper' | 'cashier' } {
    const due = orderOf(this.#trip.tables)?.due ?? 1;
    const amount = random.chance(0.6) ? {} : { amount: random.between(1, Math.max(1, due)) };
    if (random.chance(0.12))
      return { by: 'cashier', request: { gateway: 'cash', method: 'cash', ...amount } };
    const method = random.chance(0.65) ? METHODS.auto : METHODS.manual;
    const token = random.chance(0.7) ? { token: 'tok_of_the_page' } : {};
    return { by: 'shopper', request: { gateway: 'generic_card', method, ...amount, ...token } };
  }

  #pay(key: string, asked: { request: CreatePayment; by: 'shopper' | 'cashier' }, random: Random): Done {
    const { by } = asked;
    this.#paid.set(key, asked);
    const channel = by === 'cashier' ? 'cashier' : 'web';
    // A page that lost its key asks anew, and that is another attempt: each brings its payer back to its own place.
    const known = random.chance(0.9) ? key : null;
    const return_url = `${ORIGIN}/back/${known ?? random.next()}`;
    const request = { ...asked.request, return_url };
    const call = this.#trip.call(known, by, JSON.stringify(request));
    return [
      `pay ${JSON.stringify(request)}`,
      this.#trip.command(
        call,
        (trip, memory) => pay(trip, { origin: ORIGIN, channel }, request, memory),
        'read_order',
      ),
    ];
  }

  #change(kind: 'confirm' | 'capture' | 'cancel_payment', leg: LegRow, random: Random): Done {
    const { payment_id, n } = leg;
    const staff = random.chance(kind === 'capture' ? 0.9 : 0.4);
    const call = this.#trip.call(null, staff && kind !== 'confirm' ? 'cashier' : 'shopper');
    if (kind === 'confirm')
      return [
        `confirm ${n}`,
        this.#trip.command(call, (t, m) => confirmPayment(t, payment_id, {}, m), 'act'),
      ];
    if (kind === 'cancel_payment')
      return [
        `cancel payment ${n}`,
        this.#trip.command(call, (t, m) => cancelPayment(t, payment_id, { staff }, m), 'read_order'),
      ];
    const amount = random.chance(0.7) ? undefined : random.between(1, leg.amount);
    return [
      `capture ${amount ?? 'all'} of ${n}`,
      this.#trip.command(call, (t, m) => capturePayment(t, payment_id, { amount, staff }, m), 'read_order'),
    ];
  }

  /** She decides on the page that she was shown, if she was shown one. */
  #payer(random: Random): Done | null {
    const leg = some(
      legsOf(this.#trip.tables).filter(({ action }) => action !== null),
      random,
    );
    if (leg === null || leg.action === null) return null;
    const { url }: { url: string } = JSON.parse(leg.action);
    const decision = random.chance(0.8) ? 'approve' : 'decline';
    return [`payer: ${decision} ${leg.n}`, this.#provider.decide(url, decision).then(() => DONE)];
  }

  /** What waits at the provider comes to its end there. */
  #settle(random: Random): Done | null {
    const reference = some(this.#provider.fake.ctl.keys, random);
    if (reference === null) return null;
    this.#provider.fake.settle(reference, random.chance(0.8) ? 'approve' : 'decline');
    return [`provider settles ${reference}`, DONE];
  }

  #refund(random: Random): Done | null {
    const order = orderOf(this.#trip.tables);
    if (order === null || order.due === 0) return null;
    const refund_id = RefundId.parse(`ref_${random.uuid()}`);
    const ask: CreateRefund = random.chance(0.3)
      ? { kind: 'full', reason: 'changed_mind', return_to_stock: random.chance(0.5) }
      : { kind: 'amount', amount: random.between(1, order.due), reason: 'damaged' };
    const asked = { staff: MANAGER, refund_id, body_hash: '', ask };
    return [`refund ${ask.amount ?? 'all'}`, this.#trip.forStaff((trip) => requestRefund(trip, asked))];
  }

  #refundAgain(random: Random): Done | null {
    const row = some(refundRows(this.#trip.tables), random);
    if (row === null) return null;
    const asked = { staff: MANAGER, refund_id: row.refund_id, change: { do: 'retry' as const, retry: {} } };
    return ['try the refund again', this.#trip.forStaff((trip) => changeRefund(trip, asked))];
  }
}

type Done = readonly [string, Promise<{ ok: true } | { ok: false; error: { code: string } }>];

const opened: Verb<unknown> = (trip, memory) => openOrder(trip, {}, memory);

const DONE: Done[1] = Promise.resolve({ ok: true });

const MANAGER: RefundStaff = { id: 'stf_1', role: 'manager', retailer_id: RETAILER, store_id: STORE };

function some<T>(list: readonly T[], random: Random): T | null {
  return list[random.between(0, Math.max(0, list.length - 1))] ?? null;
}
