import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { StoreConfig } from '../../shared/config/store_config.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { errorText, type Log } from '../log.ts';
import { AlarmTable } from './alarms.ts';
import { isDiskFailure, openDatabase, transaction } from './database.ts';
import { DeviceCommandTable } from './device_commands.ts';
import { IDEMPOTENCY_KEPT_MS, IdempotencyTable } from './idempotency.ts';
import { JournalTable, type ReportKind } from './journal.ts';
import { LeaseTable } from './leases.ts';
import { MetaTable } from './meta.ts';
import { PassTable } from './passes.ts';
import { PrintJobTable } from './print_jobs.ts';
import { ReceiptTable } from './receipts.ts';
import { ShelfTable } from './shelf.ts';
import type { TagBook } from './tag_book.ts';
import { TagTable } from './tags.ts';
import { TillDocumentTable } from './till_documents.ts';
import { TripTable } from './trips.ts';
import { UnknownEntryTable } from './unknown_entries.ts';
import { VendorDeliveryTable } from './vendor_deliveries.ts';

export const DATABASE_FILE = 'agent.sqlite';
const TAG_COPY_FILE = 'tags.copy';
/** So many rows are read at a start beside the copy without anyone noticing. */
const UNCOPIED_TAGS_MAX = 20_000;
export const DISK_RETRY_MS = 1_000;
const UNSAVED_RECORDS_MAX = 1_000;
const DAY_MS = 24 * 3_600_000;
const RECEIPTS_KEPT_MS = 90 * DAY_MS;
const ALARMS_KEPT_MS = 90 * DAY_MS;
const SETTLED_REPORTS_KEPT_MS = 35 * DAY_MS;
const PRINT_JOBS_KEPT_MS = 35 * DAY_MS;
const COMMANDS_KEPT_MS = 35 * DAY_MS;
const DELIVERIES_KEPT_MS = 35 * DAY_MS;
const TRIPS_KEPT_MS = 35 * DAY_MS;
/** What the edge has taken is kept for as long as somebody may ask for it again. */
const TILL_DOCUMENTS_KEPT_MS = 90 * DAY_MS;
/** A pass lives minutes; its jti must be known for longer than any clock can be off. */
const PASSES_KEPT_MS = 35 * DAY_MS;

const JwksDocument = z.object({ keys: z.array(z.record(z.string(), z.unknown())) });
export type JwksDocument = z.infer<typeof JwksDocument>;

export interface Tables {
  tags: TagTable;
  meta: MetaTable;
  receipts: ReceiptTable;
  journal: JournalTable;
  printJobs: PrintJobTable;
  passes: PassTable;
  unknownEntries: UnknownEntryTable;
  idempotency: IdempotencyTable;
  alarms: AlarmTable;
  deviceCommands: DeviceCommandTable;
  vendorDeliveries: VendorDeliveryTable;
  shelf: ShelfTable;
  trips: TripTable;
  leases: LeaseTable;
  tillDocuments: TillDocumentTable;
}

export interface DiskHealth {
  state: 'ok' | 'full';
  detail: string;
  since: string;
}

interface Unsaved {
  atMs: number;
  kind: ReportKind;
  data: Record<string, unknown>;
}

/**
 * What the agent knows: SQLite for what must outlive the process, memory for what a gate asks. A disk that
 * takes no more is an expected failure: writes say so, reads and the memory go on, and each second the
 * registered retries are run until all of them get through.
 */
export class AgentState {
  readonly book: TagBook;
  readonly #copyPath: string;
  readonly tables: Tables;
  readonly #db: DatabaseSync;
  readonly #now: () => number;
  readonly #log: Log;
  #disk: DiskHealth;
  #config: StoreConfig | null;
  #jwks: JwksDocument | null;
  #unsaved: Unsaved[] = [];
  #lostRecords = 0;
  #flush: NodeJS.Immediate | null = null;
  #retryTimer: NodeJS.Timeout | null = null;
  readonly #retries: (() => boolean)[] = [];
  readonly #reportListeners: (() => void)[] = [];
  readonly #diskListeners: ((disk: DiskHealth) => void)[] = [];

  constructor(folder: string, now: () => number, log: Log) {
    mkdirSync(folder, { recursive: true });
    this.#db = openDatabase(join(folder, DATABASE_FILE));
    this.#now = now;
    this.#log = log;
    this.#disk = { state: 'ok', detail: 'The disk takes writes.', since: new Date(now()).toISOString() };
    const meta = new MetaTable(this.#db);
    this.tables = {
      meta,
      tags: new TagTable(this.#db, meta),
      receipts: new ReceiptTable(this.#db),
      journal: new JournalTable(this.#db, meta),
      printJobs: new PrintJobTable(this.#db),
      passes: new PassTable(this.#db),
      unknownEntries: new UnknownEntryTable(this.#db),
      idempotency: new IdempotencyTable(this.#db),
      alarms: new AlarmTable(this.#db),
      deviceCommands: new DeviceCommandTable(this.#db),
      vendorDeliveries: new VendorDeliveryTable(this.#db),
      shelf: new ShelfTable(this.#db),
      trips: new TripTable(this.#db),
      leases: new LeaseTable(this.#db),
      tillDocuments: new TillDocumentTable(this.#db),
    };
    this.#copyPath = join(folder, TAG_COPY_FILE);
    this.book = this.tables.tags.load(this.#copyPath);
    for (const sale of this.tables.tags.localSales()) this.book.sellLocally(sale.order_id, [sale.epc]);
    this.#config = this.#storedConfig();
    const jwks = meta.get('jwks');
    this.#jwks = jwks === null ? null : JwksDocument.parse(JSON.parse(jwks));
  }

  /** The open database, for tests that shrink the disk and look behind the tables. */
  get database(): DatabaseSync {
    return this.#db;
  }

  /** One transaction over the tables. A disk that takes no more is a value; anything else is a bug and throws. */
  write<T>(
    body: (tables: Tables) => T extends PromiseLike<unknown> ? never : T,
  ): Result<T, { code: 'disk_full' }> {
    try {
      return ok(transaction<T>(this.#db, () => body(this.tables)));
    } catch (error) {
      if (!isDiskFailure(error)) throw error;
      this.#diskFailed(errorText(error));
      return err({ code: 'disk_full' });
    }
  }

  get epoch(): string | null {
    return this.tables.meta.get('epoch') || null;
  }

  /** Born with the storage, so that the edge never takes reports of a new disk for those of an old one. */
  get journal(): string {
    const journal = this.tables.meta.get('journal');
    if (journal === null) throw new Error('a storage without a journal id');
    return journal;
  }

  get cursor(): number {
    return this.tables.meta.number('cursor', 0);
  }

  /** Null until the first link to the edge. */
  get config(): StoreConfig | null {
    return this.#config;
  }

  /** Takes a configuration into memory; whoever calls has written it, or will. */
  adoptConfig(config: StoreConfig): void {
    this.#config = config;
  }

  get jwks(): JwksDocument | null {
    return this.#jwks;
  }

  adoptJwks(document: unknown): boolean {
    const parsed = JwksDocument.safeParse(document);
    if (!parsed.success || parsed.data.keys.length === 0) return false;
    this.#jwks = parsed.data;
    this.write((tables) => tables.meta.set('jwks', JSON.stringify(parsed.data)));
    return true;
  }

  /**
   * Journals something that has already happened (a gate has answered), soon and in one transaction with
   * its neighbours: the answer does not wait for the disk. Kept in memory while the disk is full.
   */
  record(kind: ReportKind, data: Record<string, unknown>): void {
    this.#unsaved.push({ atMs: this.#now(), kind, data });
    if (this.#unsaved.length > UNSAVED_RECORDS_MAX) {
      this.#unsaved.shift();
      this.#lostRecords += 1;
    }
    this.#flush ??= setImmediate(() => this.flushRecords());
  }

  flushRecords(): boolean {
    if (this.#flush !== null) clearImmediate(this.#flush);
    this.#flush = null;
    if (this.#unsaved.length === 0) return true;
    const unsaved = this.#unsaved;
    const written = this.write(({ journal }) => {
      for (const one of unsaved) journal.append(one.atMs, one.kind, one.data);
    });
    if (!written.ok) return false;
    this.#unsaved = [];
    this.reportsChanged();
    return true;
  }

  get lostRecords(): number {
    return this.#lostRecords;
  }

  get disk(): DiskHealth {
    return this.#disk;
  }

  onDisk(listener: (disk: DiskHealth) => void): void {
    this.#diskListeners.push(listener);
  }

  /** A piece of work that waits for the disk: answers true once nothing of it is left. */
  onDiskRetry(retry: () => boolean): void {
    this.#retries.push(retry);
  }

  /** Called after a commit that journalled something, so that the link sends it. */
  reportsChanged(): void {
    for (const listener of this.#reportListeners) listener();
  }

  onReports(listener: () => void): void {
    this.#reportListeners.push(listener);
  }

  /** Forgets what nobody will ask for again. */
  forgetOld(): void {
    const now = this.#now();
    this.write((tables) => {
      tables.receipts.forgetBefore(now - RECEIPTS_KEPT_MS);
      tables.journal.forgetSettledBefore(now - SETTLED_REPORTS_KEPT_MS);
      tables.printJobs.forgetFinishedBefore(now - PRINT_JOBS_KEPT_MS);
      tables.deviceCommands.forgetEndedBefore(now - COMMANDS_KEPT_MS);
      tables.vendorDeliveries.forgetEndedBefore(now - DELIVERIES_KEPT_MS);
      tables.passes.forgetBefore(now - PASSES_KEPT_MS);
      tables.alarms.forgetResolvedBefore(now - ALARMS_KEPT_MS);
      tables.idempotency.forgetBefore(now - IDEMPOTENCY_KEPT_MS);
      tables.trips.forgetBefore(now - TRIPS_KEPT_MS);
      tables.tillDocuments.forgetTakenBefore(now - TILL_DOCUMENTS_KEPT_MS);
    });
  }

  /** Saves a copy of the tags for the next start, where enough has changed. A failed copy costs only time. */
  saveTags(changedMin = UNCOPIED_TAGS_MAX): void {
    try {
      const changed = this.tables.tags.changedSinceCopy() >= changedMin || !existsSync(this.#copyPath);
      if (changed) this.write((tables) => tables.tags.saveCopy(this.#copyPath, this.book.store));
    } catch (error) {
      this.#log('warn', 'the copy of the tags was not saved', { err: errorText(error) });
    }
  }

  close(): void {
    this.flushRecords();
    this.saveTags(1);
    if (this.#retryTimer !== null) clearInterval(this.#retryTimer);
    this.#retryTimer = null;
    this.#db.close();
  }

  /** A configuration that this build cannot read is fetched anew: without an epoch the edge sends a snapshot. */
  #storedConfig(): StoreConfig | null {
    const text = this.tables.meta.get('config');
    if (text === null) return null;
    const parsed = StoreConfig.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    this.#log('warn', 'the stored configuration is of another version', { detail: parsed.error.message });
    this.write((tables) => tables.meta.set('epoch', ''));
    return null;
  }

  #diskFailed(detail: string): void {
    if (this.#disk.state === 'ok') {
      this.#setDisk('full', `The disk takes no more writes (${detail}).`);
      this.#log('error', 'disk full', { detail });
    }
    this.#retryTimer ??= setInterval(() => this.retryDisk(), DISK_RETRY_MS);
  }

  /** One round of retries; the disk counts as well again only when every waiting piece got through. */
  retryDisk(): void {
    const probe = this.write((tables) => tables.meta.set('probe', this.#now()));
    if (!probe.ok || !this.flushRecords() || !this.#retries.every((retry) => retry())) return;
    if (this.#retryTimer !== null) clearInterval(this.#retryTimer);
    this.#retryTimer = null;
    this.#setDisk('ok', 'The disk takes writes again.');
    this.#log('info', 'disk writable again');
  }

  #setDisk(state: DiskHealth['state'], detail: string): void {
    this.#disk = { state, detail, since: new Date(this.#now()).toISOString() };
    for (const listener of this.#diskListeners) listener(this.#disk);
  }
}
