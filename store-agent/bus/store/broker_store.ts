import { Readable } from 'node:stream';
import { z } from 'zod';
import * as limit from '../limits.ts';
import type { KeptRow } from './file.ts';
import { bodyOf, packetOf } from './packet_row.ts';
import { RetainedMessages } from './retained.ts';
import { type HeldPacket, matches, SessionQueue } from './sessions.ts';
import type { StoreWriter } from './writer.ts';

const StoredSubscription = z.object({ qos: z.number() });

type Who = { id: string };
interface Subscription {
  topic: string;
  qos: number;
}
type Will = HeldPacket & { clientId?: string };

export interface BrokerStoreOptions {
  /** Null: everything stays in memory. */
  writer: StoreWriter | null;
  rows: readonly KeptRow[];
  now(): number;
  /** Whether a client may hear a topic: the broker hands over whole SUBSCRIBE packets, refused parts included. */
  mayKeep(clientId: string, filter: string): boolean;
  onDropped(count: number): void;
}

/**
 * What aedes calls its persistence: retained messages, the queues and subscriptions of sessions that are
 * kept, and wills. Memory answers; the writer's thread makes it last. A promise that stands for something
 * promised to a device resolves once it is on disk.
 */
export class BrokerStore {
  readonly #options: BrokerStoreOptions;
  readonly #retained: RetainedMessages;
  readonly #subscriptions = new Map<string, Map<string, number>>();
  readonly #queues = new Map<string, SessionQueue>();
  readonly #incoming = new Map<string, Map<number, HeldPacket>>();
  readonly #wills = new Map<string, Will>();
  #nextKey = 1;

  constructor(options: BrokerStoreOptions) {
    this.#options = options;
    this.#retained = new RetainedMessages(options);
    for (const row of options.rows) this.#load(row);
  }

  get broker(): undefined {
    return undefined;
  }

  // aedes insists on an async function here.
  async setup(_broker: unknown): Promise<void> {}

  counts() {
    let queued = 0;
    let queuedBytes = 0;
    for (const queue of this.#queues.values()) {
      queued += queue.size;
      queuedBytes += queue.bytes;
    }
    return {
      retained: this.#retained.size,
      retainedBytes: this.#retained.bytes,
      queued,
      queuedBytes,
      sessions: this.#subscriptions.size,
    };
  }

  retained(topic: string): HeldPacket | undefined {
    return this.#retained.get(topic);
  }

  async storeRetained(packet: HeldPacket): Promise<void> {
    if (this.#retained.store(packet)) return this.#settled();
  }

  createRetainedStream(filter: string): Readable {
    return this.createRetainedStreamCombi([filter]);
  }

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    return Readable.from(filters.flatMap((filter) => this.#retained.matching(filter)));
  }

  async addSubscriptions(client: Who, subscriptions: readonly Subscription[]): Promise<void> {
    const allowed = subscriptions.filter((one) => this.#options.mayKeep(client.id, one.topic));
    let kept = this.#subscriptions.get(client.id);
    if (kept === undefined) {
      if (allowed.length === 0 || this.#subscriptions.size >= limit.SESSIONS_KEPT_MAX) return;
      kept = new Map();
      this.#subscriptions.set(client.id, kept);
    }
    for (const { topic, qos } of allowed) {
      if (kept.size >= limit.SUBSCRIPTIONS_PER_CLIENT_MAX && !kept.has(topic)) continue;
      kept.set(topic, qos);
      this.#options.writer?.put({
        kind: 'subscription',
        owner: client.id,
        key: topic,
        body: JSON.stringify({ qos }),
        at: this.#options.now(),
      });
    }
    return this.#settled();
  }

  async removeSubscriptions(client: Who, topics: readonly string[]): Promise<void> {
    const kept = this.#subscriptions.get(client.id);
    for (const topic of topics)
      if (kept?.delete(topic) === true)
        this.#options.writer?.del({ kind: 'subscription', owner: client.id, key: topic });
    if (kept?.size === 0) this.#subscriptions.delete(client.id);
    return this.#settled();
  }

  async subscriptionsByClient(client: Who): Promise<Subscription[]> {
    return [...(this.#subscriptions.get(client.id) ?? [])].map(([topic, qos]) => ({ topic, qos }));
  }

  async subscriptionsByTopic(topic: string): Promise<(Subscription & { clientId: string })[]> {
    const found: (Subscription & { clientId: string })[] = [];
    for (const [clientId, kept] of this.#subscriptions) {
      const hit = [...kept].find(([filter, qos]) => qos > 0 && matches(filter, topic));
      if (hit !== undefined) found.push({ clientId, topic: hit[0], qos: hit[1] });
    }
    return found;
  }

  async countOffline(): Promise<{ subsCount: number; clientsCount: number }> {
    let subsCount = 0;
    for (const kept of this.#subscriptions.values()) subsCount += kept.size;
    return { subsCount, clientsCount: this.#subscriptions.size };
  }

  /** A session that ends: with its subscriptions goes what waited for it. */
  async cleanSubscriptions(client: Who): Promise<void> {
    const writer = this.#options.writer;
    for (const topic of this.#subscriptions.get(client.id)?.keys() ?? [])
      writer?.del({ kind: 'subscription', owner: client.id, key: topic });
    for (const { key } of this.#queues.get(client.id)?.entries() ?? [])
      writer?.del({ kind: 'outgoing', owner: client.id, key });
    this.#subscriptions.delete(client.id);
    this.#queues.delete(client.id);
    await this.cleanIncoming(client);
  }

  async outgoingEnqueue(to: { clientId: string }, packet: HeldPacket): Promise<void> {
    return this.outgoingEnqueueCombi([to], packet);
  }

  async outgoingEnqueueCombi(to: readonly { clientId: string }[], packet: HeldPacket): Promise<void> {
    if (to.length === 0) return;
    const atMs = this.#options.now();
    for (const { clientId } of to) {
      const queue = this.#queues.get(clientId) ?? new SessionQueue();
      this.#queues.set(clientId, queue);
      const key = String(this.#nextKey++).padStart(15, '0');
      const held: HeldPacket = { ...packet, payload: Buffer.from(packet.payload), messageId: undefined };
      const dropped = [...queue.dropOld(atMs), ...queue.add({ key, packet: held, atMs })];
      this.#options.writer?.put({ kind: 'outgoing', owner: clientId, key, body: bodyOf(held), at: atMs });
      for (const one of dropped)
        this.#options.writer?.del({ kind: 'outgoing', owner: clientId, key: one.key });
      if (dropped.length > 0) this.#options.onDropped(dropped.length);
    }
    return this.#settled();
  }

  /** Notes under which number a message went out. One that its bounds have dropped meanwhile goes out unnoted. */
  async outgoingUpdate(client: Who, packet: HeldPacket): Promise<void> {
    const queue = this.#queues.get(client.id);
    const entry = queue?.find((one) =>
      packet.cmd === 'pubrel'
        ? one.messageId === packet.messageId
        : one.brokerId === packet.brokerId && one.brokerCounter === packet.brokerCounter,
    );
    if (entry === undefined) return;
    if (packet.cmd === 'pubrel') {
      Object.assign(entry.packet, { cmd: 'pubrel', payload: Buffer.alloc(0) });
    } else entry.packet.messageId = packet.messageId;
    this.#options.writer?.put({
      kind: 'outgoing',
      owner: client.id,
      key: entry.key,
      body: bodyOf(entry.packet),
      at: entry.atMs,
    });
  }

  async outgoingClearMessageId(client: Who, packet: HeldPacket): Promise<HeldPacket | undefined> {
    // Without a number it means none: those that were never sent have no number either.
    if (packet.messageId === undefined) return undefined;
    const queue = this.#queues.get(client.id);
    const entry = queue?.find((one) => one.messageId === packet.messageId);
    if (queue === undefined || entry === undefined) return undefined;
    queue.remove(entry);
    this.#options.writer?.del({ kind: 'outgoing', owner: client.id, key: entry.key });
    return entry.packet;
  }

  outgoingStream(client: Who): Readable {
    const queue = this.#queues.get(client.id);
    const old = queue?.dropOld(this.#options.now()) ?? [];
    for (const one of old) this.#options.writer?.del({ kind: 'outgoing', owner: client.id, key: one.key });
    if (old.length > 0) this.#options.onDropped(old.length);
    return Readable.from((queue?.entries() ?? []).map((one) => one.packet));
  }

  /** QoS 2 from a device: held until its PUBREL, for the life of the connection. */
  async incomingStorePacket(client: Who, packet: HeldPacket): Promise<void> {
    if (packet.messageId === undefined) return;
    const held = this.#incoming.get(client.id) ?? new Map<number, HeldPacket>();
    this.#incoming.set(client.id, held);
    held.set(packet.messageId, packet);
  }

  async incomingGetPacket(client: Who, packet: HeldPacket): Promise<HeldPacket> {
    const held = this.#incoming.get(client.id)?.get(packet.messageId ?? -1);
    if (held === undefined) throw new Error('no such packet');
    return held;
  }

  async incomingDelPacket(client: Who, packet: HeldPacket): Promise<void> {
    if (this.#incoming.get(client.id)?.delete(packet.messageId ?? -1) !== true)
      throw new Error('no such packet');
  }

  async cleanIncoming(client: Who): Promise<void> {
    this.#incoming.delete(client.id);
  }

  async putWill(client: Who, packet: Omit<Will, 'cmd'>): Promise<void> {
    const will: Will = { ...packet, cmd: 'publish', clientId: client.id };
    this.#wills.set(client.id, will);
    this.#options.writer?.put({
      kind: 'will',
      owner: client.id,
      key: '',
      body: bodyOf(will),
      at: this.#options.now(),
    });
    return this.#settled();
  }

  async getWill(client: Who): Promise<Will | undefined> {
    return this.#wills.get(client.id);
  }

  async delWill(client: Who): Promise<Will | undefined> {
    const will = this.#wills.get(client.id);
    if (this.#wills.delete(client.id)) this.#options.writer?.del({ kind: 'will', owner: client.id, key: '' });
    return will;
  }

  /** The wills of clients that were connected when this process's predecessor died; each is taken out. */
  takeWills(): Will[] {
    const wills = [...this.#wills.values()];
    for (const clientId of [...this.#wills.keys()]) void this.delWill({ id: clientId });
    return wills;
  }

  /** aedes looks here for wills of other brokers of a cluster; there are none. */
  streamWill(): Readable {
    return Readable.from([]);
  }

  getClientList(topic: string): Readable {
    return Readable.from([...this.#subscriptions].filter(([, kept]) => kept.has(topic)).map(([id]) => id));
  }

  async destroy(): Promise<void> {}

  #settled(): Promise<void> {
    return this.#options.writer?.settled() ?? Promise.resolve();
  }

  #load(row: KeptRow): void {
    if (row.kind === 'subscription') {
      const parsed = StoredSubscription.safeParse(JSON.parse(row.body));
      if (!parsed.success) return;
      const kept = this.#subscriptions.get(row.owner) ?? new Map<string, number>();
      this.#subscriptions.set(row.owner, kept.set(row.key, parsed.data.qos));
      return;
    }
    const packet = packetOf(row.body);
    if (packet === null) return;
    if (row.kind === 'retained') this.#retained.load(packet);
    if (row.kind === 'will') this.#wills.set(row.owner, { ...packet, clientId: row.owner });
    if (row.kind === 'outgoing') {
      this.#nextKey = Math.max(this.#nextKey, Number(row.key) + 1);
      const queue = this.#queues.get(row.owner) ?? new SessionQueue();
      this.#queues.set(row.owner, queue);
      queue.add({ key: row.key, packet, atMs: row.at });
    }
  }
}
