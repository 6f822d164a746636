import { Duplex } from 'node:stream';
import { PacketMeter } from './packet_meter.ts';

/**
 * A connection whose inbound packets are measured before the broker's parser buffers them. The one that is too
 * large ends its own connection, before or after CONNECT alike.
 */
export class MeteredStream extends Duplex {
  readonly #wire: Duplex;
  readonly #meter = new PacketMeter();

  constructor(wire: Duplex) {
    super({ allowHalfOpen: false });
    this.#wire = wire;
    wire.on('data', (chunk: Buffer) => {
      if (!this.#meter.accept(chunk)) this.destroy(new Error('packet too large'));
      else if (!this.push(chunk)) wire.pause();
    });
    wire.on('end', () => this.push(null));
    wire.on('error', (error) => this.destroy(error));
    wire.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#wire.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#wire.write(chunk, (error) => done(error));
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#wire.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#wire.destroy();
    done(error);
  }
}
