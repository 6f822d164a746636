import { Duplex } from 'node:stream';
import { OUTBOUND_BYTES_MAX } from './limits.ts';
import { PacketMeter } from './packet_meter.ts';

/**
 * A connection as the broker sees it. Inbound packets are measured before the broker's parser buffers them.
 * Outbound bytes wait here for a peer that reads slowly, so that a publisher never waits for one: only a
 * peer that lets more than OUTBOUND_BYTES_MAX pile up makes `write` say no.
 */
export class Wire extends Duplex {
  readonly #inner: Duplex;
  readonly #meter: PacketMeter;

  constructor(inner: Duplex, now: () => number) {
    super({ allowHalfOpen: false, writableHighWaterMark: OUTBOUND_BYTES_MAX });
    this.#inner = inner;
    this.#meter = new PacketMeter({ now });
    inner.on('data', (chunk: Buffer) => {
      const refusal = this.#meter.accept(chunk);
      if (refusal !== null) this.destroy(new Error(refusal));
      else if (!this.push(chunk)) inner.pause();
    });
    inner.on('end', () => this.push(null));
    inner.on('error', (error) => this.destroy(error));
    inner.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#inner.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#inner.write(chunk, (error) => done(error));
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#inner.write(Buffer.concat(chunks.map((one) => one.chunk)), (error) => done(error));
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#inner.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#inner.destroy();
    done(error);
  }
}
