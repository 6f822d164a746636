import * as limit from '../limits.ts';

/** A message as the broker's own classes hold it; a PUBREL waits in the same queue as the messages. */
export interface HeldPacket {
  cmd: string;
  brokerId?: string;
  brokerCounter?: number;
  topic: string;
  payload: Buffer;
  qos: number;
  retain: boolean;
  dup: boolean;
  messageId?: number | undefined;
}

export interface Queued {
  key: string;
  packet: HeldPacket;
  atMs: number;
}

/** The messages that wait for one kept session, oldest first; bounded in count, bytes and age. */
export class SessionQueue {
  readonly #queue: Queued[] = [];
  #bytes = 0;

  get size(): number {
    return this.#queue.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  entries(): readonly Queued[] {
    return this.#queue;
  }

  /** Adds one, and gives back those that had to go for it: the oldest ones. */
  add(entry: Queued): Queued[] {
    this.#queue.push(entry);
    this.#bytes += sizeOf(entry);
    const dropped: Queued[] = [];
    while (
      this.#queue.length > limit.QUEUED_PER_SESSION_MAX ||
      (this.#bytes > limit.QUEUED_BYTES_PER_SESSION_MAX && this.#queue.length > 1)
    ) {
      const oldest = this.#queue.shift();
      if (oldest === undefined) break;
      this.#bytes -= sizeOf(oldest);
      dropped.push(oldest);
    }
    return dropped;
  }

  find(matches: (packet: HeldPacket) => boolean): Queued | undefined {
    return this.#queue.find((one) => matches(one.packet));
  }

  remove(entry: Queued): void {
    const index = this.#queue.indexOf(entry);
    if (index < 0) return;
    this.#queue.splice(index, 1);
    this.#bytes -= sizeOf(entry);
  }

  /** Takes out what is older than it may be. */
  dropOld(nowMs: number): Queued[] {
    const old = this.#queue.filter((one) => nowMs - one.atMs > limit.QUEUED_KEPT_MS);
    for (const one of old) this.remove(one);
    return old;
  }
}

const sizeOf = (entry: Queued): number => entry.packet.topic.length + entry.packet.payload.length;

/** MQTT 3.1.1 section 4.7, for the filters that anybody here may have: none begins with a wildcard. */
export function matches(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (const [index, part] of wanted.entries()) {
    if (part === '#') return true;
    if (levels[index] === undefined || (part !== '+' && part !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}
