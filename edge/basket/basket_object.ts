import type { z } from 'zod';
import type { AddAddon, AddOpenLine, Basket, Scan, Verification } from '../../shared/api/basket.ts';
import type { PositionFix, PurchaseType } from '../../shared/api/common.ts';
import type {
  CapturePayment,
  ConfirmPayment,
  CreatePayment,
  Payment,
  PaymentMethods,
} from '../../shared/api/order.ts';
import type { ExitPassClaims } from '../../shared/auth/exit_pass.ts';
import { BasketId, type RetailerId } from '../../shared/ids/index.ts';
import type { ReceiptDocument } from '../../shared/receipt/document.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Debt } from '../../shared/rpc/agents.ts';
import type { WebhookEvent } from '../payment/gateway.ts';
import { addAddon } from './addons.ts';
import { adopt } from './adopt.ts';
import { BasketObjectForStaff } from './basket_object_for_staff.ts';
import type { Verb } from './basket_shell.ts';
import { isBeingPaid } from './being_paid.ts';
import { cancelPayment, capturePayment, confirmPayment } from './change_payment.ts';
import { cancelOrder, openOrder } from './checkout.ts';
import { create } from './create.ts';
import { dutiesOf } from './duty.ts';
import { passOf, withPass } from './exit_pass.ts';
import { explained } from './explained.ts';
import { memoryOf, recall } from './idempotency.ts';
import { paymentOf } from './inquire.ts';
import { changeLine } from './lines.ts';
import { channelOf } from './money_access.ts';
import { addOpenLine } from './open_line.ts';
import { pay } from './pay.ts';
import { paymentMethods } from './payment_methods.ts';
import type { Answer, BasketForEdge, Call, OrderWithPass, Refusal } from './port.ts';
import { refundRow } from './refund_rows.ts';
import { auditRowsOf, orderOf } from './rows.ts';
import { scan } from './scan.ts';
import { perform } from './settle.ts';
import { CONFIG_FRESH_MS, configOf, storePort } from './store_port.ts';
import { refuse } from './trip.ts';
import { openVerification, readVerification } from './verify.ts';
import { viewBasket, viewOrder } from './view.ts';
import { applyWebhook } from './webhook.ts';

/**
 * One shopping trip, from the first scan to the exit pass; the object's name is the basket's id. Glue: each
 * method looks who calls, lets one verb work in its turn, and arms the alarm for what is left to do. Here is
 * what the shopper, the pages and the webhooks call.
 */
export class BasketObject extends BasketObjectForStaff implements BasketForEdge {
  // ---- the basket ----

  async create(
    call: Call,
    { purchase_type = 'scan_and_go' }: { purchase_type?: PurchaseType | undefined } = {},
  ): Promise<Answer<Basket>> {
    const { caller, idempotency } = call;
    if (caller.kind !== 'shopper') return refuse('forbidden');
    return this.once(call, async () => {
      if (this.created) return this.#again(call);
      const now = Date.now();
      const store = storePort(this.env, caller.store_id);
      const asked = await configOf(store, { atLeast: 0, since: now - CONFIG_FRESH_MS }, now);
      if (!asked.ok) return asked;
      const config = asked.value;
      if (config === null || config.retailer_id !== caller.retailer_id) return refuse('unknown_store');
      const body = this.ctx.storage.transactionSync(() => {
        const basket = create(
          this.sql,
          BasketId.parse(this.ctx.id.name),
          caller,
          { config, purchase_type },
          Date.now(),
        );
        memoryOf(this.sql, idempotency, { found: 'nothing' }, Date.now()).keep(basket);
        return basket;
      });
      this.created = true;
      return ok({ body, replayed: false });
    });
  }

  /** A till's order that is still owed becomes a trip that can be paid. Again changes nothing. */
  async adopt(adopted: { debt: Debt; retailer_id: RetailerId }): Promise<void> {
    await this.queue.run(async () => {
      if (this.created) return;
      const id = BasketId.parse(this.ctx.id.name);
      this.ctx.storage.transactionSync(() => adopt(this.sql, id, adopted, Date.now()));
      this.created = true;
    });
  }

  async read(
    call: Call,
    { explanation = false, audit = false }: { explanation?: boolean; audit?: boolean } = {},
  ): Promise<Answer<Basket>> {
    const denied = this.denied(call, audit ? 'staff' : 'read_basket');
    if (denied !== null) return denied;
    if (audit) {
      const rows = auditRowsOf(this.sql);
      return ok({ body: { ...viewBasket(this.sql, Date.now()), audit: rows }, replayed: false });
    }
    if (!explanation) return ok({ body: viewBasket(this.sql, Date.now()), replayed: false });
    const body = await explained(this.trip());
    return body.ok ? ok({ body: body.value, replayed: false }) : body;
  }

  scan(call: Call, request: Scan): ReturnType<BasketForEdge['scan']> {
    return this.command(call, (trip, memory) => scan(trip, request, memory));
  }

  scanText(call: Call, request: Scan): ReturnType<BasketForEdge['scanText']> {
    const verb: Verb<string> = async (trip, memory) => {
      const scanned = await scan(trip, request, memory);
      return scanned.ok ? ok(memory.kept ?? JSON.stringify(scanned.value)) : scanned;
    };
    return this.command(call, verb, 'act', (stored) => stored);
  }

  changeLine(call: Call, lineId: string, quantity: number): Promise<Answer<Basket>> {
    return this.command(call, (trip, memory) => changeLine(trip, lineId, quantity, memory));
  }

  addAddon(call: Call, lineId: string, addon: AddAddon): Promise<Answer<Basket>> {
    return this.command(call, (trip, memory) => addAddon(trip, lineId, addon, memory));
  }

  addOpenLine(call: Call, line: AddOpenLine): Promise<Answer<Basket>> {
    return this.command(call, (trip, memory) => addOpenLine(trip, line, memory));
  }

  openVerification(call: Call): Promise<Answer<Verification>> {
    return this.command(call, openVerification);
  }

  async readVerification(call: Call): Promise<Answer<Verification>> {
    const denied = this.denied(call, 'read_basket');
    if (denied !== null) return denied;
    return ok({ body: readVerification(this.trip()), replayed: false });
  }

  // ---- the order ----

  async openOrder(
    call: Call,
    asked: { position?: PositionFix | undefined; boarding_pass?: string | undefined } = {},
  ): ReturnType<BasketForEdge['openOrder']> {
    const opened = await this.command(call, (trip, memory) => openOrder(trip, asked, memory));
    if (!opened.ok) return opened;
    const { body, replayed } = opened.value;
    return ok({ body: await withPass(this.trip(), call, body.order), created: body.created, replayed });
  }

  async readOrder(call: Call): Promise<Answer<OrderWithPass>> {
    const denied = this.denied(call, 'read_order');
    if (denied !== null) return denied;
    const refused = await this.#healed();
    if (refused !== null) return err(refused);
    const order = viewOrder(this.sql);
    return order === null
      ? refuse('not_found')
      : ok({ body: await withPass(this.trip(), call, order), replayed: false });
  }

  async isBeingPaid(): Promise<boolean> {
    return isBeingPaid(this.sql);
  }

  async cancelOrder(call: Call): Promise<Answer<OrderWithPass>> {
    return this.ordered(call, await this.command(call, cancelOrder, 'cancel_order'));
  }

  async receipt(call: Call): Promise<Answer<ReceiptDocument>> {
    const denied = this.denied(call, 'read_order');
    if (denied !== null) return denied;
    const order = orderOf(this.sql);
    if (order === null) return refuse('not_found');
    return order.receipt === null
      ? refuse('not_paid')
      : ok({ body: JSON.parse(order.receipt), replayed: false });
  }

  async refundReceipt(call: Call, refundId: string): Promise<Answer<ReceiptDocument>> {
    const denied = this.denied(call, 'read_order');
    if (denied !== null) return denied;
    const refund = refundRow(this.sql, refundId);
    if (refund === null) return refuse('not_found');
    return refund.receipt === null
      ? refuse('not_refunded')
      : ok({ body: JSON.parse(refund.receipt), replayed: false });
  }

  async exitPass(call: Call, refresh: boolean): Promise<Answer<ExitPassClaims>> {
    const denied = this.denied(call, 'act');
    if (denied !== null) return denied;
    if (orderOf(this.sql) === null) return refuse('not_found');
    const claims = await passOf(this.trip(), refresh);
    return claims.ok ? ok({ body: claims.value, replayed: false }) : claims;
  }

  // ---- its payments ----

  async paymentMethods(call: Call): Promise<Answer<PaymentMethods>> {
    const denied = this.denied(call, 'read_order');
    const channel = channelOf(call);
    if (denied !== null) return denied;
    if (!channel.ok) return channel;
    const methods = await paymentMethods(this.trip(), call.origin, channel.value);
    return methods.ok ? ok({ body: methods.value, replayed: false }) : methods;
  }

  async pay(call: Call, request: CreatePayment): Promise<Answer<Payment>> {
    const channel = channelOf(call);
    if (!channel.ok) return this.denied(call, 'read_order') ?? channel;
    const at = { origin: call.origin, channel: channel.value };
    return this.command(call, (trip, memory) => pay(trip, at, request, memory), 'read_order');
  }

  async readPayment(call: Call, paymentId: string): Promise<Answer<Payment>> {
    const denied = this.denied(call, 'read_order');
    if (denied !== null) return denied;
    const payment = paymentOf(this.trip(), paymentId);
    return payment === null ? refuse('not_found') : ok({ body: payment, replayed: false });
  }

  confirmPayment(
    call: Call,
    paymentId: string,
    request: z.infer<typeof ConfirmPayment>,
  ): Promise<Answer<Payment>> {
    return this.command(call, (trip, memory) => confirmPayment(trip, paymentId, request, memory));
  }

  async capturePayment(
    call: Call,
    paymentId: string,
    { amount }: z.infer<typeof CapturePayment>,
  ): Promise<Answer<Payment>> {
    const channel = channelOf(call);
    if (!channel.ok) return this.denied(call, 'read_order') ?? channel;
    const asked = { amount, staff: channel.value !== 'web' };
    const verb: Verb<Payment> = (trip, memory) => capturePayment(trip, paymentId, asked, memory);
    return this.command(call, verb, 'read_order');
  }

  async cancelPayment(call: Call, paymentId: string): Promise<Answer<Payment>> {
    const channel = channelOf(call);
    if (!channel.ok) return this.denied(call, 'read_order') ?? channel;
    const by = { staff: channel.value !== 'web' };
    return this.command(call, (trip, memory) => cancelPayment(trip, paymentId, by, memory), 'read_order');
  }

  async applyWebhook(
    webhook: WebhookEvent,
    how = { replay: false },
  ): Promise<Result<{ applied: boolean }, Refusal>> {
    if (!this.created) return refuse('not_found');
    try {
      return await this.queue.run(() => applyWebhook(this.trip(), webhook, how));
    } finally {
      this.arm();
    }
  }

  // ---- glue ----

  /** The basket is there already: its own first call is answered again, anyone else's is not. */
  #again(call: Call): Answer<Basket> {
    const denied = this.denied(call, 'act');
    if (denied !== null) return denied;
    const known = recall(this.sql, call.idempotency);
    if (known.found === 'answer') return ok({ body: JSON.parse(known.body), replayed: true });
    return refuse(known.found === 'other_body' ? 'idempotency_key_reuse' : 'conflict');
  }

  /** A crash may have left the order without its number; then whoever reads it asks the store again. */
  async #healed(): Promise<Refusal | null> {
    if (dutiesOf(this.sql, 'open').length === 0) return null;
    const refused = await this.queue.run(() => perform(this.trip(), 'open'));
    this.arm();
    return refused?.code === 'store_unavailable' ? refused : null;
  }
}
