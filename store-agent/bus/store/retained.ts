import * as limit from '../limits.ts';
import { bodyOf } from './packet_row.ts';
import { type HeldPacket, matches } from './sessions.ts';
import type { StoreWriter } from './writer.ts';

interface RetainedOptions {
  writer: StoreWriter | null;
  now(): number;
  onDropped(count: number): void;
}

/** The last message of each topic that is retained; bounded in count and bytes. */
export class RetainedMessages {
  readonly #options: RetainedOptions;
  readonly #messages = new Map<string, HeldPacket>();
  #bytes = 0;

  constructor(options: RetainedOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#messages.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(topic: string): HeldPacket | undefined {
    return this.#messages.get(topic);
  }

  matching(filter: string): HeldPacket[] {
    return [...this.#messages.values()]
      .filter((one) => matches(filter, one.topic))
      .map((one) => ({ ...one }));
  }

  /** What the file said; without a write. */
  load(packet: HeldPacket): void {
    this.#messages.set(packet.topic, packet);
    this.#bytes += sizeOf(packet);
  }

  /** An empty payload removes (MQTT 3.1.1 section 3.3.1.3). True where there is something to be written. */
  store(packet: HeldPacket): boolean {
    const { topic } = packet;
    const before = this.#messages.get(topic);
    if (before !== undefined) this.#bytes -= sizeOf(before);
    this.#messages.delete(topic);
    const key = { kind: 'retained', owner: '', key: topic } as const;
    const empty = packet.payload.length === 0;
    const full =
      this.#messages.size >= limit.RETAINED_MESSAGES_MAX ||
      this.#bytes + sizeOf(packet) > limit.RETAINED_BYTES_MAX;
    if (empty || full) {
      if (!empty) this.#options.onDropped(1);
      if (before !== undefined) this.#options.writer?.del(key);
      return before !== undefined;
    }
    const held: HeldPacket = { ...packet, payload: Buffer.from(packet.payload) };
    this.load(held);
    this.#options.writer?.put({ ...key, body: bodyOf(held), at: this.#options.now() });
    return true;
  }
}

const sizeOf = (packet: HeldPacket): number => packet.topic.length + packet.payload.length;
