import { type Bucket, take } from '../../shared/http/token_bucket.ts';
import {
  CONNECT_PACKET_BYTES_MAX,
  PACKET_BYTES_MAX,
  PACKETS_BURST_MAX,
  PACKETS_PER_S_MAX,
} from './limits.ts';

const LENGTH_BYTES_MAX = 4;
const CONNECT_HEAD = 0x10;

export interface PacketMeterOptions {
  now(): number;
  firstBytesMax?: number;
  bytesMax?: number;
  perSMax?: number;
  burstMax?: number;
}

export type PacketRefusal = 'no CONNECT' | 'packet too large' | 'bad packet length' | 'too many packets';

/**
 * Follows the packets in a stream of MQTT bytes (MQTT 3.1.1 section 2.2.3) and says when one claims to be
 * larger than allowed, when they come too fast, or when the first is no CONNECT. It looks at the claim,
 * before the bytes are buffered; CONNECT itself has a limit of its own.
 */
export class PacketMeter {
  readonly #options: Required<PacketMeterOptions>;
  #state: 'head' | 'length' | 'body' = 'head';
  #left = 0;
  #lengthBytes = 0;
  #first = true;
  #packets: Bucket | undefined;

  constructor(options: PacketMeterOptions) {
    this.#options = {
      firstBytesMax: CONNECT_PACKET_BYTES_MAX,
      bytesMax: PACKET_BYTES_MAX,
      perSMax: PACKETS_PER_S_MAX,
      burstMax: PACKETS_BURST_MAX,
      ...options,
    };
  }

  /** Whether the first packet, CONNECT, is not whole yet. */
  get inFirst(): boolean {
    return this.#first;
  }

  /** Null while all is well; after a refusal the stream is not to be read any further. */
  accept(chunk: Uint8Array): PacketRefusal | null {
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === 'body') {
        const taken = Math.min(this.#left, chunk.length - at);
        at += taken;
        this.#left -= taken;
        if (this.#left === 0) this.#end();
        continue;
      }
      const byte = chunk[at] ?? 0;
      at += 1;
      const refusal = this.#state === 'head' ? this.#head(byte) : this.#length(byte);
      if (refusal !== null) return refusal;
    }
    return null;
  }

  #head(byte: number): PacketRefusal | null {
    if (this.#first && byte !== CONNECT_HEAD) return 'no CONNECT';
    const { now, perSMax, burstMax } = this.#options;
    const taken = take(this.#packets, now(), perSMax, burstMax);
    this.#packets = taken.bucket;
    this.#state = 'length';
    this.#left = 0;
    this.#lengthBytes = 0;
    return taken.allowed ? null : 'too many packets';
  }

  #length(byte: number): PacketRefusal | null {
    this.#left += (byte & 0x7f) * 128 ** this.#lengthBytes;
    this.#lengthBytes += 1;
    const { firstBytesMax, bytesMax } = this.#options;
    if (this.#left > (this.#first ? firstBytesMax : bytesMax)) return 'packet too large';
    if ((byte & 0x80) === 0) {
      this.#state = 'body';
      if (this.#left === 0) this.#end();
    } else if (this.#lengthBytes === LENGTH_BYTES_MAX) return 'bad packet length';
    return null;
  }

  #end(): void {
    this.#state = 'head';
    this.#first = false;
  }
}
