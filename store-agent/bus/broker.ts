import type { Duplex } from 'node:stream';
import { Aedes, type Client, type PublishPacket } from 'aedes';
import type { DeviceCredential } from '../../shared/config/store_config.ts';
import type { GateDecision } from '../exit/gatekeeper.ts';
import { type GateReads, parseReadsMessage } from '../exit/reads.ts';
import { errorText, type Log } from '../log.ts';
import type { CountMqtt } from './count.ts';
import { type BusDevice, DeviceDesk, type DeviceDeskContext } from './device_desk.ts';
import { Door } from './door.ts';
import * as limit from './limits.ts';
import { limitsFor, PublishRate } from './publish_rate.ts';
import { resumeDevices } from './resume_devices.ts';
import { Stalls } from './stalls.ts';
import { type OpenedStore, openBrokerStore } from './store/open.ts';
import { type DeviceWord, maySubscribe, type Topics, topicsOf, wordOf } from './topics.ts';

/** Where dropped messages go: nobody may listen there, and the sender still gets its PUBACK. */
const NOWHERE = '$nowhere';

export interface BusContext extends Pick<DeviceDeskContext, 'onDevice' | 'onEvent' | 'onMissing' | 'onAck'> {
  storeId: string;
  /** The devices of the current configuration; null while there is none yet. */
  devices(): readonly DeviceCredential[] | null;
  now(): number;
  log: Log;
  count: CountMqtt;
  /** Where the broker keeps what must outlive a restart; null: in memory. */
  file: string | null;
  onReads(gateId: string, reads: GateReads): Promise<GateDecision>;
  onMalformed(): void;
  /** A device hears commands (again). */
  onListening(deviceId: string): void;
}

/**
 * The MQTT broker of the store (MQTT 3.1 and 3.1.1). Gates do not depend on it as a bus: reads are taken as
 * they arrive and the decision goes straight to the gate's own connection, past every queue of others.
 */
export class Bus {
  readonly desk: DeviceDesk;
  readonly #context: BusContext;
  readonly #topics: Topics;
  readonly #broker: Aedes;
  readonly #kept: OpenedStore;
  readonly #door: Door;
  readonly #clients = new Map<string, Client>();
  /** Devices that hear their own topic: a client library drops what it never subscribed to. */
  readonly #hearing = new WeakMap<Client, Set<string>>();
  readonly #rates = new Map<string, PublishRate>();
  readonly #stalls: Stalls;

  private constructor(context: BusContext, kept: OpenedStore) {
    this.#context = context;
    this.#kept = kept;
    this.#topics = topicsOf(context.storeId);
    this.#door = new Door(context);
    this.#stalls = new Stalls(context);
    this.desk = new DeviceDesk({
      ...context,
      askBirth: (deviceId, message) => this.sendCommand(deviceId, message),
    });
    this.#broker = new Aedes({
      persistence: kept.store,
      concurrency: limit.CONCURRENT_DELIVERIES_MAX,
      connectTimeout: limit.CONNECT_TIMEOUT_MS,
      drainTimeout: limit.DRAIN_TIMEOUT_MS,
      maxTopicLevels: limit.TOPIC_LEVELS_MAX,
      maxClientsIdLength: 128,
      preConnect: (_client, packet, done) => {
        this.#door.terms(packet);
        done(null, true);
      },
      authenticate: (client, username, password, done) => {
        const refusal = this.#door.admit(client, username, password);
        done(refusal, refusal === null);
      },
      authorizePublish: (client, packet, done) => this.#take(client, packet, done),
      authorizeSubscribe: (client, subscription, done) =>
        done(null, this.#maySubscribe(client, subscription.topic) ? subscription : null),
      // What a full pipe would only make fuller is not put into it; a kept session has its queue for that.
      authorizeForward: (client, packet) => (client.clean && isFull(client) ? null : packet),
    });
    this.#broker.on('clientReady', (client) => this.#connected(client));
    this.#broker.on('clientDisconnect', (client) => this.#disconnected(client));
    this.#broker.on('subscribe', (subscriptions, client) => {
      for (const one of subscriptions) if (one.qos < 128) this.#hears(client, one.topic);
    });
    this.#broker.on('unsubscribe', (topics, client) => {
      for (const topic of topics) this.#hearing.get(client)?.delete(topic);
    });
    this.#broker.on('ack', (_packet, client) => {
      const device = this.#door.who(client);
      if (device !== undefined) this.#stalls.readsOn(device.id);
    });
    this.#broker.on('clientError', (client, error) => this.#dropped(client, error));
    this.#broker.on('connectionError', (client, error) => {
      context.count('sesame_mqtt_refused_total', { reason: 'protocol' });
      context.log('info', 'mqtt connection dropped', {
        remote: this.#door.remoteOf(client),
        detail: error.message,
      });
    });
  }

  /** A broker that hears nobody yet: connections are given to it, by whoever listens. */
  static async open(context: BusContext): Promise<Bus> {
    const mayKeep = (clientId: string, filter: string): boolean => {
      const device = context.devices()?.find((one) => one.username === clientId);
      return device !== undefined && maySubscribe(device, filter, topicsOf(context.storeId));
    };
    const kept = await openBrokerStore({ ...context, mayKeep });
    const bus = new Bus(context, kept);
    await bus.#broker.listen();
    resumeDevices({
      devices: context.devices() ?? [],
      store: kept.store,
      topics: bus.#topics,
      desk: bus.desk,
      publish: (topic, payload) => bus.#publish(topic, payload, true),
    });
    return bus;
  }

  /**
   * Takes a connection that somebody else accepted, at its first byte (the CONNECT packet). The stream is
   * ours from here on: it is destroyed when the broker is done with it. `remote` is the peer's address.
   */
  accept(stream: Duplex, peer: { remote: string }): void {
    const wire = this.#broker.closed ? null : this.#door.open(stream, peer.remote);
    if (wire === null) stream.destroy();
    else this.#broker.handle(wire);
  }

  get connectedClients(): number {
    return this.#clients.size;
  }

  devices(): BusDevice[] {
    return this.desk.devices();
  }

  gauges() {
    return { ...this.#kept.store.counts(), connections: this.#door.connections, store: this.#kept.health() };
  }

  /** Tells a gate a decision that it did not ask for over this bus (a reader in its lane saw something). */
  announce(gateId: string, decision: GateDecision): void {
    this.#tell(gateId, this.#topics.decision(gateId), JSON.stringify(decision));
  }

  /** Sends a command to a device's own connection; false while it has none that hears commands. */
  sendCommand(deviceId: string, message: string): boolean {
    return this.#tell(deviceId, this.#topics.cmd(deviceId), message);
  }

  /** Publishes what is known of a device that the agent itself drives; retained. */
  publishStatus(deviceId: string, status: object): void {
    this.#publish(this.#topics.status(deviceId), Buffer.from(JSON.stringify(status)), true);
  }

  /** A new configuration: whoever is not in it any more, or has another secret, has to go. */
  devicesChanged(): void {
    const devices = this.#context.devices() ?? [];
    for (const [id, client] of this.#clients) {
      const was = this.#door.who(client);
      const is = devices.find((one) => one.id === id);
      const same =
        was !== undefined &&
        is?.username === was.username &&
        is.secret_sha256 === was.secret_sha256 &&
        is.kind === was.kind;
      if (!same) client.close();
    }
    const listed = (id: string): boolean => devices.some((one) => one.id === id);
    for (const { device } of this.desk.devices()) {
      if (listed(device.id)) continue;
      // What a removed device left behind goes with it.
      for (const word of ['status', 'birth'] as const)
        this.#publish(this.#topics.device(device.id, word), Buffer.alloc(0), true);
      void this.#kept.store.cleanSubscriptions({ id: device.username });
      this.#rates.delete(device.id);
    }
    this.desk.forget(listed);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#broker.close(() => resolve()));
    this.#door.closeAll();
    await this.#kept.close();
  }

  #maySubscribe(client: Client, filter: string): boolean {
    const device = this.#door.who(client);
    const held = this.#hearing.get(client)?.size ?? 0;
    return (
      device !== undefined &&
      held < limit.SUBSCRIPTIONS_PER_CLIENT_MAX &&
      maySubscribe(device, filter, this.#topics)
    );
  }

  /** Every publish of a client comes here before anything is done with it; its last will too, once it has gone. */
  #take(client: Client | null, packet: PublishPacket, done: (error?: Error | null) => void): void {
    const device = client === null ? undefined : this.#door.who(client);
    const word = device === undefined ? null : wordOf(device, packet.topic, this.#topics);
    if (client === null || device === undefined || word === null) {
      done(new Error('not your topic'));
      return;
    }
    if (client.closed) {
      packet.retain = true;
      const allowed = word === 'status' && this.desk.will(device, Buffer.from(packet.payload));
      done(allowed ? null : new Error('not a last will'));
      return;
    }
    const bytes = packet.topic.length + packet.payload.length;
    const rate = this.#rateOf(device).take(this.#context.now(), bytes);
    if (rate === 'cut') {
      done(new Error('too many messages'));
      return;
    }
    this.#context.count('sesame_mqtt_messages_total', { word });
    if (rate === 'drop') this.desk.refuse(device, 'rate');
    else if (word === 'reads') this.#takeReads(device.id, String(packet.payload));
    else if (this.desk.take(device, word, String(packet.payload), packet.payload.length) === null) {
      this.#passOn(packet, word, done);
      return;
    }
    silence(packet);
    done(null);
  }

  /** State is retained and the rest is not, whatever the device asked for. What gets a PUBACK is on disk before. */
  #passOn(packet: PublishPacket, word: DeviceWord, done: (error?: Error | null) => void): void {
    packet.retain = isState(word);
    if (packet.qos === 0) {
      done(null);
      return;
    }
    const { topic, payload, qos, retain } = packet;
    this.#broker.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false }, (error) => {
      silence(packet);
      done(error ?? null);
    });
  }

  #takeReads(gateId: string, payload: string): void {
    const reads = parseReadsMessage(payload);
    if (reads === null || reads.unreadable > 0) {
      this.#context.onMalformed();
      this.#context.log('warn', 'malformed reads', { gate: gateId, bytes: payload.length });
    }
    if (reads === null) return;
    this.#context.onReads(gateId, reads).then(
      (decision) => this.announce(gateId, decision),
      (error: unknown) => this.#context.log('error', 'no decision', { gate: gateId, err: errorText(error) }),
    );
  }

  /** Straight to the device's connection, past every queue of others; false where it does not hear this. */
  #tell(deviceId: string, topic: string, payload: string): boolean {
    const client = this.#clients.get(deviceId);
    if (client === undefined || this.#hearing.get(client)?.has(topic) !== true || isFull(client))
      return false;
    client.publish({ cmd: 'publish', qos: 1, dup: false, retain: false, topic, payload }, () => {});
    return true;
  }

  #publish(topic: string, payload: Buffer, retain: boolean): void {
    this.#broker.publish({ cmd: 'publish', qos: 1, dup: false, retain, topic, payload }, () => {});
  }

  #rateOf(device: DeviceCredential): PublishRate {
    const rate = this.#rates.get(device.id) ?? new PublishRate(limitsFor(device.kind));
    this.#rates.set(device.id, rate);
    return rate;
  }

  #hears(client: Client, topic: string): void {
    const device = this.#door.who(client);
    const topics = this.#hearing.get(client) ?? new Set();
    this.#hearing.set(client, topics.add(topic));
    if (device !== undefined && topic === this.#topics.cmd(device.id)) this.#context.onListening(device.id);
  }

  #connected(client: Client): void {
    const device = this.#door.who(client);
    if (device === undefined) return;
    this.#clients.set(device.id, client);
    this.desk.connected(device, true);
  }

  #disconnected(client: Client): void {
    const device = this.#door.who(client);
    // After a takeover the newer connection of the same device is the one that counts.
    if (device === undefined || this.#clients.get(device.id) !== client) return;
    this.#clients.delete(device.id);
    this.desk.connected(device, false);
  }

  #dropped(client: Client, error: Error): void {
    const device = this.#door.who(client);
    if (error.message === 'drain timeout' && device !== undefined) this.#stalls.stalled(device.id);
    else this.#context.log('info', 'mqtt client dropped', { client: client.id, detail: error.message });
  }
}

/** State is retained; events and acknowledgements are not. */
const isState = (word: DeviceWord): boolean => word === 'status' || word === 'birth';

const isFull = (client: Client): boolean => client.conn.writableLength > limit.OUTBOUND_BYTES_MAX;

/** The packet goes nowhere; its sender is answered as always. */
function silence(packet: PublishPacket): void {
  packet.topic = NOWHERE;
  packet.payload = '';
  packet.retain = false;
}
