import type { Terminal } from '../../hardware/port.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import type { DeviceId, StoreId } from '../../shared/ids/index.ts';
import type { OfflineUsage } from '../../shared/offline/limits.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Log } from '../log.ts';
import type { PrintQueue } from '../printing/queue.ts';
import type { AgentState, Tables } from '../state/agent_state.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { TillShelf } from './shelf_book.ts';
import type { Trip } from './trip.ts';

/** A card terminal of the shop, and the kiosk or till that it stands at; null: any of them may use it. */
export interface TillTerminal {
  id: string;
  kioskId: string | null;
  device: Terminal;
}

/** What the verbs of a till work with. */
export interface TillContext {
  state: AgentState;
  storeId: StoreId;
  agentId: DeviceId;
  shelf(): TillShelf | null;
  /** What was sold since the edge last took something, and since when the line is cut. */
  usage(): OfflineUsage;
  linked(): boolean;
  clockOffsetMs(): number | null;
  /** Whether this device's records were changed by somebody. */
  isDamaged(deviceId: DeviceId): boolean;
  printing: Pick<PrintQueue, 'submit' | 'submitted'>;
  printerOf(deviceId: DeviceId): DeviceId | undefined;
  /** Opens the cash drawer that stands at this device, if one does. */
  openDrawer(deviceId: DeviceId): void;
  terminals: readonly TillTerminal[];
  /** Payments that a terminal is being asked about at this moment. */
  asking: Set<string>;
  /** Where a shopper pays later, as the paper's QR code says it. */
  payUrl(orderId: string, reference: string): string;
  now(): number;
  newUuid(): string;
  /** 128 random bits that nobody can guess. */
  newReference(): string;
  /** A document is on the disk: it may be sent. */
  onDocument(): void;
  log: Log;
}

/** Who asks: a kiosk in its own name, or staff at the till of the agent itself. */
export interface Caller {
  device_id: DeviceId;
  staff_id: string | null;
}

/** Keeps the answer of a call under its idempotency key, in the transaction of the effect. */
export type Keep<T> = (tables: Tables, answer: T) => void;

/** One transaction whose body may refuse; a refusal must come before the first write. */
export function changing<T>(
  till: TillContext,
  body: (tables: Tables) => Result<T, Refusal>,
): Result<T, Refusal> {
  const written = till.state.write<Result<T, Refusal>>(body);
  return written.ok ? written.value : refuse('disk_full');
}

/** The trip, if the caller may touch it: a kiosk its own, staff every one. */
export function tripOf(till: TillContext, caller: Caller, basketId: string): Result<Trip, Refusal> {
  const trip = till.state.tables.trips.get(basketId);
  if (trip === null) return refuse('not_found');
  const own = trip.device_id === caller.device_id || caller.staff_id !== null;
  return own ? ok(trip) : refuse('not_found');
}

/** What the till sells by: the store's configuration and its shelf, or that it has never had them. */
export function tradeOf(till: TillContext): Result<{ config: StoreConfig; shelf: TillShelf }, Refusal> {
  const { config } = till.state;
  const shelf = till.shelf();
  if (config === null || shelf === null)
    return refuse('store_unavailable', 'The store agent has not fetched the shelf of this store yet.');
  return ok({ config, shelf });
}
