import { DurableObject } from 'cloudflare:workers';
import type { z } from 'zod';
import type {
  AddAddon,
  AddOpenLine,
  Basket,
  DecideVerification,
  OverridePrice,
  Scan,
  Verification,
} from '../../shared/api/basket.ts';
import type { PositionFix, PurchaseType } from '../../shared/api/common.ts';
import type {
  CapturePayment,
  ConfirmPayment,
  CreatePayment,
  Order,
  Payment,
  PaymentMethods,
  ReviewOrder,
} from '../../shared/api/order.ts';
import type { ExitPassClaims } from '../../shared/auth/exit_pass.ts';
import { BasketId, type RetailerId } from '../../shared/ids/index.ts';
import type { ReceiptDocument } from '../../shared/receipt/document.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Debt } from '../../shared/rpc/agents.ts';
import { type ChecksForCloud, DecideCheck, ReviewBag } from '../../shared/rpc/checks.ts';
import {
  type BasketForCloud,
  ChangeRefund,
  PreviewRefund,
  RefundStaff,
  RequestRefund,
  StaffReceipt,
} from '../../shared/rpc/refunds.ts';
import type { Env } from '../env.ts';
import { logError } from '../http/log.ts';
import type { WebhookEvent } from '../payment/gateway.ts';
import { gatewayOf } from '../payment/registry.ts';
import { type Vault, vaultOf } from '../payment/vault.ts';
import type { Sql } from '../store/sql.ts';
import { access, type Wish } from './access.ts';
import { addAddon } from './addons.ts';
import { adopt } from './adopt.ts';
import { dueOf, nextAlarm, wake } from './alarm.ts';
import { isBeingPaid } from './being_paid.ts';
import { changeCollection } from './change_collection.ts';
import { cancelPayment, capturePayment, confirmPayment } from './change_payment.ts';
import { changeRefund } from './change_refund.ts';
import { cancelOrder, openOrder } from './checkout.ts';
import { create } from './create.ts';
import { dutiesOf } from './duty.ts';
import { passOf, withPass } from './exit_pass.ts';
import { explained } from './explained.ts';
import { type Memory, memoryOf, recall } from './idempotency.ts';
import { paymentOf } from './inquire.ts';
import { changeLine } from './lines.ts';
import { channelOf } from './money_access.ts';
import { addOpenLine } from './open_line.ts';
import { overridePrice } from './override_price.ts';
import { pay } from './pay.ts';
import { paymentMethods } from './payment_methods.ts';
import type {
  Answer,
  BasketForEdge,
  Call,
  ChangeCollection,
  OrderWithPass,
  Refusal,
  StaffCall,
} from './port.ts';
import { previewRefund } from './preview_refund.ts';
import { CommandQueue } from './queue.ts';
import { reach, requestRefund } from './refund.ts';
import { refundRow } from './refund_rows.ts';
import { viewRefunds } from './refund_view.ts';
import { reviewOrder } from './review.ts';
import { auditRowsOf, basketOf, orderOf } from './rows.ts';
import { scan } from './scan.ts';
import { isCreated, migrate } from './schema.ts';
import { perform } from './settle.ts';
import { staffCall } from './staff_call.ts';
import { CONFIG_FRESH_MS, configOf, storePort } from './store_port.ts';
import { receiptForStaff, storyFor } from './story.ts';
import { refuse, type Trip } from './trip.ts';
import { decideVerification, openVerification, readVerification } from './verify.ts';
import { viewBasket, viewOrder } from './view.ts';
import { applyWebhook } from './webhook.ts';

/** The next alarm is at least this far away, after one that failed on a bug much farther. */
const ALARM_PAUSE_MS = 250;
const ALARM_AFTER_FAILURE_MS = 30_000;

type Verb<T> = (trip: Trip, memory: Memory) => Promise<Result<T, Refusal>>;

/**
 * One shopping trip, from the first scan to the exit pass; the object's name is the basket's id. Glue: each
 * method looks who calls, lets one verb work in its turn, and arms the alarm for what is left to do.
 */
export class BasketObject
  extends DurableObject<Env>
  implements BasketForEdge, BasketForCloud, ChecksForCloud
{
  readonly #sql: Sql;
  readonly #queue = new CommandQueue();
  readonly #vault: Vault;
  /** Idempotency keys whose first call is still running, with the hash of its body. */
  readonly #running = new Map<string, string>();
  #created = false;
  #armedAt: number | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#vault = vaultOf(env.VAULT_KEY);
    this.#sql = { exec: (query, ...bindings) => ctx.storage.sql.exec<never>(query, ...bindings).toArray() };
    ctx.blockConcurrencyWhile(async () => {
      this.#created = isCreated(this.#sql);
      if (!this.#created) return;
      ctx.storage.transactionSync(() => migrate(this.#sql));
      this.#armedAt = await ctx.storage.getAlarm();
      this.#arm();
    });
  }

  // ---- the basket ----

  async create(
    call: Call,
    { purchase_type = 'scan_and_go' }: { purchase_type?: PurchaseType | undefined } = {},
  ): Promise<Answer<Basket>> {
    const { caller, idempotency } = call;
    if (caller.kind !== 'shopper') return refuse('forbidden');
    return this.#once(call, async () => {
      if (this.#created) return this.#again(call);
      const now = Date.now();
      const store = storePort(this.env, caller.store_id);
      const asked = await configOf(store, { atLeast: 0, since: now - CONFIG_FRESH_MS }, now);
      if (!asked.ok) return asked;
      const config = asked.value;
      if (config === null || config.retailer_id !== caller.retailer_id) return refuse('unknown_store');
      const body = this.ctx.storage.transactionSync(() => {
        const basket = create(
          this.#sql,
          BasketId.parse(this.ctx.id.name),
          caller,
          { config, purchase_type },
          Date.now(),
        );
        memoryOf(this.#sql, idempotency, { found: 'nothing' }, Date.now()).keep(basket);
        return basket;
      });
      this.#created = true;
      return ok({ body, replayed: false });
    });
  }

  /** A till's order that is still owed becomes a trip that can be paid. Again changes nothing. */
  async adopt(adopted: { debt: Debt; retailer_id: RetailerId }): Promise<void> {
    await this.#queue.run(async () => {
      if (this.#created) return;
      const id = BasketId.parse(this.ctx.id.name);
      this.ctx.storage.transactionSync(() => adopt(this.#sql, id, adopted, Date.now()));
      this.#created = true;
    });
  }

  async read(
    call: Call,
    { explanation = false, audit = false }: { explanation?: boolean; audit?: boolean } = {},
  ): Promise<Answer<Basket>> {
    const denied = this.#denied(call, audit ? 'staff' : 'read_basket');
    if (denied !== null) return denied;
    if (audit) {
      const rows = auditRowsOf(this.#sql);
      return ok({ body: { ...viewBasket(this.#sql, Date.now()), audit: rows }, replayed: false });
    }
    if (!explanation) return ok({ body: viewBasket(this.#sql, Date.now()), replayed: false });
    const body = await explained(this.#trip());
    return body.ok ? ok({ body: body.value, replayed: false }) : body;
  }

  scan(call: Call, request: Scan): ReturnType<BasketForEdge['scan']> {
    return this.#command(call, (trip, memory) => scan(trip, request, memory));
  }

  scanText(call: Call, request: Scan): ReturnType<BasketForEdge['scanText']> {
    const verb: Verb<string> = async (trip, memory) => {
      const scanned = await scan(trip, request, memory);
      return scanned.ok ? ok(memory.kept ?? JSON.stringify(scanned.value)) : scanned;
    };
    return this.#command(call, verb, 'act', (stored) => stored);
  }

  changeLine(call: Call, lineId: string, quantity: number): Promise<Answer<Basket>> {
    return this.#command(call, (trip, memory) => changeLine(trip, lineId, quantity, memory));
  }

  addAddon(call: Call, lineId: string, addon: AddAddon): Promise<Answer<Basket>> {
    return this.#command(call, (trip, memory) => addAddon(trip, lineId, addon, memory));
  }

  addOpenLine(call: Call, line: AddOpenLine): Promise<Answer<Basket>> {
    return this.#command(call, (trip, memory) => addOpenLine(trip, line, memory));
  }

  // ---- what staff do with it ----

  overridePrice(call: StaffCall, lineId: string, request: OverridePrice): Promise<Answer<Basket>> {
    return this.#command(
      call,
      (trip, memory) => overridePrice(trip, call.caller, lineId, request, memory),
      'staff',
    );
  }

  openVerification(call: Call): Promise<Answer<Verification>> {
    return this.#command(call, openVerification);
  }

  async readVerification(call: Call): Promise<Answer<Verification>> {
    const denied = this.#denied(call, 'read_basket');
    if (denied !== null) return denied;
    return ok({ body: readVerification(this.#trip()), replayed: false });
  }

  decideVerification(
    call: StaffCall,
    verdict: 'approved' | 'rejected',
    request: DecideVerification,
  ): Promise<Answer<Basket>> {
    return this.#command(
      call,
      (trip, memory) => decideVerification(trip, call.caller, verdict, request, memory),
      'staff',
    );
  }

  // ---- the order ----

  async openOrder(
    call: Call,
    asked: { position?: PositionFix | undefined; boarding_pass?: string | undefined } = {},
  ): ReturnType<BasketForEdge['openOrder']> {
    const opened = await this.#command(call, (trip, memory) => openOrder(trip, asked, memory));
    if (!opened.ok) return opened;
    const { body, replayed } = opened.value;
    return ok({ body: await withPass(this.#trip(), call, body.order), created: body.created, replayed });
  }

  async readOrder(call: Call): Promise<Answer<OrderWithPass>> {
    const denied = this.#denied(call, 'read_order');
    if (denied !== null) return denied;
    const refused = await this.#healed();
    if (refused !== null) return err(refused);
    const order = viewOrder(this.#sql);
    return order === null
      ? refuse('not_found')
      : ok({ body: await withPass(this.#trip(), call, order), replayed: false });
  }

  async isBeingPaid(): Promise<boolean> {
    return isBeingPaid(this.#sql);
  }

  async cancelOrder(call: Call): Promise<Answer<OrderWithPass>> {
    return this.#ordered(call, await this.#command(call, cancelOrder, 'cancel_order'));
  }

  async reviewOrder(call: Call, review: ReviewOrder): Promise<Answer<OrderWithPass>> {
    const reviewer = call.caller.kind === 'staff' ? call.caller.staff_id : '';
    const verb: Verb<Order> = (trip, memory) => reviewOrder(trip, { ...review, reviewer }, memory);
    return this.#ordered(call, await this.#command(call, verb, 'review'));
  }

  async changeCollection(call: Call, change: ChangeCollection): Promise<Answer<OrderWithPass>> {
    const verb: Verb<Order> = (trip, memory) => changeCollection(trip, call.caller, change, memory);
    return this.#ordered(call, await this.#command(call, verb, change.do === 'cancel' ? 'act' : 'staff'));
  }

  async receipt(call: Call): Promise<Answer<ReceiptDocument>> {
    const denied = this.#denied(call, 'read_order');
    if (denied !== null) return denied;
    const order = orderOf(this.#sql);
    if (order === null) return refuse('not_found');
    return order.receipt === null
      ? refuse('not_paid')
      : ok({ body: JSON.parse(order.receipt), replayed: false });
  }

  async exitPass(call: Call, refresh: boolean): Promise<Answer<ExitPassClaims>> {
    const denied = this.#denied(call, 'act');
    if (denied !== null) return denied;
    if (orderOf(this.#sql) === null) return refuse('not_found');
    const claims = await passOf(this.#trip(), refresh);
    return claims.ok ? ok({ body: claims.value, replayed: false }) : claims;
  }

  // ---- its payments ----

  async paymentMethods(call: Call): Promise<Answer<PaymentMethods>> {
    const denied = this.#denied(call, 'read_order');
    const channel = channelOf(call);
    if (denied !== null) return denied;
    if (!channel.ok) return channel;
    const methods = await paymentMethods(this.#trip(), call.origin, channel.value);
    return methods.ok ? ok({ body: methods.value, replayed: false }) : methods;
  }

  async pay(call: Call, request: CreatePayment): Promise<Answer<Payment>> {
    const channel = channelOf(call);
    if (!channel.ok) return this.#denied(call, 'read_order') ?? channel;
    const at = { origin: call.origin, channel: channel.value };
    return this.#command(call, (trip, memory) => pay(trip, at, request, memory), 'read_order');
  }

  async readPayment(call: Call, paymentId: string): Promise<Answer<Payment>> {
    const denied = this.#denied(call, 'read_order');
    if (denied !== null) return denied;
    const payment = paymentOf(this.#trip(), paymentId);
    return payment === null ? refuse('not_found') : ok({ body: payment, replayed: false });
  }

  confirmPayment(
    call: Call,
    paymentId: string,
    request: z.infer<typeof ConfirmPayment>,
  ): Promise<Answer<Payment>> {
    return this.#command(call, (trip, memory) => confirmPayment(trip, paymentId, request, memory));
  }

  async capturePayment(
    call: Call,
    paymentId: string,
    { amount }: z.infer<typeof CapturePayment>,
  ): Promise<Answer<Payment>> {
    const channel = channelOf(call);
    if (!channel.ok) return this.#denied(call, 'read_order') ?? channel;
    const asked = { amount, staff: channel.value !== 'web' };
    const verb: Verb<Payment> = (trip, memory) => capturePayment(trip, paymentId, asked, memory);
    return this.#command(call, verb, 'read_order');
  }

  async cancelPayment(call: Call, paymentId: string): Promise<Answer<Payment>> {
    const channel = channelOf(call);
    if (!channel.ok) return this.#denied(call, 'read_order') ?? channel;
    const by = { staff: channel.value !== 'web' };
    return this.#command(call, (trip, memory) => cancelPayment(trip, paymentId, by, memory), 'read_order');
  }

  async applyWebhook(
    webhook: WebhookEvent,
    how = { replay: false },
  ): Promise<Result<{ applied: boolean }, Refusal>> {
    if (!this.#created) return refuse('not_found');
    try {
      return await this.#queue.run(() => applyWebhook(this.#trip(), webhook, how));
    } finally {
      this.#arm();
    }
  }

  // ---- what staff look at, for the cloud ----

  async basketFor(input: RefundStaff): ReturnType<ChecksForCloud['basketFor']> {
    const found = await this.read(staffCall(RefundStaff.parse(input)));
    return found.ok ? ok(found.value.body) : found;
  }

  async decideCheck(input: DecideCheck): ReturnType<ChecksForCloud['decideCheck']> {
    const { staff, key, verdict, request } = DecideCheck.parse(input);
    const decided = await this.decideVerification(staffCall(staff, key), verdict, request);
    return decided.ok ? ok(decided.value.body) : decided;
  }

  async reviewBag(input: ReviewBag): ReturnType<ChecksForCloud['reviewBag']> {
    const { staff, key, review } = ReviewBag.parse(input);
    const reviewed = await this.reviewOrder(staffCall(staff, key), review);
    return reviewed.ok ? ok(reviewed.value.body.order) : reviewed;
  }

  // ---- its refunds, for the cloud: payloads of another Worker are parsed here ----

  async requestRefund(input: RequestRefund): ReturnType<BasketForCloud['requestRefund']> {
    const request = RequestRefund.parse(input);
    return this.#forStaff((trip) => requestRefund(trip, request));
  }

  async changeRefund(input: ChangeRefund): ReturnType<BasketForCloud['changeRefund']> {
    const change = ChangeRefund.parse(input);
    return this.#forStaff((trip) => changeRefund(trip, change));
  }

  async refundsFor(input: RefundStaff): ReturnType<BasketForCloud['refundsFor']> {
    const staff = RefundStaff.parse(input);
    return this.#forStaff(async (trip) => {
      const reached = await reach(trip, staff);
      return reached.ok ? ok(viewRefunds(this.#sql)) : reached;
    });
  }

  async previewRefund(input: PreviewRefund): ReturnType<BasketForCloud['previewRefund']> {
    const request = PreviewRefund.parse(input);
    return this.#forStaff((trip) => previewRefund(trip, request));
  }

  async story(input: RefundStaff): ReturnType<BasketForCloud['story']> {
    return this.#created ? storyFor(this.#sql, RefundStaff.parse(input)) : refuse('not_found');
  }

  async receiptForStaff(input: StaffReceipt): ReturnType<BasketForCloud['receiptForStaff']> {
    return this.#created ? receiptForStaff(this.#sql, StaffReceipt.parse(input)) : refuse('not_found');
  }

  async refundReceipt(call: Call, refundId: string): Promise<Answer<ReceiptDocument>> {
    const denied = this.#denied(call, 'read_order');
    if (denied !== null) return denied;
    const refund = refundRow(this.#sql, refundId);
    if (refund === null) return refuse('not_found');
    return refund.receipt === null
      ? refuse('not_refunded')
      : ok({ body: JSON.parse(refund.receipt), replayed: false });
  }

  override async alarm(): Promise<void> {
    this.#armedAt = null;
    if (!this.#created) return;
    let pauseMs = ALARM_PAUSE_MS;
    try {
      await this.#queue.run(() => wake(this.#trip()));
    } catch (error) {
      // A throw would use up the platform's few retries; the tables still know what is due.
      logError('an alarm of a basket failed', { error });
      pauseMs = ALARM_AFTER_FAILURE_MS;
    }
    this.#arm(Date.now() + pauseMs);
  }

  // ---- glue ----

  /** Who may call; then the first answer of a repeated key, or the verb in its turn. */
  async #command<T>(
    call: Call,
    verb: Verb<T>,
    wants: Wish = 'act',
    ofStored: (text: string) => T = JSON.parse,
  ): Promise<Answer<T>> {
    const denied = this.#denied(call, wants);
    if (denied !== null) return denied;
    return this.#once(call, async () => {
      const known = recall(this.#sql, call.idempotency);
      if (known.found === 'other_body') return refuse('idempotency_key_reuse');
      if (known.found === 'answer') return ok({ body: ofStored(known.body), replayed: true });
      const trip = this.#trip();
      // An order that a crash left without its number goes on before anything else happens.
      await perform(trip, 'open');
      const answer = await verb(trip, memoryOf(this.#sql, call.idempotency, known, Date.now()));
      return answer.ok ? ok({ body: answer.value, replayed: false }) : answer;
    });
  }

  /** Queues a call, unless one with its idempotency key is still running. */
  async #once<T>(call: Call, turn: () => Promise<Answer<T>>): Promise<Answer<T>> {
    const { idempotency } = call;
    const key = idempotency === undefined ? null : `${idempotency.route}\n${idempotency.key}`;
    const running = key === null ? undefined : this.#running.get(key);
    if (running !== undefined) {
      return refuse(running === idempotency?.body_hash ? 'idempotency_in_flight' : 'idempotency_key_reuse');
    }
    if (this.#queue.full) return refuse('rate_limited');
    if (key !== null) this.#running.set(key, idempotency?.body_hash ?? '');
    try {
      return await this.#queue.run(turn);
    } finally {
      if (key !== null) this.#running.delete(key);
      this.#arm();
    }
  }

  async #forStaff<T>(verb: (trip: Trip) => Promise<Result<T, Refusal>>): Promise<Result<T, Refusal>> {
    if (!this.#created) return refuse('not_found');
    if (this.#queue.full) return refuse('rate_limited');
    try {
      return await this.#queue.run(() => verb(this.#trip()));
    } finally {
      this.#arm();
    }
  }

  #denied(call: Call, wants: Wish): { ok: false; error: Refusal } | null {
    if (!this.#created) return refuse('not_found');
    const verdict = access(call.caller, basketOf(this.#sql), wants);
    return verdict === 'granted' ? null : refuse(verdict);
  }

  /** The basket is there already: its own first call is answered again, anyone else's is not. */
  #again(call: Call): Answer<Basket> {
    const denied = this.#denied(call, 'act');
    if (denied !== null) return denied;
    const known = recall(this.#sql, call.idempotency);
    if (known.found === 'answer') return ok({ body: JSON.parse(known.body), replayed: true });
    return refuse(known.found === 'other_body' ? 'idempotency_key_reuse' : 'conflict');
  }

  /** A crash may have left the order without its number; then whoever reads it asks the store again. */
  async #healed(): Promise<Refusal | null> {
    if (dutiesOf(this.#sql, 'open').length === 0) return null;
    const refused = await this.#queue.run(() => perform(this.#trip(), 'open'));
    this.#arm();
    return refused?.code === 'store_unavailable' ? refused : null;
  }

  async #ordered(call: Call, answer: Answer<Order>): Promise<Answer<OrderWithPass>> {
    if (!answer.ok) return answer;
    return ok({ ...answer.value, body: await withPass(this.#trip(), call, answer.value.body) });
  }

  #trip(): Trip {
    return {
      sql: this.#sql,
      store: storePort(this.env, basketOf(this.#sql).store_id),
      vault: this.#vault,
      gateway: (account, origin) =>
        gatewayOf(this.env, account, origin, undefined, { retailer_id: basketOf(this.#sql).retailer_id }),
      shopper: (id) => this.env.SHOPPER.getByName(id),
      now: () => Date.now(),
      newUuid: () => crypto.randomUUID(),
      write: (change) => this.#write(change),
    };
  }

  /** The alarm is armed in the turn of the write, so that no crash can leave a charge that nobody asks about. */
  #write<T>(change: () => T): T {
    const written = this.ctx.storage.transactionSync(change);
    this.#arm();
    return written;
  }

  /** A setAlarm is a write: an earlier alarm serves as well, it recomputes when it rings. */
  #arm(notBefore = 0): void {
    if (!this.#created) return;
    const next = nextAlarm(dueOf(this.#sql));
    if (next === null) return;
    const at = Math.max(next, notBefore);
    if (this.#armedAt !== null && this.#armedAt <= at) return;
    this.#armedAt = at;
    this.ctx.waitUntil(this.ctx.storage.setAlarm(at));
  }
}
