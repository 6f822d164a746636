import { readFileSync } from 'node:fs';
import { localDateTime } from '../../shared/basket/local_time.ts';
import { EasProfile, type EasState } from '../../shared/eas/profile.ts';
import { EAS_PROFILES } from '../../shared/eas/profiles/index.ts';
import { keyOf } from '../../shared/eas/request.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { errorText } from '../log.ts';
import type { Tables } from '../state/agent_state.ts';
import type { VendorDelivery } from '../state/vendor_deliveries.ts';
import type { VendorConfig } from './config.ts';
import { reconcile } from './reconcile.ts';
import { Vendor, type VendorContext, type VendorHealth } from './vendor.ts';

const RECONCILE_CHECK_MS = 60_000;

export interface VendorsContext extends Omit<VendorContext, 'config' | 'profile' | 'onHealth'> {
  vendors: readonly VendorConfig[];
  newId(): string;
  /** The zone of the store's clock; null while the store is not known. */
  timezone(): string | null;
  onHealth(vendor: string, health: VendorHealth): void;
}

export type ReplayRefusal = 'not_found' | 'not_dead' | 'superseded';

/** All vendors of this store: what happens to tags goes on the list of each, in the transaction where it happens. */
export class Vendors {
  readonly #context: VendorsContext;
  readonly #vendors: Vendor[] = [];
  /** Those whose profile cannot be used, and why. */
  readonly #broken: { id: string; health: VendorHealth }[] = [];
  #kicked: NodeJS.Immediate | null = null;
  #timer: NodeJS.Timeout | null = null;
  #reconciling: Promise<void> = Promise.resolve();

  constructor(context: VendorsContext) {
    this.#context = context;
    for (const config of context.vendors) {
      const profile = profileOf(config);
      if (profile.ok) {
        const onHealth = (health: VendorHealth): void => context.onHealth(config.id, health);
        this.#vendors.push(new Vendor({ ...context, config, profile: profile.value, onHealth }));
        continue;
      }
      const since = new Date(context.now()).toISOString();
      this.#broken.push({ id: config.id, health: { state: 'offline', detail: profile.error, since } });
      context.log('error', 'a vendor’s profile cannot be used', { vendor: config.id, detail: profile.error });
    }
    if (this.#vendors.length === 0) return;
    context.state.tables.tags.watch((tag) => this.#changed(tag));
  }

  start(): void {
    for (const vendor of this.#vendors) vendor.start();
    if (this.#vendors.length === 0) return;
    this.#timer = setInterval(() => this.#reconcileDue(), RECONCILE_CHECK_MS);
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    if (this.#kicked !== null) clearImmediate(this.#kicked);
    await Promise.all(this.#vendors.map((vendor) => vendor.close()));
    await this.#reconciling;
  }

  list() {
    const { tables } = this.#context.state;
    const nothing = { waiting: 0, dead: 0, oldest_at: null, circuitOpen: false };
    return [
      ...this.#vendors.map(({ id, health, circuitOpen }) => ({
        id,
        health,
        circuitOpen,
        ...tables.vendorDeliveries.counts(id),
      })),
      ...this.#broken.map((one) => ({ ...one, ...nothing })),
    ];
  }

  /** A dead delivery gets all its attempts again; one that later news has overtaken does not. */
  replay(tables: Pick<Tables, 'vendorDeliveries'>, id: string): Result<VendorDelivery, ReplayRefusal> {
    const one = tables.vendorDeliveries.get(id);
    if (one === null) return err('not_found');
    if (one.status !== 'dead') return err('not_dead');
    if (tables.vendorDeliveries.isSuperseded(one)) return err('superseded');
    const now = this.#context.now();
    const change = { status: 'waiting', attempts: 0, due_at: now, code: 'replayed' } as const;
    tables.vendorDeliveries.change(id, change, now);
    return ok({ ...one, ...change, updated_at: now });
  }

  kick(): void {
    for (const vendor of this.#vendors) vendor.kick();
  }

  /** Reconciles now, whatever the time. */
  async reconcileAll(): Promise<void> {
    const { state, now, log } = this.#context;
    for (const vendor of this.#vendors) {
      const found = await reconcile(vendor, state, now);
      if (found !== null) log('info', 'a vendor was reconciled', { vendor: vendor.id, ...found });
    }
  }

  /** Runs within the transaction that changes the tag. */
  #changed({ epc, to, orderId }: { epc: string; to: EasState; orderId: string }): void {
    const { now, newId, state } = this.#context;
    const nowMs = now();
    const mark = {
      key: keyOf({ ref: orderId, epc, to }),
      epc,
      to,
      ref: orderId,
      at: new Date(nowMs).toISOString(),
    };
    for (const { id, profile } of this.#vendors) {
      if (profile.marks[to] === undefined) continue;
      state.tables.vendorDeliveries.enqueue(id, newId(), mark, nowMs);
    }
    // After the commit: the loops read what is on disk.
    this.#kicked ??= setImmediate(() => {
      this.#kicked = null;
      this.kick();
    });
  }

  #reconcileDue(): void {
    const { state, now, log, timezone, vendors } = this.#context;
    const zone = timezone();
    if (zone === null) return;
    const [day = '', time = ''] = localDateTime(now(), zone).split('T');
    for (const vendor of this.#vendors) {
      const at = vendors.find((one) => one.id === vendor.id)?.reconcile_at ?? '00:00';
      if (time < at || state.tables.vendorDeliveries.reconciledOn(vendor.id) === day) continue;
      if (!state.write((tables) => tables.vendorDeliveries.setReconciled(vendor.id, day)).ok) continue;
      this.#reconciling = this.#reconciling
        .then(() => reconcile(vendor, state, now))
        .then(
          (found) => {
            if (found !== null) log('info', 'a vendor was reconciled', { vendor: vendor.id, ...found });
          },
          (error: unknown) =>
            log('error', 'a vendor was not reconciled', { vendor: vendor.id, err: errorText(error) }),
        );
    }
  }
}

/** The profile of a configured vendor, with what the configuration says otherwise. */
function profileOf(config: VendorConfig): Result<EasProfile, string> {
  const { batch_max, timeout_ms, rate_per_s, profile, profile_file } = config;
  let base: unknown = profile === undefined ? undefined : EAS_PROFILES.get(profile);
  try {
    if (profile_file !== undefined) base = JSON.parse(readFileSync(profile_file, 'utf8'));
  } catch (error) {
    return err(errorText(error));
  }
  const parsed = EasProfile.safeParse(base);
  if (!parsed.success)
    return err(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  const own = {
    ...(batch_max === undefined ? {} : { batch_max }),
    ...(timeout_ms === undefined ? {} : { timeout_ms }),
    ...(rate_per_s === undefined ? {} : { rate_per_s }),
  };
  return ok({ ...parsed.data, ...own });
}
