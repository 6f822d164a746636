/** More than any device of ours says at once, and small enough that a stranger cannot fill the memory. */
export const MQTT_PACKET_BYTES_MAX = 64 * 1024;
const LENGTH_BYTES_MAX = 4;

/**
 * Follows the packets in a stream of MQTT bytes (MQTT 3.1.1 section 2.2.3) and says when one claims to be
 * larger than allowed, or its length cannot be read. It looks at the claim, before the bytes are buffered.
 */
export class PacketMeter {
  readonly #bytesMax: number;
  #state: 'head' | 'length' | 'body' = 'head';
  #left = 0;
  #lengthBytes = 0;

  constructor(bytesMax = MQTT_PACKET_BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  /** False once the stream is not to be read any further. */
  accept(chunk: Uint8Array): boolean {
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === 'body') {
        const taken = Math.min(this.#left, chunk.length - at);
        at += taken;
        this.#left -= taken;
        if (this.#left === 0) this.#state = 'head';
        continue;
      }
      const byte = chunk[at] ?? 0;
      at += 1;
      if (this.#state === 'head') {
        this.#state = 'length';
        this.#left = 0;
        this.#lengthBytes = 0;
        continue;
      }
      this.#left += (byte & 0x7f) * 128 ** this.#lengthBytes;
      this.#lengthBytes += 1;
      if (this.#left > this.#bytesMax) return false;
      if ((byte & 0x80) === 0) this.#state = this.#left === 0 ? 'head' : 'body';
      else if (this.#lengthBytes === LENGTH_BYTES_MAX) return false;
    }
    return true;
  }
}
