/** One message of ZVT: two bytes of command, a length, the data (PA00P015, section 1: APDU). */
export interface Apdu {
  /** Class and instruction as one number: 0x0601 is an authorisation. */
  command: number;
  data: Uint8Array;
}

export const COMMAND = {
  status_information: 0x040f,
  intermediate_status: 0x04ff,
  registration: 0x0600,
  authorisation: 0x0601,
  completion: 0x060f,
  abort: 0x061e,
  repeat_receipt: 0x0620,
  abort_by_register: 0x06b0,
  print_line: 0x06d1,
  print_text_block: 0x06d3,
  /** "Understood": the answer of either side to every message of the other. */
  acknowledge: 0x8000,
} as const;
/** Class of "not accepted"; the instruction is the error code. */
export const REFUSED_CLASS = 0x84;

const EXTENDED_LENGTH = 0xff;

export function encodeApdu({ command, data }: Apdu): Uint8Array {
  const isLong = data.length >= EXTENDED_LENGTH;
  const length = isLong ? [EXTENDED_LENGTH, data.length & 0xff, data.length >> 8] : [data.length];
  return Uint8Array.from([command >> 8, command & 0xff, ...length, ...data]);
}

/** Takes a TCP stream apart into messages, wherever its segments end. A length has 16 bits, so no more than 64 KiB wait. */
export class ApduSplitter {
  #rest: Uint8Array = new Uint8Array(0);

  /** The messages that are whole now. */
  push(chunk: Uint8Array): Apdu[] {
    const bytes = new Uint8Array(this.#rest.length + chunk.length);
    bytes.set(this.#rest);
    bytes.set(chunk, this.#rest.length);
    const apdus: Apdu[] = [];
    let at = 0;
    for (;;) {
      const [a, b, short] = bytes.subarray(at, at + 3);
      if (a === undefined || b === undefined || short === undefined) break;
      const isLong = short === EXTENDED_LENGTH;
      const [low, high] = bytes.subarray(at + 3, at + 5);
      if (isLong && (low === undefined || high === undefined)) break;
      const start = at + (isLong ? 5 : 3);
      const length = isLong ? (low ?? 0) + (high ?? 0) * 256 : short;
      if (bytes.length < start + length) break;
      apdus.push({ command: a * 256 + b, data: bytes.slice(start, start + length) });
      at = start + length;
    }
    this.#rest = bytes.slice(at);
    return apdus;
  }
}
