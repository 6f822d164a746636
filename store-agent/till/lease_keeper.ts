import type { DeviceId } from '../../shared/ids/index.ts';
import { numbersToLease } from '../../shared/offline/lease.ts';
import type { LeasedNumbers } from '../../shared/offline/wire.ts';
import type { EdgeHttp } from '../link/edge_http.ts';
import type { Log } from '../log.ts';
import type { AgentState } from '../state/agent_state.ts';
import { Retry } from './retry.ts';

export interface LeaseKeeperContext {
  state: AgentState;
  edge: Pick<EdgeHttp, 'leaseNumbers'>;
  linked(): boolean;
  newUuid(): string;
  /** The edge holds documents of this device that this agent has never written. */
  onFork(deviceId: DeviceId): void;
  onLease(): void;
  log: Log;
}

/** Keeps numbers at hand for every kiosk of the store while the line is up, so that a cut finds them stocked. */
export class LeaseKeeper {
  readonly #context: LeaseKeeperContext;
  readonly #retry: Retry;
  /** Devices that are no kiosk of the configuration and sell here: the till of the agent itself. */
  readonly #others = new Set<DeviceId>();
  /** Devices whose numbers were given up: they get new ones when they sell again. */
  readonly #resting = new Set<DeviceId>();
  /** A device that the edge does not know is not asked for again before something changes. */
  readonly #refused = new Set<DeviceId>();

  constructor(context: LeaseKeeperContext) {
    this.#context = context;
    this.#retry = new Retry(
      () => this.#fill(),
      () => context.linked(),
    );
  }

  /** The line is up, the configuration changed, or numbers were used. */
  kick(): void {
    this.#refused.clear();
    this.#retry.reset();
  }

  /** A number was used: a refusal of before still stands. */
  used(): void {
    this.#retry.kick();
  }

  /** Makes sure that this device has a number, asking the edge right now where it can. */
  async need(deviceId: DeviceId): Promise<void> {
    this.#others.add(deviceId);
    this.#resting.delete(deviceId);
    if (this.#context.state.tables.leases.open(deviceId).length > 0) return;
    if (this.#context.linked()) await this.#lease(deviceId);
  }

  rest(deviceId: DeviceId): void {
    this.#resting.add(deviceId);
  }

  close(): Promise<void> {
    return this.#retry.close();
  }

  async #fill(): Promise<boolean> {
    let whole = true;
    for (const deviceId of this.#devices()) {
      if (this.#retry.closed) return true;
      whole = (await this.#lease(deviceId)) && whole;
    }
    return whole;
  }

  #devices(): Set<DeviceId> {
    const { state } = this.#context;
    const kiosks = (state.config?.devices ?? []).filter(({ kind }) => kind === 'kiosk').map(({ id }) => id);
    const idle = (id: DeviceId): boolean => this.#refused.has(id) || this.#resting.has(id);
    return new Set([...kiosks, ...this.#others].filter((id) => !idle(id)));
  }

  /** Answers whether the device has what it should have, or never will. */
  async #lease(deviceId: DeviceId): Promise<boolean> {
    const { state, edge, newUuid, onLease, log } = this.#context;
    const policy = state.config?.policies.offline;
    if (policy === undefined) return true;
    const count = numbersToLease(state.tables.leases.open(deviceId), policy);
    if (count === 0) return true;
    const asked = state.write((tables) => tables.leases.request(deviceId, { key: newUuid(), count }));
    if (!asked.ok) return false;
    const answer = await edge.leaseNumbers(
      { device_id: deviceId, count: asked.value.count },
      asked.value.key,
    );
    if (!answer.ok) {
      if (answer.error.code === 'unreachable') return false;
      log('warn', 'the edge leases no numbers', { device: deviceId, status: answer.error.status });
      this.#refused.add(deviceId);
      state.write((tables) => tables.leases.answered(deviceId));
      return true;
    }
    const kept = this.#keep(deviceId, answer.value);
    if (kept) onLease();
    return kept;
  }

  #keep(deviceId: DeviceId, { last_seq, last_digest, ...lease }: LeasedNumbers): boolean {
    const { state, onFork } = this.#context;
    const written = state.write((tables) => {
      const end = last_digest === null ? null : { seq: last_seq, digest: last_digest };
      const follows = end === null || tables.tillDocuments.continueAfter(deviceId, end);
      tables.leases.add(lease);
      tables.leases.answered(deviceId);
      return follows;
    });
    if (!written.ok) return false;
    if (!written.value) onFork(deviceId);
    return true;
  }
}
