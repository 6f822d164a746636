import { err, ok, type Result } from '../../../shared/result.ts';
import type { CodecError } from './error.ts';
import { decodeHeader, type Frame, type FrameHeader, HEADER_BYTES } from './frame.ts';

/**
 * Cuts a TCP stream into LLRP frames, however its bytes are segmented or coalesced. A frame that lies
 * whole in one chunk is a view of it; only a frame that spans chunks is copied, once.
 */
export class FrameSplitter {
  #held = new Uint8Array(HEADER_BYTES);
  #filled = 0;
  /** Known as soon as the first ten bytes of the held frame are. */
  #header: FrameHeader | null = null;
  #failure: CodecError | null = null;

  /**
   * The frames that `chunk` completes, in order. A failure is the last element: the stream is out of step
   * from there on, so every later push answers the same failure and the connection has to go.
   */
  push(chunk: Uint8Array): Result<Frame, CodecError>[] {
    if (this.#failure !== null) return [err(this.#failure)];
    const out: Result<Frame, CodecError>[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#filled === 0 && chunk.length - at >= HEADER_BYTES) {
        const header = decodeHeader(chunk, at);
        if (!header.ok) return this.#fail(out, header.error);
        const { length } = header.value;
        if (chunk.length - at >= length) {
          out.push(ok(toFrame(header.value, chunk.subarray(at, at + length))));
          at += length;
          continue;
        }
      }
      const taken = Math.min(this.#held.length - this.#filled, chunk.length - at);
      this.#held.set(chunk.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled < this.#held.length) continue;
      if (this.#header === null) {
        const header = decodeHeader(this.#held);
        if (!header.ok) return this.#fail(out, header.error);
        this.#header = header.value;
        if (header.value.length > HEADER_BYTES) {
          const whole = new Uint8Array(header.value.length);
          whole.set(this.#held);
          this.#held = whole;
          continue;
        }
      }
      out.push(ok(toFrame(this.#header, this.#held)));
      this.#reset();
    }
    return out;
  }

  /** What to make of the stream's end: a failure when it cut a frame in two. */
  end(): CodecError | null {
    if (this.#failure !== null || this.#filled === 0) return this.#failure;
    return { code: 'truncated', detail: `the stream ended after ${this.#filled} bytes of a message` };
  }

  #fail(out: Result<Frame, CodecError>[], failure: CodecError): Result<Frame, CodecError>[] {
    this.#failure = failure;
    this.#reset();
    out.push(err(failure));
    return out;
  }

  #reset(): void {
    this.#held = new Uint8Array(HEADER_BYTES);
    this.#filled = 0;
    this.#header = null;
  }
}

function toFrame(header: FrameHeader, whole: Uint8Array): Frame {
  const { version, type, id, reserved } = header;
  const payload = whole.subarray(HEADER_BYTES);
  return reserved === 0 ? { version, type, id, payload } : { version, type, id, payload, reserved };
}
