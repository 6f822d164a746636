import type { Duplex } from 'node:stream';
import { Aedes, type AuthenticateError, type Client, type PublishPacket } from 'aedes';
import type { DeviceCredential } from '../../shared/config/store_config.ts';
import type { GateDecision } from '../exit/gatekeeper.ts';
import { type GateReads, parseReadsMessage } from '../exit/reads.ts';
import { errorText, type Log } from '../log.ts';
import { deviceOf } from './credentials.ts';
import { MeteredStream } from './metered_stream.ts';
import { mayPublish, maySubscribe, type Topics, topicsOf } from './topics.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** A subscriber that stops reading is dropped after this long, so that it never holds up a gate. */
const DRAIN_TIMEOUT_MS = 250;
const CONCURRENT_DELIVERIES_MAX = 1_000;
const STATUS_CHARS_MAX = 1_024;
/** CONNACK return codes (MQTT 3.1.1 section 3.2.2.3). */
const REFUSED = { identifier: 2, unavailable: 3, credentials: 4 } as const;

export interface BusDevice {
  device: DeviceCredential;
  connected: boolean;
  sinceMs: number;
  /** What it last published of itself, if anything. */
  status: string | null;
}

export interface BusContext {
  storeId: string;
  /** The devices of the current configuration; null while there is none yet. */
  devices(): readonly DeviceCredential[] | null;
  now(): number;
  log: Log;
  onReads(gateId: string, reads: GateReads): Promise<GateDecision>;
  onMalformed(): void;
  onDevice(device: BusDevice): void;
}

/**
 * The MQTT broker of the store (MQTT 3.1 and 3.1.1). Gates do not depend on it as a bus: reads are taken as
 * they arrive and the decision goes straight to the gate's own connection, past every queue of others.
 */
export class Bus {
  readonly #context: BusContext;
  readonly #topics: Topics;
  readonly #broker: Aedes;
  readonly #streams = new Set<Duplex>();
  readonly #remote = new WeakMap<object, string>();
  readonly #who = new WeakMap<Client, DeviceCredential>();
  readonly #clients = new Map<string, Client>();
  /** Gates that listen for their decisions: a client library drops what it never subscribed to. */
  readonly #listening = new WeakSet<Client>();
  readonly #seen = new Map<string, BusDevice>();

  private constructor(context: BusContext) {
    this.#context = context;
    this.#topics = topicsOf(context.storeId);
    this.#broker = new Aedes({
      concurrency: CONCURRENT_DELIVERIES_MAX,
      connectTimeout: CONNECT_TIMEOUT_MS,
      drainTimeout: DRAIN_TIMEOUT_MS,
      preConnect: (_client, packet, done) => {
        // Nothing is kept for a device that is away: an old "open" must never arrive late.
        packet.clean = true;
        done(null, true);
      },
      authenticate: (client, username, password, done) => {
        const refusal = this.#admit(client, username, password);
        done(refusal, refusal === null);
      },
      authorizePublish: (client, packet, done) => done(this.#publishRefusal(client, packet)),
      authorizeSubscribe: (client, subscription, done) => {
        const device = this.#who.get(client);
        const allowed = device !== undefined && maySubscribe(device, subscription.topic, this.#topics);
        done(null, allowed ? subscription : null);
      },
    });
    this.#broker.on('clientReady', (client) => this.#connected(client));
    this.#broker.on('clientDisconnect', (client) => this.#disconnected(client));
    // Only a gate's own decision topic can be subscribed to, so any granted one is that.
    this.#broker.on('subscribe', (subscriptions, client) => {
      if (subscriptions.some((one) => one.qos < 128)) this.#listening.add(client);
    });
    this.#broker.on('unsubscribe', (_topics, client) => this.#listening.delete(client));
    this.#broker.on('clientError', (client, error) =>
      context.log('info', 'mqtt client dropped', { client: client.id, detail: error.message }),
    );
    this.#broker.on('connectionError', (client, error) =>
      context.log('info', 'mqtt connection dropped', {
        remote: this.#remote.get(client.conn) ?? '',
        detail: error.message,
      }),
    );
  }

  /** A broker that hears nobody yet: connections are given to it, by whoever listens. */
  static async open(context: BusContext): Promise<Bus> {
    const bus = new Bus(context);
    await bus.#broker.listen();
    return bus;
  }

  /**
   * Takes a connection that somebody else accepted, at its first byte (the CONNECT packet). The stream is
   * ours from here on: it is destroyed when the broker is done with it. `remote` is the peer's address.
   */
  accept(stream: Duplex, peer: { remote: string }): void {
    if (this.#broker.closed) {
      stream.destroy();
      return;
    }
    this.#streams.add(stream);
    stream.on('close', () => this.#streams.delete(stream));
    const metered = new MeteredStream(stream);
    this.#remote.set(metered, peer.remote);
    this.#broker.handle(metered);
  }

  get connectedClients(): number {
    return this.#clients.size;
  }

  devices(): BusDevice[] {
    return [...this.#seen.values()];
  }

  /** Tells a gate a decision that it did not ask for over this bus (a reader in its lane saw something). */
  announce(gateId: string, decision: GateDecision): void {
    this.#deliver(gateId, decision);
  }

  /** Publishes what is known of a device that the agent itself drives; retained. */
  publishStatus(deviceId: string, status: object): void {
    const packet: PublishPacket = {
      cmd: 'publish',
      qos: 1,
      dup: false,
      retain: true,
      topic: this.#topics.status(deviceId),
      payload: JSON.stringify(status),
    };
    this.#broker.publish(packet, () => {});
  }

  /** A new configuration: whoever is not in it any more, or has another secret, has to go. */
  devicesChanged(): void {
    const devices = this.#context.devices() ?? [];
    for (const [id, client] of this.#clients) {
      const was = this.#who.get(client);
      const is = devices.find((one) => one.id === id);
      const same =
        was !== undefined &&
        is?.username === was.username &&
        is.secret_sha256 === was.secret_sha256 &&
        is.kind === was.kind;
      if (!same) client.close();
    }
    for (const id of this.#seen.keys()) if (!devices.some((one) => one.id === id)) this.#seen.delete(id);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#broker.close(() => resolve()));
    for (const stream of this.#streams) stream.destroy();
  }

  #admit(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
  ): AuthenticateError | null {
    const devices = this.#context.devices();
    if (devices === null) return refusal('the store is not configured yet', REFUSED.unavailable);
    const device = deviceOf(devices, username, password);
    if (device === null) return refusal('bad user name or password', REFUSED.credentials);
    if (client.id !== device.username)
      return refusal('the client id must be the user name', REFUSED.identifier);
    this.#who.set(client, device);
    return null;
  }

  #publishRefusal(client: Client | null, packet: PublishPacket): Error | null {
    const device = client === null ? undefined : this.#who.get(client);
    if (device === undefined || !mayPublish(device, packet.topic, this.#topics))
      return new Error('not your topic');
    const payload = String(packet.payload);
    if (packet.topic === this.#topics.status(device.id)) {
      this.#noteStatus(device, payload.slice(0, STATUS_CHARS_MAX));
      return null;
    }
    packet.retain = false;
    this.#takeReads(device.id, payload);
    return null;
  }

  #takeReads(gateId: string, payload: string): void {
    const reads = parseReadsMessage(payload);
    if (reads === null || reads.unreadable > 0) {
      this.#context.onMalformed();
      this.#context.log('warn', 'malformed reads', { gate: gateId, bytes: payload.length });
    }
    if (reads === null) return;
    this.#context.onReads(gateId, reads).then(
      (decision) => this.#deliver(gateId, decision),
      (error: unknown) => this.#context.log('error', 'no decision', { gate: gateId, err: errorText(error) }),
    );
  }

  #deliver(gateId: string, decision: GateDecision): void {
    const client = this.#clients.get(gateId);
    const topic = this.#topics.decision(gateId);
    if (client === undefined || !this.#listening.has(client)) return;
    client.publish(
      { cmd: 'publish', qos: 1, dup: false, retain: false, topic, payload: JSON.stringify(decision) },
      () => {},
    );
  }

  #connected(client: Client): void {
    const device = this.#who.get(client);
    if (device === undefined) return;
    this.#clients.set(device.id, client);
    this.#note(device, { connected: true, sinceMs: this.#context.now() });
  }

  #disconnected(client: Client): void {
    const device = this.#who.get(client);
    // After a takeover the newer connection of the same device is the one that counts.
    if (device === undefined || this.#clients.get(device.id) !== client) return;
    this.#clients.delete(device.id);
    this.#note(device, { connected: false, sinceMs: this.#context.now() });
  }

  #noteStatus(device: DeviceCredential, status: string): void {
    this.#note(device, { status });
  }

  #note(device: DeviceCredential, change: Partial<BusDevice>): void {
    const known = this.#seen.get(device.id) ?? {
      device,
      connected: false,
      sinceMs: this.#context.now(),
      status: null,
    };
    const now: BusDevice = { ...known, device, ...change };
    this.#seen.set(device.id, now);
    this.#context.onDevice(now);
  }
}

function refusal(message: string, returnCode: 2 | 3 | 4): AuthenticateError {
  return Object.assign(new Error(message), { returnCode });
}
