import { DurableObject } from 'cloudflare:workers';
import type { z } from 'zod';
import type { Order } from '../../shared/api/order.ts';
import { type ScanTest, ScanTest as ScanTestSchema } from '../../shared/api/scan_test.ts';
import { StoreConfig } from '../../shared/config/store_config.ts';
import { PING, PONG } from '../../shared/feed/frames.ts';
import {
  type BasketId,
  type CloudPrintJobId,
  type ItemId,
  type OrderId,
  uuidv7,
} from '../../shared/ids/index.ts';
import type { LeaseNumbers, ShelfQuery } from '../../shared/offline/wire.ts';
import type { CollectionStatus } from '../../shared/order/collection.ts';
import { err, ok } from '../../shared/result.ts';
import {
  type AgentCall,
  type CloseLease,
  ReturnItems,
  type StoreForAgents,
  type Uploaded,
} from '../../shared/rpc/agents.ts';
import { AskCloudPrint, type StoreForPrinters } from '../../shared/rpc/cloud_print.ts';
import type { PaymentIncident, TerminalLease } from '../../shared/rpc/payment.ts';
import type { RecordRefund, RefundTrouble } from '../../shared/rpc/refunds.ts';
import type {
  CollectionTold,
  CommitSale,
  GuestSessionRecord,
  OpenOrder,
  ReviewOrder,
  StoreForCloud,
  StoreForEdge,
  Take,
} from '../../shared/rpc/store.ts';
import {
  EventsQuery,
  type PromotionsQuery,
  RegisterTags,
  StagePromotions,
  StageShelf,
  SwapShelf,
} from '../../shared/rpc/store.ts';
import type { Env } from '../env.ts';
import { dueOf, housekeep, nextAlarm } from './alarm.ts';
import { cancelOrder } from './cancel_order.ts';
import { commitSale } from './commit_sale.ts';
import { explainScanAt } from './explain_scan.ts';
import { FeedHub, socketOf } from './feed_hub.ts';
import { receive } from './feed_socket.ts';
import { guestSession } from './guest_sessions.ts';
import { orderHolder } from './holds.ts';
import { raisePaymentIncident, resolveIncident } from './incidents.ts';
import { itemsById } from './items_by_id.ts';
import { tagOf } from './ledger.ts';
import { type ListedTag, listTags, type TagsQuery } from './list_tags.ts';
import { once } from './offline/agent_call.ts';
import { debtOf, settleDebt } from './offline/debt.ts';
import { closeLease, leaseNumbers, openLeases } from './offline/leases.ts';
import { tillSale } from './offline/order_of_sale.ts';
import { returnItems } from './offline/return_items.ts';
import { shelfPage } from './offline/shelf_page.ts';
import { takeUpload } from './offline/take_documents.ts';
import { openOrder } from './open_order.ts';
import { drainOutbox, eventsAfter, outboxBackoffMs, outboxHead } from './outbox.ts';
import {
  askCloudPrint,
  cloudPrintJob,
  fetchCloudPaper,
  nextCloudPaper,
  settleCloudPaper,
} from './print/cloud_jobs.ts';
import { bornWith, mayPutConfig, readStore, replaceConfig } from './put_config.ts';
import { collections, recordCollection } from './record_collection.ts';
import { recordRefund, recordRefundTrouble } from './record_refund.ts';
import { findReference, linkReference } from './references.ts';
import { registerTags } from './register_tags.ts';
import { release } from './release.ts';
import { reviewOrder } from './review_order.ts';
import { isProvisioned, migrate } from './schema.ts';
import { nothingAfter, type Scope } from './scope.ts';
import { shelfForBasket, stageShelf, swapShelf } from './shelf.ts';
import { promotionsForBasket, stagePromotions } from './shelf_promotions.ts';
import type { Sql } from './sql.ts';
import { statusOf } from './status.ts';
import { returnStock } from './stock.ts';
import { take, takeItem } from './take.ts';
import { freeTerminal, leaseTerminal } from './terminals.ts';
import { noteVerification, waitingBaskets } from './verifications.ts';

/** The device id that the Worker has verified; it sets the header itself, whatever the client sent. */
export const AGENT_HEADER = 'x-sesame-agent';

type Store = Pick<Scope, 'config' | 'epoch'>;

/**
 * The truth of one store; the object's name is the store's id. Glue: each method runs one verb in one
 * synchronous transaction, then pushes the feed, drains the outbox and arms the alarm.
 */
export class StoreObject
  extends DurableObject<Env>
  implements StoreForEdge, StoreForCloud, StoreForAgents, StoreForPrinters
{
  readonly #sql: Sql;
  readonly #feed: FeedHub;
  /** Null: never provisioned, and nothing is written until it is. */
  #store: Store | null = null;
  #armedAt: number | null = null;
  #draining: Promise<void> | null = null;
  #outboxFailures = 0;
  #outboxRetryAt: number | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    // The generic is the caller's word for its columns, so the adapter itself claims nothing.
    this.#sql = { exec: (query, ...bindings) => ctx.storage.sql.exec<never>(query, ...bindings).toArray() };
    this.#feed = new FeedHub(ctx, () => this.#scope(this.#provisioned()));
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    ctx.blockConcurrencyWhile(async () => {
      if (!isProvisioned(this.#sql)) return;
      ctx.storage.transactionSync(() => migrate(this.#sql));
      this.#store = readStore(this.#sql);
      this.#armedAt = await ctx.storage.getAlarm();
      this.#arm(nextAlarm(dueOf(this.#sql, null), Date.now()));
      this.#feed.push();
    });
  }

  // ---- for the cloud: payloads of another Worker are parsed here ----

  async putConfig(input: StoreConfig): ReturnType<StoreForCloud['putConfig']> {
    const config = StoreConfig.parse(input);
    if (this.ctx.id.name !== undefined && this.ctx.id.name !== config.store_id)
      return err({ code: 'other_tenant' });
    if (this.#store === null) {
      const born = { config, epoch: crypto.randomUUID() };
      this.#run(born, bornWith);
    } else {
      const verdict = mayPutConfig(this.#store.config, config);
      if (!verdict.ok) return verdict;
      // Before the new configuration goes out on the feed.
      this.#feed.keepOnly(new Set(config.devices.map(({ id }) => id)));
      this.#run(this.#store, (scope) => replaceConfig(scope, config));
    }
    this.#store = readStore(this.#sql);
    return ok({ version: this.#store.config.version });
  }

  async stageShelf(input: StageShelf): ReturnType<StoreForCloud['stageShelf']> {
    const part = StageShelf.parse(input);
    return this.#store === null
      ? err({ code: 'unknown_store' })
      : this.#run(this.#store, (s) => stageShelf(s, part));
  }

  async stagePromotions(input: StagePromotions): ReturnType<StoreForCloud['stagePromotions']> {
    const part = StagePromotions.parse(input);
    return this.#store === null
      ? err({ code: 'unknown_store' })
      : this.#run(this.#store, (s) => stagePromotions(s, part));
  }

  async swapShelf(input: SwapShelf): ReturnType<StoreForCloud['swapShelf']> {
    const swap = SwapShelf.parse(input);
    return this.#store === null
      ? err({ code: 'unknown_store' })
      : this.#run(this.#store, (s) => swapShelf(s, swap));
  }

  async registerTags(input: RegisterTags): ReturnType<StoreForCloud['registerTags']> {
    const tags = RegisterTags.parse(input);
    if (this.#store === null) return err({ code: 'unknown_store' });
    return ok(this.#run(this.#store, (scope) => registerTags(scope, tags)));
  }

  async eventsAfter(after: number, limit: number): ReturnType<StoreForCloud['eventsAfter']> {
    const query = EventsQuery.parse({ after, limit });
    if (this.#store === null) return { epoch: '', head: 0, events: [] };
    const events = eventsAfter(this.#sql, query.after, query.limit);
    return { epoch: this.#store.epoch, head: outboxHead(this.#sql), events };
  }

  async returnItems(input: ReturnItems): ReturnType<StoreForCloud['returnItems']> {
    const back = ReturnItems.parse(input);
    if (this.#store === null) return err({ code: 'unknown_store' });
    return ok(this.#run(this.#store, (scope) => returnItems(scope, back)));
  }

  async resolveIncident(incident_id: string): Promise<void> {
    if (this.#store !== null) this.#run(this.#store, (scope) => resolveIncident(scope, String(incident_id)));
  }

  async status(): ReturnType<StoreForCloud['status']> {
    if (this.#store === null) return null;
    return statusOf(this.#scope(this.#store), this.#feed.cursors());
  }

  async explainScan(test: ScanTest): ReturnType<StoreForCloud['explainScan']> {
    if (this.#store === null) return null;
    return explainScanAt(this.#scope(this.#store), ScanTestSchema.parse(test));
  }

  // ---- for the edge ----

  async config(): ReturnType<StoreForEdge['config']> {
    return this.#store?.config ?? null;
  }

  async shelfForBasket(): ReturnType<StoreForEdge['shelfForBasket']> {
    return this.#store === null ? null : shelfForBasket(this.#sql);
  }

  async promotionsForBasket(query: PromotionsQuery): ReturnType<StoreForEdge['promotionsForBasket']> {
    return this.#store === null ? null : promotionsForBasket(this.#sql, query);
  }

  async itemsById(ids: ItemId[]): ReturnType<StoreForEdge['itemsById']> {
    return this.#store === null ? [] : itemsById(this.#sql, ids);
  }

  async take(request: Take): ReturnType<StoreForEdge['take']> {
    return this.#store === null
      ? err({ code: 'unknown_store' })
      : this.#run(this.#store, (s) => take(s, request));
  }

  async release(request: { basket_id: BasketId; epcs: string[] }): Promise<void> {
    if (this.#store !== null) this.#run(this.#store, () => release(this.#sql, request));
  }

  async takeItem(request: Parameters<StoreForEdge['takeItem']>[0]): ReturnType<StoreForEdge['takeItem']> {
    return this.#store === null
      ? err({ code: 'unknown_store' })
      : takeItem(this.#scope(this.#store), request);
  }

  async noteVerification(note: Parameters<StoreForEdge['noteVerification']>[0]): Promise<void> {
    this.#run(this.#provisioned(), () => noteVerification(this.#sql, note));
  }

  async waitingBaskets(): ReturnType<StoreForEdge['waitingBaskets']> {
    return this.#store === null ? [] : waitingBaskets(this.#sql);
  }

  async returnStock(back: Parameters<StoreForEdge['returnStock']>[0]): Promise<void> {
    this.#run(this.#provisioned(), (scope) => returnStock(scope, back));
  }

  async openOrder(open: OpenOrder): ReturnType<StoreForEdge['openOrder']> {
    return this.#run(this.#provisioned(), (scope) => openOrder(scope, open));
  }

  async cancelOrder(cancel: {
    basket_id: BasketId;
    reason: string;
  }): ReturnType<StoreForEdge['cancelOrder']> {
    return this.#store === null
      ? err({ code: 'not_found' })
      : this.#run(this.#store, (s) => cancelOrder(s, cancel));
  }

  async commitSale(commit: CommitSale): ReturnType<StoreForEdge['commitSale']> {
    return this.#run(this.#provisioned(), (scope) => commitSale(scope, commit));
  }

  async reviewOrder(review: ReviewOrder): ReturnType<StoreForEdge['reviewOrder']> {
    return this.#store === null
      ? err({ code: 'not_found' })
      : this.#run(this.#store, (scope) => reviewOrder(scope, review));
  }

  async recordCollection(told: CollectionTold): ReturnType<StoreForEdge['recordCollection']> {
    return this.#run(this.#provisioned(), (scope) => recordCollection(scope, told));
  }

  async collections(status: CollectionStatus): ReturnType<StoreForEdge['collections']> {
    return this.#store === null ? [] : collections(this.#sql, status);
  }

  async recordRefund(told: RecordRefund): ReturnType<StoreForEdge['recordRefund']> {
    return this.#run(this.#provisioned(), (scope) => recordRefund(scope, told));
  }

  async recordRefundTrouble(trouble: RefundTrouble): Promise<void> {
    this.#run(this.#provisioned(), (scope) => recordRefundTrouble(scope, trouble));
  }

  async debtOf(asked: { order_id: OrderId; reference: string }): ReturnType<StoreForEdge['debtOf']> {
    return this.#store === null ? null : debtOf({ sql: this.#sql, config: this.#store.config }, asked);
  }

  async settleDebt(order: Order): Promise<void> {
    this.#run(this.#provisioned(), (scope) => settleDebt(scope, order));
  }

  async linkReference(link: { gateway: string; reference: string; basket_id: BasketId }): Promise<void> {
    this.#run(this.#provisioned(), () => linkReference(this.#sql, link));
  }

  async findReference(find: { gateway: string; reference: string }): Promise<BasketId | null> {
    return this.#store === null ? null : findReference(this.#sql, find);
  }

  async guestSession(request: {
    key: string;
    body_hash: string;
    record: GuestSessionRecord;
  }): ReturnType<StoreForEdge['guestSession']> {
    return this.#run(this.#provisioned(), (scope) => guestSession(this.#sql, scope.now, request));
  }

  async tag(epc: string): ReturnType<StoreForEdge['tag']> {
    if (this.#store === null) return null;
    const tag = tagOf(this.#sql, epc);
    if (tag === null) return { epc, status: 'unknown', rev: 0 };
    const { status, rev, order_id } = tag;
    const holder = status === 'unsold' ? orderHolder(this.#sql, epc) : null;
    return {
      epc,
      status,
      rev,
      ...(order_id === null ? {} : { order_id }),
      ...(holder === null ? {} : { held_by: holder }),
    };
  }

  /** A page of the ledger for staff. */
  async tags(query: TagsQuery): Promise<ListedTag[]> {
    return this.#store === null ? [] : listTags(this.#sql, Date.now(), query);
  }

  // ---- for printers without an agent ----

  async askCloudPrint(call: AgentCall, input: AskCloudPrint): ReturnType<StoreForPrinters['askCloudPrint']> {
    const ask = AskCloudPrint.parse(input);
    return this.#run(this.#provisioned(), (scope) => once(scope, call, () => askCloudPrint(scope, ask)));
  }

  async cloudPrintJob(id: CloudPrintJobId): ReturnType<StoreForPrinters['cloudPrintJob']> {
    return this.#store === null ? null : cloudPrintJob(this.#sql, id);
  }

  async nextCloudPaper(
    printer: Parameters<StoreForPrinters['nextCloudPaper']>[0],
  ): ReturnType<StoreForPrinters['nextCloudPaper']> {
    return this.#run(this.#provisioned(), (scope) => nextCloudPaper(scope, printer));
  }

  async fetchCloudPaper(
    printer: Parameters<StoreForPrinters['fetchCloudPaper']>[0],
  ): ReturnType<StoreForPrinters['fetchCloudPaper']> {
    return this.#run(this.#provisioned(), (scope) => fetchCloudPaper(scope, printer));
  }

  async settleCloudPaper(
    settle: Parameters<StoreForPrinters['settleCloudPaper']>[0],
  ): ReturnType<StoreForPrinters['settleCloudPaper']> {
    return this.#run(this.#provisioned(), (scope) => settleCloudPaper(scope, settle));
  }

  // ---- for the agents ----

  async shelfPage(query: z.infer<typeof ShelfQuery>): ReturnType<StoreForAgents['shelfPage']> {
    this.#provisioned();
    return shelfPage(this.#sql, query);
  }

  async leaseNumbers(
    call: AgentCall,
    lease: z.infer<typeof LeaseNumbers>,
  ): ReturnType<StoreForAgents['leaseNumbers']> {
    const { agent } = call;
    return this.#run(this.#provisioned(), (s) => once(s, call, () => leaseNumbers(s, { ...lease, agent })));
  }

  async openLeases(): ReturnType<StoreForAgents['openLeases']> {
    return this.#store === null ? [] : openLeases(this.#sql);
  }

  async closeLease(call: AgentCall, close: CloseLease): ReturnType<StoreForAgents['closeLease']> {
    return this.#run(this.#provisioned(), (s) => once(s, call, () => closeLease(s, close)));
  }

  async tillSale(order_id: OrderId): ReturnType<StoreForAgents['tillSale']> {
    return this.#store === null ? null : tillSale({ sql: this.#sql, config: this.#store.config }, order_id);
  }

  async takeDocuments(call: AgentCall, uploaded: Uploaded[]): ReturnType<StoreForAgents['takeDocuments']> {
    return this.#run(this.#provisioned(), (s) => once(s, call, () => takeUpload(s, call.agent, uploaded)));
  }

  // ---- payments of its trips ----

  async raisePaymentIncident(incident: PaymentIncident): Promise<void> {
    this.#run(this.#provisioned(), (scope) => raisePaymentIncident(scope, incident));
  }

  async leaseTerminal(lease: TerminalLease): ReturnType<StoreForEdge['leaseTerminal']> {
    return this.#run(this.#provisioned(), (scope) => leaseTerminal(scope, lease));
  }

  async freeTerminal(lease: Pick<TerminalLease, 'terminal_id' | 'payment_id'>): Promise<void> {
    this.#run(this.#provisioned(), (scope) => freeTerminal(scope, lease));
  }

  // ---- the feed ----

  override async fetch(request: Request): Promise<Response> {
    const agent = request.headers.get(AGENT_HEADER);
    if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket' || agent === null) {
      return new Response(null, { status: 426, headers: { upgrade: 'websocket' } });
    }
    if (this.#store === null) return new Response(null, { status: 404 });
    return this.#feed.accept(agent);
  }

  override webSocketMessage(ws: WebSocket, message: string | ArrayBuffer): void {
    const socket = socketOf(ws);
    if (socket === null) return;
    this.#feed.react(
      ws,
      this.#run(this.#provisioned(), (scope) => receive(scope, socket, message)),
    );
  }

  override webSocketClose(ws: WebSocket, code: number): void {
    this.#feed.closed(ws, code);
  }

  override webSocketError(ws: WebSocket): void {
    this.#feed.forget(ws);
  }

  override async alarm(): Promise<void> {
    this.#armedAt = null;
    if (this.#store === null) return;
    this.#feed.noteAll();
    this.#run(this.#store, housekeep);
    this.#outboxRetryAt = null;
    await this.#drain();
    this.#arm(nextAlarm(dueOf(this.#sql, this.#outboxRetryAt), Date.now()));
  }

  // ---- glue ----

  /** Baskets and sales exist only where the store does: anything else is a bug of the caller. */
  #provisioned(): Store {
    if (this.#store === null) throw new Error('the store was never provisioned');
    return this.#store;
  }

  #scope(store: Store): Scope {
    const now = Date.now();
    const newUuid = () => uuidv7(now, crypto.getRandomValues(new Uint8Array(10)));
    return { sql: this.#sql, config: store.config, epoch: store.epoch, now, newUuid, after: nothingAfter() };
  }

  /** One verb in one transaction, then what follows from it. The type refuses an asynchronous verb. */
  #run<T>(store: Store, verb: (scope: Scope) => T extends PromiseLike<unknown> ? never : T): T {
    const scope = this.#scope(store);
    const answer: T = this.ctx.storage.transactionSync(() => verb(scope));
    if (scope.after.feed) this.#feed.push();
    if (scope.after.outbox) this.ctx.waitUntil(this.#drain());
    this.#arm(scope.after.wakeAt);
    return answer;
  }

  /** A setAlarm is a write: an earlier alarm serves as well, it recomputes when it rings. */
  #arm(atMs: number | null): void {
    if (atMs === null || (this.#armedAt !== null && this.#armedAt <= atMs)) return;
    this.#armedAt = atMs;
    this.ctx.waitUntil(this.ctx.storage.setAlarm(atMs));
  }

  /** One drain at a time. While the queue refuses, the alarm retries, not every command. */
  #drain(): Promise<void> {
    if (this.#outboxRetryAt !== null && Date.now() < this.#outboxRetryAt) return Promise.resolve();
    this.#draining ??= this.#drainNow().finally(() => {
      this.#draining = null;
    });
    return this.#draining;
  }

  async #drainNow(): Promise<void> {
    const send = (messages: string[]) =>
      this.env.EVENTS.sendBatch(messages.map((body) => ({ body, contentType: 'text' as const })));
    const drained = await drainOutbox(this.#sql, send);
    this.#outboxFailures = drained ? 0 : this.#outboxFailures + 1;
    this.#outboxRetryAt = drained ? null : Date.now() + outboxBackoffMs(this.#outboxFailures);
    this.#arm(this.#outboxRetryAt);
  }
}
