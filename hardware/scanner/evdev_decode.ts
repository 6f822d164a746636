import { CODE_BYTES_MAX, type DecodedCode, GROUP_SEPARATOR, type Terminator, withAim } from './code.ts';
import { KEYS, type KeyMap, keyMap, type Layout, type Level } from './key_maps.ts';

/** `struct input_event` of a 64-bit kernel: two 64-bit times, type, code, value; little-endian. */
export const RECORD_BYTES = 24;
const EV_SYN = 0;
const EV_KEY = 1;
const SYN_DROPPED = 3;
const RELEASED = 0;
const PRESSED = 1;
/** A scanner types without a pause: what stands half typed after this long is no beginning of a code. */
const PAUSE_MS_MAX = 1_000;

export interface EvdevOptions {
  layout?: Layout;
  /** Keys that end a code; both unless told otherwise. */
  terminators?: readonly Terminator[];
}

/** Key events of a keyboard-wedge scanner → codes. Whatever the bytes, it gives codes or nothing. */
export class EvdevDecoder {
  readonly #map: KeyMap;
  readonly #ends: ReadonlySet<number>;
  readonly #held = new Set<number>();
  #rest: Buffer = Buffer.alloc(0);
  #typed = '';
  /** The kernel dropped events, or the code is beyond every symbol: what is being typed is not to be believed. */
  #spoiled = false;
  #lastMs = 0;
  /** Codes that were thrown away, because a part of them was lost. */
  dropped = 0;

  constructor({ layout = 'us', terminators = ['enter', 'tab'] }: EvdevOptions = {}) {
    this.#map = keyMap(layout);
    this.#ends = new Set(terminators.flatMap((terminator) => [...KEYS[terminator]]));
  }

  push(chunk: Uint8Array): DecodedCode[] {
    const bytes = Buffer.concat([this.#rest, chunk]);
    const whole = bytes.length - (bytes.length % RECORD_BYTES);
    this.#rest = bytes.subarray(whole);
    const codes: DecodedCode[] = [];
    for (let at = 0; at < whole; at += RECORD_BYTES) {
      const ms = Number(bytes.readBigInt64LE(at)) * 1_000 + Number(bytes.readBigInt64LE(at + 8)) / 1_000;
      const code = this.#event(
        ms,
        bytes.readUInt16LE(at + 16),
        bytes.readUInt16LE(at + 18),
        bytes.readInt32LE(at + 20),
      );
      if (code !== null) codes.push(code);
    }
    return codes;
  }

  #event(ms: number, type: number, key: number, value: number): DecodedCode | null {
    if (type === EV_SYN && key === SYN_DROPPED) {
      this.#spoiled = true;
      // Which keys are down is not known any more, and a shift that stays would spoil the next code too.
      this.#held.clear();
      return null;
    }
    if (type !== EV_KEY) return null;
    if (value === RELEASED) this.#held.delete(key);
    if (value !== PRESSED) return null;
    this.#held.add(key);
    if (ms - this.#lastMs > PAUSE_MS_MAX) this.#forget();
    this.#lastMs = ms;
    if (this.#ends.has(key)) return this.#end();
    this.#type(this.#characterOf(key));
    return null;
  }

  #type(character: string): void {
    if (this.#typed.length >= CODE_BYTES_MAX) this.#spoiled = true;
    else this.#typed += character;
  }

  #end(): DecodedCode | null {
    const typed = this.#typed;
    const spoiled = this.#spoiled;
    this.#forget();
    if (spoiled) this.dropped += 1;
    return spoiled || typed === '' ? null : withAim(typed);
  }

  #forget(): void {
    this.#typed = '';
    this.#spoiled = false;
  }

  #characterOf(key: number): string {
    if (this.#down(KEYS.ctrl)) {
      return key === KEYS.rightBracket ? String.fromCharCode(GROUP_SEPARATOR) : '';
    }
    const level: Level = this.#down(KEYS.altGr) ? 'alt_gr' : this.#down(KEYS.shift) ? 'shift' : 'plain';
    return this.#map[level].get(key) ?? '';
  }

  #down(keys: readonly number[]): boolean {
    return keys.some((key) => this.#held.has(key));
  }
}
