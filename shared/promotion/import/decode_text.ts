import { type ImportProblem, problem } from './entry.ts';

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

const UNITS_A_CALL = 8_192;

/** Lowest code point that a UTF-8 sequence with so many trailing bytes may stand for (RFC 3629). */
const LOWEST: readonly number[] = [0, 0x80, 0x800, 0x1_0000];

/** The text up to a byte that does not belong, and what is wrong with that byte. */
export interface Decoded {
  text: string;
  problem: ImportProblem | null;
}

/**
 * Bytes → text, strictly: UTF-8, or UTF-16 behind its byte order mark. A byte that does not belong is a problem
 * and never a replacement character, because a promotion's key must not change on the way in.
 */
export class TextReader {
  #encoding: Encoding | null = null;
  #head: number[] = [];
  /** Of an unfinished character: bits so far, bytes to come, bytes altogether. */
  #code = 0;
  #left = 0;
  #tail = 0;
  /** First byte of a UTF-16 unit whose second one has not come; -1 if none. */
  #half = -1;
  #offset = 0;

  push(bytes: Uint8Array): Decoded {
    if (this.#encoding !== null) return this.#decode(bytes);
    if (this.#head.length + bytes.length < 3) {
      this.#head.push(...bytes);
      return { text: '', problem: null };
    }
    return this.#begin(bytes);
  }

  end(): Decoded {
    const begun = this.#encoding === null ? this.#begin(new Uint8Array(0)) : { text: '', problem: null };
    const isCut = this.#left > 0 || this.#half >= 0;
    return begun.problem === null && isCut ? { text: begun.text, problem: this.#refuse() } : begun;
  }

  #begin(bytes: Uint8Array): Decoded {
    const whole = Uint8Array.from([...this.#head, ...bytes.subarray(0, 3)]);
    const [first, second, third] = whole;
    if (first === 0xff && second === 0xfe) this.#encoding = 'utf-16le';
    else if (first === 0xfe && second === 0xff) this.#encoding = 'utf-16be';
    else this.#encoding = 'utf-8';
    const isMarked = first === 0xef && second === 0xbb && third === 0xbf;
    const mark = this.#encoding !== 'utf-8' ? 2 : isMarked ? 3 : 0;
    this.#offset = mark;
    const opening = this.#decode(whole.subarray(mark));
    if (opening.problem !== null) return opening;
    const rest = this.#decode(bytes.subarray(3));
    return { text: opening.text + rest.text, problem: rest.problem };
  }

  #decode(bytes: Uint8Array): Decoded {
    const units = new Uint16Array(bytes.length + 2);
    const [length, isText] =
      this.#encoding === 'utf-8' ? this.#utf8(bytes, units) : this.#utf16(bytes, units);
    let text = '';
    for (let at = 0; at < length; at += UNITS_A_CALL) {
      const piece: string = Reflect.apply(
        String.fromCharCode,
        undefined,
        units.subarray(at, Math.min(length, at + UNITS_A_CALL)),
      );
      text += piece;
    }
    return { text, problem: isText ? null : this.#refuse() };
  }

  /** Gives the number of units written, and whether all bytes were text. */
  #utf8(bytes: Uint8Array, units: Uint16Array): [number, boolean] {
    let length = 0;
    for (const byte of bytes) {
      if (this.#left === 0 && byte < 0x80) units[length++] = byte;
      else if (this.#left === 0) {
        this.#tail = byte >> 5 === 6 ? 1 : byte >> 4 === 14 ? 2 : byte >> 3 === 30 ? 3 : 0;
        if (this.#tail === 0) return [length, false];
        this.#left = this.#tail;
        this.#code = byte & (0x3f >> this.#tail);
      } else {
        if (byte >> 6 !== 2) return [length, false];
        this.#code = (this.#code << 6) | (byte & 0x3f);
        this.#left -= 1;
        if (this.#left === 0) {
          const code = this.#code;
          if (code < (LOWEST[this.#tail] ?? 0) || code > 0x10_ffff || code >> 11 === 27)
            return [length, false];
          if (code > 0xffff) units[length++] = 0xd7c0 + (code >> 10);
          units[length++] = code > 0xffff ? 0xdc00 | (code & 0x3ff) : code;
        }
      }
      this.#offset += 1;
    }
    return [length, true];
  }

  #utf16(bytes: Uint8Array, units: Uint16Array): [number, boolean] {
    let length = 0;
    for (const byte of bytes) {
      this.#offset += 1;
      if (this.#half < 0) {
        this.#half = byte;
        continue;
      }
      const unit = this.#encoding === 'utf-16le' ? this.#half | (byte << 8) : (this.#half << 8) | byte;
      this.#half = -1;
      // `left` is 1 while a high surrogate waits for its low one.
      const isLow = unit >> 10 === 55;
      if (isLow !== (this.#left === 1)) return [length, false];
      this.#left = unit >> 10 === 54 ? 1 : 0;
      units[length++] = unit;
    }
    return [length, true];
  }

  #refuse(): ImportProblem {
    const expected = this.#encoding === 'utf-8' ? 'UTF-8' : 'UTF-16';
    const message = `byte ${this.#offset} is not ${expected}; save the file as UTF-8 (Windows-1255 and ISO 8859-8 are not read)`;
    return problem('', 'bad_encoding', message);
  }
}
