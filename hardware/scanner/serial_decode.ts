import { CODE_BYTES_MAX, type DecodedCode, GROUP_SEPARATOR, type Terminator, withAim } from './code.ts';

const ENDS = { enter: [0x0d, 0x0a], tab: [0x09] } as const satisfies Record<Terminator, readonly number[]>;

/** Bytes of a serial scanner → codes: printable ASCII and the GS1 separator, up to a terminator. */
export class SerialDecoder {
  readonly #ends: ReadonlySet<number>;
  #typed: number[] = [];
  /** Codes that were thrown away, because they are beyond every symbol. */
  dropped = 0;

  constructor(terminators: readonly Terminator[] = ['enter', 'tab']) {
    this.#ends = new Set(terminators.flatMap((terminator) => [...ENDS[terminator]]));
  }

  push(chunk: Uint8Array): DecodedCode[] {
    const codes: DecodedCode[] = [];
    for (const byte of chunk) {
      if (this.#ends.has(byte)) {
        const line = String.fromCharCode(...this.#typed);
        this.#typed = [];
        if (line.length > CODE_BYTES_MAX) this.dropped += 1;
        else if (line !== '') codes.push(withAim(line));
      } else if ((byte >= 0x20 && byte < 0x7f) || byte === GROUP_SEPARATOR) {
        // One more than the limit is kept, so that its end shows that it was too long.
        if (this.#typed.length <= CODE_BYTES_MAX) this.#typed.push(byte);
      }
    }
    return codes;
  }
}
