import { Duplex } from 'node:stream';
import type { MessagePort } from 'node:worker_threads';

/** Bytes on their way to the other thread that it has not read yet. */
const WINDOW_BYTES = 64 * 1024;

type Message = { bytes: Uint8Array } | { read: number } | { end: true };

/**
 * One end of a byte stream between two threads, over a message port. What the other side has not read is
 * bounded, so a slow one slows the sender and fills no memory.
 */
export class PortStream extends Duplex {
  readonly #port: MessagePort;
  #unread = 0;
  #taken = 0;
  #held: (() => void) | null = null;

  constructor(port: MessagePort) {
    super({ allowHalfOpen: false, highWaterMark: WINDOW_BYTES });
    this.#port = port;
    port.on('message', (message: Message) => this.#hear(message));
    port.on('close', () => this.destroy());
  }

  override _read(): void {
    if (this.#taken === 0) return;
    this.#send({ read: this.#taken });
    this.#taken = 0;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const bytes = Uint8Array.from(chunk);
    this.#unread += bytes.length;
    this.#port.postMessage({ bytes } satisfies Message, [bytes.buffer]);
    if (this.#unread < WINDOW_BYTES) done();
    else this.#held = done;
  }

  override _final(done: () => void): void {
    this.#send({ end: true });
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#port.close();
    done(error);
  }

  #send(message: Message): void {
    this.#port.postMessage(message);
  }

  #hear(message: Message): void {
    if ('bytes' in message) {
      this.#taken += message.bytes.length;
      this.push(message.bytes);
    } else if ('read' in message) {
      this.#unread -= message.read;
      const held = this.#held;
      if (held === null || this.#unread >= WINDOW_BYTES) return;
      this.#held = null;
      held();
    } else this.push(null);
  }
}
