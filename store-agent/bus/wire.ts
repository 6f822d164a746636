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
  /** What came behind CONNECT before its answer: a client need not wait for that, but the broker must. */
  #early: Buffer[] | null = [];

  constructor(inner: Duplex, now: () => number) {
    super({ allowHalfOpen: false, writableHighWaterMark: OUTBOUND_BYTES_MAX });
    this.#inner = inner;
    this.#meter = new PacketMeter({ now });
    inner.on('data', (chunk: Buffer) => this.#take(chunk));
    inner.on('end', () => this.push(null));
    inner.on('error', (error) => this.destroy(error));
    inner.on('close', () => this.destroy());
  }

  #take(chunk: Buffer): void {
    let at = 0;
    // Byte by byte as far as CONNECT goes, so that not one behind it gets through.
    while (this.#meter.inFirst && at < chunk.length) {
      if (this.#isRefused(chunk.subarray(at, at + 1))) return;
      at += 1;
    }
    const behind = chunk.subarray(at);
    if (this.#isRefused(behind)) return;
    if (this.#early === null) {
      if (!this.push(behind)) this.#inner.pause();
      return;
    }
    if (at > 0) this.push(chunk.subarray(0, at));
    if (behind.length > 0) this.#early.push(behind);
    if (!this.#meter.inFirst) this.#inner.pause();
  }

  #isRefused(chunk: Buffer): boolean {
    const refusal = this.#meter.accept(chunk);
    if (refusal !== null) this.destroy(new Error(refusal));
    return refusal !== null;
  }

  /** The first word of the broker is its answer to CONNECT. */
  #answered(): void {
    if (this.#early === null) return;
    for (const chunk of this.#early) this.push(chunk);
    this.#early = null;
    this.#inner.resume();
  }

  override _read(): void {
    if (this.#early === null || this.#meter.inFirst) this.#inner.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#inner.write(chunk, (error) => done(error));
    this.#answered();
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#inner.write(Buffer.concat(chunks.map((one) => one.chunk)), (error) => done(error));
    this.#answered();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#inner.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#inner.destroy();
    done(error);
  }
}
