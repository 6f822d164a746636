import { setTimeout as sleep } from 'node:timers/promises';
import { judgeExchange, type MarkVerdict } from '../../shared/eas/judge.ts';
import { nextBatch } from '../../shared/eas/lane.ts';
import type { EasProfile, Step } from '../../shared/eas/profile.ts';
import { buildRequest, finalWord, type Mark } from '../../shared/eas/request.ts';
import { CIRCUIT_OPEN_MS, retryAtMs } from '../../shared/eas/retry.ts';
import { UnknownPlaceholder } from '../../shared/eas/template.ts';
import { type Bucket, take } from '../../shared/http/token_bucket.ts';
import { errorText, type Log } from '../log.ts';
import type { AgentState } from '../state/agent_state.ts';
import type { DeliveryChange, VendorDelivery } from '../state/vendor_deliveries.ts';
import type { VendorConfig } from './config.ts';
import { Credentials } from './credentials.ts';
import { probeStates } from './probe.ts';
import { send } from './send.ts';

/** Deliveries that are looked at for one batch; what lies behind them waits its turn. */
const WAITING_READ_MAX = 5_000;
const IDLE_MS_MAX = 60_000;
/** A disk that takes no more: what is done cannot be noted, so nothing more is done for a while. */
const DISK_PAUSE_MS = 2_000;
const REPORTED_MAX = 20;

export interface VendorHealth {
  state: 'online' | 'degraded' | 'offline';
  detail: string;
  since: string;
}

export interface VendorContext {
  config: VendorConfig;
  profile: EasProfile;
  state: Pick<AgentState, 'tables' | 'write' | 'record'>;
  now(): number;
  log: Log;
  count(
    name: 'sesame_vendor_deliveries_total' | 'sesame_vendor_requests_total',
    labels: Record<string, string>,
    by?: number,
  ): void;
  onHealth(health: VendorHealth): void;
}

/**
 * Brings one vendor what happened to tags, in the order of each tag. What failed is tried again by the
 * schedule, alone; a vendor that refuses our credentials is left alone for a while and told of once.
 */
export class Vendor {
  readonly #context: VendorContext;
  readonly #credentials: Credentials;
  readonly #stop = new AbortController();
  #wake: () => void = () => {};
  #running: Promise<void> = Promise.resolve();
  #bucket: Bucket | undefined;
  #circuitUntilMs = 0;
  #health: VendorHealth;

  constructor(context: VendorContext) {
    this.#context = context;
    this.#health = { state: 'online', detail: 'Nothing was sent yet.', since: iso(context.now()) };
    this.#credentials = new Credentials({
      profile: context.profile,
      secrets: context.config.secrets,
      now: context.now,
      send: (request) => this.#send(request),
    });
  }

  get id(): string {
    return this.#context.config.id;
  }

  get profile(): EasProfile {
    return this.#context.profile;
  }

  get health(): VendorHealth {
    return this.#health;
  }

  get circuitOpen(): boolean {
    return this.#circuitUntilMs > this.#context.now();
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Something new is on the list. */
  kick(): void {
    this.#wake();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#running;
  }

  /** What the vendor holds of these tags, or null where it does not say. Used to read back and to reconcile. */
  async ask(marks: readonly Mark[]): Promise<Map<string, string> | null> {
    const { probe } = this.#context.profile;
    if (probe === undefined) return null;
    return probeStates(probe, marks, async (step, some) => {
      const first = await this.#exchange(step, some);
      if (first.kind !== 'answer' || (first.status !== 401 && first.status !== 403)) return first;
      this.#credentials.forget();
      return this.#exchange(step, some);
    });
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const waitMs = this.circuitOpen ? this.#circuitUntilMs - this.#context.now() : await this.#turn();
      if (waitMs > 0) await this.#idle(waitMs);
    }
  }

  /** One batch, if one is due. Answers how long nothing is. */
  async #turn(): Promise<number> {
    const { state, profile, now, log } = this.#context;
    const waiting = state.tables.vendorDeliveries.waiting(this.id, WAITING_READ_MAX);
    const batch = nextBatch(waiting, now(), { batchMax: profile.batch_max, oneOrder: profile.one_order });
    if (batch.length === 0) {
      const due = Math.min(...waiting.map((one) => one.due_at));
      return waiting.length === 0 ? IDLE_MS_MAX : Math.min(IDLE_MS_MAX, Math.max(1, due - now()));
    }
    try {
      return await this.#deliver(batch);
    } catch (error) {
      if (!(error instanceof UnknownPlaceholder)) {
        // A bug here must not end the agent, nor spin.
        log('error', 'a delivery to a vendor failed', { vendor: this.id, err: errorText(error) });
        return DISK_PAUSE_MS;
      }
      this.#openCircuit(`The profile asks for what is not there: ${error.message}.`);
      return 0;
    }
  }

  async #deliver(batch: readonly VendorDelivery[]): Promise<number> {
    const [first] = batch;
    const steps = first === undefined ? undefined : this.#context.profile.marks[first.to];
    const step = steps?.[first?.step ?? 0];
    if (first === undefined || steps === undefined || step === undefined)
      return this.#settle(
        batch,
        batch.map(({ key }) => ({ key, outcome: 'taken', code: 'not_told', retryAfterMs: null })),
        true,
      );
    const isLast = first.step === steps.length - 1;
    let waitMs = 0;
    for (const group of step.per === 'batch' ? [batch] : batch.map((one) => [one])) {
      if (this.#stop.signal.aborted) return 0;
      let verdicts = await this.#attempt(step, group);
      if (verdicts === null) return 0;
      if (isLast && this.#context.profile.verify_after) verdicts = await this.#readBack(group, verdicts);
      waitMs = Math.max(waitMs, this.#settle(group, verdicts, isLast));
    }
    return waitMs;
  }

  /** Sends, with fresh credentials once where the old ones are refused; null: the circuit is open now. */
  async #attempt(step: Step, group: readonly VendorDelivery[]): Promise<MarkVerdict[] | null> {
    for (const again of [false, true]) {
      const verdicts = judgeExchange(step, group, await this.#exchange(step, group));
      if (this.#stop.signal.aborted) return null;
      const refused = verdicts.find((one) => one.outcome === 'credentials');
      if (refused === undefined) return verdicts;
      this.#credentials.forget();
      if (again) this.#openCircuit(`It refuses our credentials (${refused.code}).`);
    }
    return null;
  }

  /** What the vendor does not confirm has not been taken. */
  async #readBack(group: readonly VendorDelivery[], verdicts: MarkVerdict[]): Promise<MarkVerdict[]> {
    const taken = group.filter((one) =>
      verdicts.some(({ key, outcome }) => key === one.key && outcome === 'taken'),
    );
    if (taken.length === 0) return verdicts;
    const states = await this.ask(taken);
    return verdicts.map((verdict) => {
      const one = taken.find(({ key }) => key === verdict.key);
      if (one === undefined || states?.get(one.epc) === finalWord(this.#context.profile, one.to))
        return verdict;
      return { ...verdict, outcome: 'again', code: 'not_confirmed' };
    });
  }

  async #exchange(step: Step, marks: readonly Mark[]) {
    const headers = await this.#credentials.headers();
    if (!headers.ok) {
      const { code, detail } = headers.error;
      return code === 'unreachable'
        ? ({ kind: 'network', detail } as const)
        : ({ kind: 'answer', status: 401, retryAfterMs: null, body: detail } as const);
    }
    const request = buildRequest(this.#context.profile, step, marks, this.#credentials.secrets());
    return this.#send({ ...request, headers: { ...request.headers, ...headers.value } });
  }

  async #send(request: Parameters<typeof send>[0]) {
    const { config, profile, now, count } = this.#context;
    await this.#wait();
    const options = {
      baseUrl: config.base_url,
      timeoutMs: profile.timeout_ms,
      now,
      signal: this.#stop.signal,
    };
    const exchange = await send(request, options);
    const result = exchange.kind === 'answer' ? `${Math.floor(exchange.status / 100)}xx` : exchange.kind;
    count('sesame_vendor_requests_total', { vendor: this.id, result });
    return exchange;
  }

  /** Holds the rate that the vendor bears. */
  async #wait(): Promise<void> {
    const rate = this.#context.profile.rate_per_s;
    while (!this.#stop.signal.aborted) {
      const taken = take(this.#bucket, this.#context.now(), rate, Math.max(1, rate));
      this.#bucket = taken.bucket;
      if (taken.allowed) return;
      await sleep(taken.retry_after_ms, undefined, { signal: this.#stop.signal }).catch(() => {});
    }
  }

  /** Notes what came of each. Answers how long to pause, where the disk could not note it. */
  #settle(group: readonly VendorDelivery[], verdicts: readonly MarkVerdict[], isLast: boolean): number {
    const { state, now, count } = this.#context;
    const nowMs = now();
    const changes = group.flatMap((one): { one: VendorDelivery; change: DeliveryChange }[] => {
      const verdict = verdicts.find(({ key }) => key === one.key);
      return verdict === undefined ? [] : [{ one, change: changeOf(one, verdict, isLast, nowMs) }];
    });
    const written = state.write((tables) => {
      for (const { one, change } of changes) tables.vendorDeliveries.change(one.id, change, nowMs);
    });
    // It will be sent again: a vendor hears the same twice rather than never.
    if (!written.ok) return DISK_PAUSE_MS;
    const dead = changes.filter(({ change }) => change.status === 'dead');
    const failed = changes.find(({ change }) => change.status !== 'delivered' && change.attempts !== 0);
    for (const { change } of changes)
      count('sesame_vendor_deliveries_total', { vendor: this.id, result: change.status ?? 'waiting' });
    if (dead.length > 0)
      this.#reportDead(dead.map(({ one, change }) => ({ ...one, code: change.code ?? null })));
    if (failed === undefined) this.#setHealth('online', 'It takes what it is told.');
    else this.#setHealth('degraded', `Not everything is taken (${failed.change.code ?? 'failed'}).`);
    return 0;
  }

  #reportDead(dead: readonly VendorDelivery[]): void {
    this.#context.log('error', 'deliveries to a vendor are dead', { vendor: this.id, count: dead.length });
    this.#context.state.record('vendor.failed', {
      vendor: this.id,
      count: dead.length,
      deliveries: dead
        .slice(0, REPORTED_MAX)
        .map(({ id, epc, to, ref, code }) => ({ id, epc, to, ref, code })),
    });
  }

  #openCircuit(detail: string): void {
    const nowMs = this.#context.now();
    this.#circuitUntilMs = nowMs + CIRCUIT_OPEN_MS;
    if (this.#health.state !== 'offline') {
      this.#context.log('error', 'a vendor is left alone for a while', { vendor: this.id, detail });
      this.#context.state.record('vendor.refused', { vendor: this.id, detail });
    }
    this.#setHealth('offline', detail);
  }

  #setHealth(state: VendorHealth['state'], detail: string): void {
    if (this.#health.state === state && this.#health.detail === detail) return;
    const since = this.#health.state === state ? this.#health.since : iso(this.#context.now());
    if (this.#health.state === 'offline')
      this.#context.log('info', 'a vendor is told of tags again', { vendor: this.id });
    this.#health = { state, detail, since };
    this.#context.onHealth(this.#health);
  }

  async #idle(ms: number): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    const signal = AbortSignal.any([woken.signal, this.#stop.signal]);
    await sleep(ms, undefined, { signal }).catch(() => {});
    this.#wake = () => {};
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** What a verdict makes of a delivery. */
function changeOf(
  one: VendorDelivery,
  { outcome, code, retryAfterMs }: MarkVerdict,
  isLast: boolean,
  nowMs: number,
): DeliveryChange {
  if (outcome === 'taken') {
    if (isLast) return { status: 'delivered', attempts: 0, code };
    return { step: one.step + 1, attempts: 0, due_at: nowMs, code };
  }
  const attempts = one.attempts + 1;
  const dueAt = outcome === 'refused' ? null : retryAtMs(attempts, nowMs, retryAfterMs);
  return dueAt === null ? { status: 'dead', attempts, code } : { attempts, due_at: dueAt, code };
}
