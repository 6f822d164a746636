import { randomBytes } from 'node:crypto';
import type { Basket, Scan } from '../../shared/api/basket.ts';
import type { Order, Payment } from '../../shared/api/order.ts';
import type { DeviceId, StoreId } from '../../shared/ids/index.ts';
import type { ChainFault } from '../../shared/offline/chain.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { EdgeHttp } from '../link/edge_http.ts';
import type { FeedLink } from '../link/feed_link.ts';
import type { Log } from '../log.ts';
import type { PrintQueue } from '../printing/queue.ts';
import type { AgentState } from '../state/agent_state.ts';
import { approve } from './approve.ts';
import { type Caller, type Keep, type TillContext, type TillTerminal, tripOf } from './context.ts';
import { cancelOrder, endOverdue } from './end_trip.ts';
import { explained } from './explained.ts';
import { LeaseKeeper } from './lease_keeper.ts';
import { changeLine, createBasket, scan } from './lines.ts';
import { type Opened, openOrder } from './open_order.ts';
import { payAtOnce, type Tender } from './pay.ts';
import { askAgain, payByCard } from './pay_by_card.ts';
import { type Refusal, refuse } from './refusal.ts';
import { type TillReport, tillReport } from './report.ts';
import { ShelfBook } from './shelf_book.ts';
import { ShelfSync } from './shelf_sync.ts';
import { Silence } from './silence.ts';
import { type TillStatus, tillStatus } from './status.ts';
import { Uploader } from './uploader.ts';
import { basketOf, orderOf } from './view_trip.ts';
import { closeLeases } from './void_numbers.ts';

const SWEEP_EVERY_MS = 5_000;
const REFERENCE_BYTES = 16;

export interface TillParts {
  state: AgentState;
  storeId: StoreId;
  agentId: DeviceId;
  edge: EdgeHttp;
  link: Pick<FeedLink, 'linked' | 'heardAtMs' | 'status' | 'clockOffsetMs'>;
  printing: Pick<PrintQueue, 'submit' | 'submitted'>;
  printerOf(deviceId: DeviceId): DeviceId | undefined;
  openDrawer(deviceId: DeviceId): void;
  terminals: readonly TillTerminal[];
  payUrl(orderId: string, reference: string): string;
  now(): number;
  newUuid(): string;
  log: Log;
  /** Something that a kiosk shows has changed: its limits, its numbers, what waits to be sent. */
  onChange(): void;
}

/**
 * The tills of the store: kiosks and staff sell, number and print from this agent alone. With the line up they
 * sell the very same way, and the edge hears of each sale a moment later.
 */
export class Till {
  readonly #parts: TillParts;
  readonly #context: TillContext;
  readonly #shelf: ShelfBook;
  readonly #shelfSync: ShelfSync;
  readonly #leases: LeaseKeeper;
  readonly #uploader: Uploader;
  readonly #silence: Silence;
  readonly #damaged = new Map<string, ChainFault>();
  #sweep: NodeJS.Timeout | null = null;

  constructor(parts: TillParts) {
    const { state, edge, link, now, log, onChange } = parts;
    const linked = (): boolean => link.linked();
    this.#parts = parts;
    this.#shelf = new ShelfBook(state, log);
    this.#silence = new Silence(state, link, now);
    this.#shelfSync = new ShelfSync({ state, edge, linked, log, onSwap: onChange });
    this.#leases = new LeaseKeeper({
      ...{ state, edge, linked, log, newUuid: parts.newUuid, onLease: onChange },
      onFork: (deviceId) => this.#fork(deviceId),
    });
    this.#uploader = new Uploader({
      ...{ state, edge, linked, log, now, onProgress: onChange },
      verify: (deviceId) => this.#verify(deviceId, state.tables.tillDocuments.faultOfPending(deviceId)),
    });
    this.#context = {
      ...parts,
      shelf: () => this.#shelf.now(),
      usage: () => ({ ...state.tables.tillDocuments.unsent(), since_ms: this.#silence.sinceMs() }),
      linked,
      clockOffsetMs: () => (link.heardAtMs() === null ? null : link.clockOffsetMs),
      isDamaged: (deviceId) => this.#damaged.has(deviceId),
      newReference: () => randomBytes(REFERENCE_BYTES).toString('base64url'),
      asking: new Set(),
      onDocument: () => {
        this.#uploader.kick();
        this.#leases.used();
        onChange();
      },
    };
  }

  /** Looks every chain through, then takes up what an earlier process left. */
  start(): void {
    const { tillDocuments } = this.#parts.state.tables;
    for (const deviceId of tillDocuments.devices()) this.#verify(deviceId, tillDocuments.fault(deviceId));
    this.#silence.start();
    this.#sweep = setInterval(() => this.#tidy(), SWEEP_EVERY_MS);
    this.linkChanged();
  }

  async close(): Promise<void> {
    if (this.#sweep !== null) clearInterval(this.#sweep);
    await Promise.all([this.#shelfSync.close(), this.#leases.close(), this.#uploader.close()]);
    this.#silence.close();
  }

  linkChanged(): void {
    this.#silence.note();
    this.#parts.onChange();
    if (!this.#parts.link.linked()) return;
    this.#shelfSync.kick();
    this.#leases.kick();
    this.#uploader.linkedAgain();
  }

  shelfNamed(): void {
    this.#shelfSync.kick();
  }

  configChanged(): void {
    this.#leases.kick();
    this.#parts.onChange();
  }

  // ---- what kiosks and staff do ----

  status(caller: Caller): TillStatus | null {
    return tillStatus(this.#context, caller, this.#parts.link.status().state);
  }

  createBasket(caller: Caller, keep: Keep<Basket>): Result<Basket, Refusal> {
    return createBasket(this.#context, caller, keep);
  }

  readBasket(caller: Caller, basketId: string, include: { explained: boolean }): Result<Basket, Refusal> {
    const trip = tripOf(this.#context, caller, basketId);
    if (!trip.ok) return trip;
    const basket = basketOf(trip.value, this.#parts.storeId, this.#parts.now());
    return ok(include.explained ? { ...basket, explanation: explained(this.#context, trip.value) } : basket);
  }

  scan(caller: Caller, basketId: string, request: Scan, keep: Parameters<typeof scan>[4]) {
    return scan(this.#context, caller, basketId, request, keep);
  }

  changeLine(
    caller: Caller,
    basketId: string,
    wanted: { line_id: string; quantity: number },
  ): Result<Basket, Refusal> {
    return changeLine(this.#context, caller, basketId, wanted);
  }

  approve(caller: Caller, basketId: string): Result<Basket, Refusal> {
    return approve(this.#context, caller, basketId);
  }

  /** A device that has never sold gets its first numbers here, where the line is up. */
  async openOrder(caller: Caller, basketId: string, keep: Keep<Opened>): Promise<Result<Opened, Refusal>> {
    const trip = tripOf(this.#context, caller, basketId);
    if (!trip.ok) return trip;
    await this.#leases.need(trip.value.device_id);
    return openOrder(this.#context, caller, basketId, keep);
  }

  readOrder(caller: Caller, basketId: string): Result<Order, Refusal> {
    const trip = tripOf(this.#context, caller, basketId);
    if (!trip.ok) return trip;
    const order = orderOf(trip.value, this.#parts.storeId);
    return order === null ? refuse('not_found') : ok(order);
  }

  cancelOrder(caller: Caller, basketId: string): Result<Order, Refusal> {
    return cancelOrder(this.#context, caller, basketId);
  }

  pay(caller: Caller, basketId: string, tender: Tender, keep: Keep<Payment>): Result<Payment, Refusal> {
    switch (`${tender.gateway} ${tender.method}`) {
      case 'cash cash':
      case 'pay_later link':
        return payAtOnce(this.#context, caller, basketId, tender, keep);
      case 'terminal card':
        return payByCard(this.#context, caller, basketId, tender, keep);
      default:
        return refuse('unknown_gateway');
    }
  }

  // ---- what staff look at and put right ----

  closeLeases(deviceId: DeviceId): Result<{ voided: number }, Refusal> {
    const { config } = this.#parts.state;
    if (config === null) return refuse('store_unavailable');
    this.#leases.rest(deviceId);
    return closeLeases(this.#context, config, deviceId);
  }

  /** Sends everything again that is still here; the edge knows what it has. Answers how many documents wait. */
  sendAgain(): Result<{ waiting: number }, Refusal> {
    const { state } = this.#parts;
    const written = state.write(({ tillDocuments }) => {
      for (const deviceId of tillDocuments.devices()) tillDocuments.sendAgain(deviceId, 'all');
      return tillDocuments.pendingCount();
    });
    if (!written.ok) return refuse('disk_full');
    this.#uploader.kick();
    return ok({ waiting: written.value });
  }

  report(): TillReport {
    const { state, now } = this.#parts;
    return tillReport(state, { damaged: this.#damaged, gaps: this.#uploader.gaps }, now());
  }

  #tidy(): void {
    endOverdue(this.#context);
    for (const trip of this.#parts.state.tables.trips.locked()) {
      const { order } = trip;
      const pending = order?.payments.find((one) => one.gateway === 'terminal' && one.status === 'pending');
      const old = pending !== undefined && this.#parts.now() - pending.updated_at > SWEEP_EVERY_MS;
      if (order !== null && pending !== undefined && old)
        void askAgain(this.#context, { ...trip, order }, pending);
    }
  }

  #verify(deviceId: string, fault: ChainFault | null): ChainFault | null {
    const known = this.#damaged.get(deviceId);
    if (fault === null || known?.device_seq === fault.device_seq) return fault ?? known ?? null;
    const { state, log, now, onChange } = this.#parts;
    this.#damaged.set(deviceId, fault);
    log('error', 'a record of this till was changed; nothing from it on is sent', {
      device: deviceId,
      ...fault,
    });
    state.write(({ journal }) => journal.append(now(), 'till.damaged', { device_id: deviceId, ...fault }));
    state.reportsChanged();
    onChange();
    return fault;
  }

  /** Records of this device lie at the edge that were never written here: an old copy of the disk came back. */
  #fork(deviceId: DeviceId): void {
    const { seq } = this.#parts.state.tables.tillDocuments.end(deviceId);
    this.#verify(deviceId, { device_seq: seq + 1, fault: 'gap' });
  }
}
