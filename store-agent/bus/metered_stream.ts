import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { PacketMeter } from './packet_meter.ts';

/**
 * A socket whose inbound packets are measured before the broker's parser buffers them. The one that is too
 * large ends its own connection, before or after CONNECT alike.
 */
export class MeteredStream extends Duplex {
  readonly #socket: Socket;
  readonly #meter = new PacketMeter();

  constructor(socket: Socket) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      if (!this.#meter.accept(chunk)) this.destroy(new Error('packet too large'));
      else if (!this.push(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, (error) => done(error));
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
