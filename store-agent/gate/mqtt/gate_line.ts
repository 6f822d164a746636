import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { DeviceCredential } from '../../../shared/config/store_config.ts';
import { KEEPALIVE_S_MAX, PACKET_BYTES_MAX } from '../../bus/limits.ts';
import type { PublishRate } from '../../bus/publish_rate.ts';
import type { Topics } from '../../bus/topics.ts';
import type { GateDecision } from '../../exit/judge.ts';
import * as mqtt from './packets.ts';

/** Decisions that a gate does not read. Above it the gate is not there, whatever its connection says. */
const UNSENT_BYTES_MAX = 64 * 1024;
const QOS2_IDS_MAX = 64;
/** The broker hears of a busy gate at least twice in the time that the gate promised. */
const KEEPALIVE_SHARE = 2;
const KEEPALIVE_S_DEFAULT = 30;
const GRANTED_QOS = 0;
const REFUSED_SUBSCRIPTION = 0x80;

export interface GateLineContext {
  gate: DeviceCredential;
  topics: Topics;
  keepaliveS: number;
  /** Of the gate, not of this connection: coming back does not fill it. */
  rate: PublishRate;
  monotonicMs(): number;
  onReads(payload: string): void;
  /** A message came above the rate that a gate may have. */
  onDropped(): void;
}

/**
 * The line of one gate. Reads are taken and decisions sent here, past the broker and every queue of others;
 * all else that the gate says goes to the broker on the main thread, and its answers come back through.
 */
export class GateLine {
  readonly gate: DeviceCredential;
  readonly #context: GateLineContext;
  readonly #socket: Socket;
  readonly #broker: Duplex;
  readonly #in: mqtt.PacketSplitter;
  readonly #out = new mqtt.PacketSplitter(PACKET_BYTES_MAX);
  readonly #unreleased = new Set<number>();
  readonly #rate: PublishRate;
  #listening = false;
  #greeted = false;
  #toBrokerMs: number;

  /** `connect` is the packet that was read to know the gate; `splitter` holds what came behind it. */
  constructor(
    socket: Socket,
    broker: Duplex,
    first: { connect: Buffer; splitter: mqtt.PacketSplitter },
    context: GateLineContext,
  ) {
    this.gate = context.gate;
    this.#context = context;
    this.#socket = socket;
    this.#rate = context.rate;
    this.#broker = broker;
    this.#in = first.splitter;
    this.#in.allow(PACKET_BYTES_MAX);
    this.#toBrokerMs = context.monotonicMs();
    broker.write(first.connect);
    socket.write(mqtt.connack(0));
    socket.on('data', (chunk: Buffer) => {
      this.#in.push(chunk);
      this.#takeAll();
    });
    broker.on('data', (chunk: Buffer) => this.#fromBroker(chunk));
    socket.on('close', () => broker.destroy());
    broker.on('close', () => socket.destroy());
    broker.on('error', () => socket.destroy());
    this.#takeAll();
  }

  /** Sends a decision, if the gate listens for them: a client library drops what it never subscribed to. */
  deliver(decision: GateDecision): void {
    if (!this.#listening) return;
    if (this.#socket.writableLength > UNSENT_BYTES_MAX) this.#socket.destroy();
    else this.#send(mqtt.publish(this.#context.topics.decision(this.gate.id), JSON.stringify(decision)));
  }

  close(): void {
    this.#socket.destroy();
    this.#broker.destroy();
  }

  onClose(listener: () => void): void {
    this.#socket.on('close', listener);
  }

  #send(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  #takeAll(): void {
    for (;;) {
      const packet = this.#in.take();
      if (packet === null) this.#socket.destroy();
      if (packet === null || packet === undefined) return;
      if (this.#socket.destroyed) return;
      if (!this.#takeHere(packet)) this.#toBroker(packet.raw);
    }
  }

  /** Answers whether this packet is our affair alone. */
  #takeHere(packet: mqtt.Packet): boolean {
    const { topics, onReads, onDropped } = this.#context;
    switch (packet.type) {
      case mqtt.PUBLISH: {
        const message = mqtt.readPublish(packet);
        if (message?.topic !== topics.reads(this.gate.id)) return false;
        this.#stayAwake();
        // More than any gate reads: it is not answered, and one that does not stop is cut off.
        const rate = this.#rate.take(this.#context.monotonicMs(), packet.raw.length);
        if (rate === 'cut') this.#socket.destroy();
        if (message.qos === 1) this.#send(mqtt.puback(message.id));
        // Sent again before it was released, it is the same message (section 4.3.3).
        if (message.qos === 2 && !this.#receive(message.id)) return true;
        if (rate === 'pass') onReads(message.payload.toString('utf8'));
        else onDropped();
        return true;
      }
      case mqtt.PUBREL: {
        const id = mqtt.packetId(packet);
        if (!this.#unreleased.delete(id)) return false;
        this.#send(mqtt.pubcomp(id));
        return true;
      }
      case mqtt.PINGREQ:
        this.#send(mqtt.pingresp);
        return false;
      case mqtt.SUBSCRIBE:
      case mqtt.UNSUBSCRIBE:
        return this.#takeTopics(packet);
      default:
        return false;
    }
  }

  #receive(id: number): boolean {
    this.#send(mqtt.pubrec(id));
    if (this.#unreleased.has(id)) return false;
    if (this.#unreleased.size >= QOS2_IDS_MAX) this.#socket.destroy();
    this.#unreleased.add(id);
    return true;
  }

  /** The decision topic is served here, every other by the broker; one packet may name both. */
  #takeTopics(packet: mqtt.Packet): boolean {
    const asked = mqtt.readTopics(packet);
    if (asked === null) return false;
    const decision = this.#context.topics.decision(this.gate.id);
    const ours = asked.topics.filter((one) => one.topic === decision);
    if (ours.length > 0) this.#listening = packet.type === mqtt.SUBSCRIBE;
    if (ours.length < asked.topics.length) return false;
    this.#send(
      packet.type === mqtt.UNSUBSCRIBE
        ? mqtt.unsuback(asked.id)
        : mqtt.suback(
            asked.id,
            asked.topics.map(({ qos }) => (qos <= 2 ? GRANTED_QOS : REFUSED_SUBSCRIPTION)),
          ),
    );
    return true;
  }

  /** A gate that only reads says nothing to the broker, which would take it for gone. */
  #stayAwake(): void {
    const promisedS = Math.min(this.#context.keepaliveS || KEEPALIVE_S_DEFAULT, KEEPALIVE_S_MAX);
    const everyMs = (promisedS * 1_000) / KEEPALIVE_SHARE;
    if (this.#context.monotonicMs() - this.#toBrokerMs >= everyMs) this.#toBroker(mqtt.pingreq);
  }

  #toBroker(bytes: Buffer): void {
    this.#toBrokerMs = this.#context.monotonicMs();
    // A broker that stands still lets this pile up only as far as one gate's own small talk.
    if (this.#broker.writableLength > UNSENT_BYTES_MAX) this.#socket.destroy();
    else this.#broker.write(bytes);
  }

  #fromBroker(chunk: Buffer): void {
    this.#out.push(chunk);
    for (;;) {
      const packet = this.#out.take();
      if (packet === null) this.#socket.destroy();
      if (packet === null || packet === undefined) return;
      if (packet.type === mqtt.CONNACK && !this.#greeted) {
        this.#greeted = true;
        // Whatever the broker holds against this gate ends the connection: it comes back and is told.
        if (packet.body[1] !== 0) this.#socket.destroy();
      } else if (packet.type !== mqtt.PINGRESP) this.#send(packet.raw);
    }
  }
}
