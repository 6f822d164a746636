/** The few packets of MQTT 3.1.1 that a gate's line is made of. Section numbers are those of the standard. */
export const CONNECT = 1;
export const CONNACK = 2;
export const PUBLISH = 3;
export const PUBREL = 6;
export const SUBSCRIBE = 8;
export const UNSUBSCRIBE = 10;
export const PINGREQ = 12;
export const PINGRESP = 13;

const LENGTH_BYTES_MAX = 4;

/** One whole packet: `raw` as it came, `body` without the fixed header (section 2.2). */
export interface Packet {
  type: number;
  flags: number;
  body: Buffer;
  raw: Buffer;
}

/** Cuts a stream into packets. A packet over the limit, or a length that cannot be read, ends it. */
export class PacketSplitter {
  #rest: Buffer = Buffer.alloc(0);
  #bytesMax: number;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** After CONNECT a device is known, and believed more. */
  allow(bytesMax: number): void {
    this.#bytesMax = bytesMax;
  }

  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  /** What was pushed and not taken. */
  rest(): Buffer {
    return this.#rest;
  }

  /** The next whole packet, or undefined while it is not all there, or null for a stream beyond repair. */
  take(): Packet | undefined | null {
    const buffer = this.#rest;
    let length = 0;
    for (let at = 1; ; at++) {
      if (at > LENGTH_BYTES_MAX) return null;
      const byte = buffer[at];
      if (byte === undefined) return undefined;
      length += (byte & 0x7f) * 128 ** (at - 1);
      if (length > this.#bytesMax) return null;
      if ((byte & 0x80) !== 0) continue;
      const end = at + 1 + length;
      if (buffer.length < end) return undefined;
      this.#rest = buffer.subarray(end);
      const head = buffer[0] ?? 0;
      return {
        type: head >> 4,
        flags: head & 15,
        body: buffer.subarray(at + 1, end),
        raw: buffer.subarray(0, end),
      };
    }
  }
}

/** Reads the fields of a body in order; past its end everything is null. */
class Fields {
  #at = 0;
  readonly #body: Buffer;

  constructor(body: Buffer) {
    this.#body = body;
  }

  get done(): boolean {
    return this.#at >= this.#body.length;
  }

  byte(): number | null {
    return this.#at < this.#body.length ? this.#body.readUInt8(this.#at++) : null;
  }

  word(): number | null {
    if (this.#at + 2 > this.#body.length) return null;
    this.#at += 2;
    return this.#body.readUInt16BE(this.#at - 2);
  }

  bytes(): Buffer | null {
    const length = this.word();
    if (length === null || this.#at + length > this.#body.length) return null;
    this.#at += length;
    return this.#body.subarray(this.#at - length, this.#at);
  }

  text(): string | null {
    return this.bytes()?.toString('utf8') ?? null;
  }

  rest(): Buffer {
    return this.#body.subarray(this.#at);
  }
}

export interface Connect {
  clientId: string;
  keepaliveS: number;
  username: string | null;
  password: Buffer | null;
}

/** Who connects (section 3.1), in protocol 3.1 or 3.1.1; null for anything else. */
export function readConnect({ type, body }: Packet): Connect | null {
  if (type !== CONNECT) return null;
  const fields = new Fields(body);
  const protocol = fields.text();
  const level = fields.byte();
  const flags = fields.byte();
  const keepaliveS = fields.word();
  const clientId = fields.text();
  if (flags === null || keepaliveS === null || clientId === null) return null;
  if (!(protocol === 'MQTT' && level === 4) && !(protocol === 'MQIsdp' && level === 3)) return null;
  if ((flags & 0x04) !== 0 && (fields.bytes() === null || fields.bytes() === null)) return null;
  const username = (flags & 0x80) === 0 ? null : fields.text();
  const password = (flags & 0x40) === 0 ? null : fields.bytes();
  return { clientId, keepaliveS, username, password };
}

export interface Publish {
  topic: string;
  qos: number;
  id: number;
  payload: Buffer;
}

export function readPublish({ flags, body }: Packet): Publish | null {
  const fields = new Fields(body);
  const topic = fields.text();
  const qos = (flags >> 1) & 3;
  const id = qos === 0 ? 0 : fields.word();
  return topic === null || id === null ? null : { topic, qos, id, payload: fields.rest() };
}

/** The packet id and the topics of SUBSCRIBE (with the wanted QoS) or UNSUBSCRIBE. */
export function readTopics({
  type,
  body,
}: Packet): { id: number; topics: { topic: string; qos: number }[] } | null {
  const fields = new Fields(body);
  const id = fields.word();
  if (id === null) return null;
  const topics: { topic: string; qos: number }[] = [];
  while (!fields.done) {
    const topic = fields.text();
    const qos = type === SUBSCRIBE ? fields.byte() : 0;
    if (topic === null || qos === null) return null;
    topics.push({ topic, qos });
  }
  return { id, topics };
}

export const packetId = ({ body }: Packet): number => (body.length >= 2 ? body.readUInt16BE(0) : 0);

const short = (head: number, id: number): Buffer => Buffer.from([head, 2, id >> 8, id & 255]);
export const connack = (code: number): Buffer => Buffer.from([0x20, 2, 0, code]);
export const puback = (id: number): Buffer => short(0x40, id);
export const pubrec = (id: number): Buffer => short(0x50, id);
export const pubcomp = (id: number): Buffer => short(0x70, id);
export const unsuback = (id: number): Buffer => short(0xb0, id);
export const suback = (id: number, codes: readonly number[]): Buffer =>
  Buffer.from([0x90, 2 + codes.length, id >> 8, id & 255, ...codes]);
export const pingreq = Buffer.from([0xc0, 0]);
export const pingresp = Buffer.from([0xd0, 0]);

/** A message of QoS 0: on TCP it arrives, or the connection is gone and nobody wants it any more. */
export function publish(topic: string, payload: string): Buffer {
  const topicBytes = Buffer.byteLength(topic);
  const payloadBytes = Buffer.byteLength(payload);
  let left = 2 + topicBytes + payloadBytes;
  const total = left;
  const length: number[] = [];
  do {
    const byte = left & 0x7f;
    left >>= 7;
    length.push(left > 0 ? byte | 0x80 : byte);
  } while (left > 0);
  const packet = Buffer.allocUnsafe(1 + length.length + total);
  packet[0] = 0x30;
  packet.set(length, 1);
  let at = 1 + length.length;
  packet.writeUInt16BE(topicBytes, at);
  at += 2;
  at += packet.write(topic, at);
  packet.write(payload, at);
  return packet;
}
