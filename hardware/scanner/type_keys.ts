import { GROUP_SEPARATOR, type Terminator } from './code.ts';
import { RECORD_BYTES } from './evdev_decode.ts';
import { KEYS, keyMap, type Layout, type Level } from './key_maps.ts';

/** One `struct input_event` of a 64-bit kernel. */
export function inputEvent(ms: number, type: number, code: number, value: number): Buffer {
  const bytes = Buffer.alloc(RECORD_BYTES);
  bytes.writeBigInt64LE(BigInt(Math.floor(ms / 1_000)), 0);
  bytes.writeBigInt64LE(BigInt((ms % 1_000) * 1_000), 8);
  bytes.writeUInt16LE(type, 16);
  bytes.writeUInt16LE(code, 18);
  bytes.writeInt32LE(value, 20);
  return bytes;
}

const MODIFIER: Record<Level, number | null> = { plain: null, shift: KEYS.shift[0], alt_gr: KEYS.altGr[0] };

/** What the kernel reports while a keyboard-wedge scanner types a code: the simulated scanner's hands. */
export function typeKeys(text: string, layout: Layout, terminator: Terminator = 'enter', ms = 0): Buffer {
  const events: Buffer[] = [];
  const put = (type: number, code: number, value: number): void => {
    events.push(inputEvent(ms, type, code, value));
  };
  const press = (key: number, modifier: number | null): void => {
    const keys = modifier === null ? [key] : [modifier, key];
    for (const [value, order] of [
      [1, keys],
      [0, keys.toReversed()],
    ] as const) {
      for (const one of order) {
        put(4, 4, one);
        put(1, one, value);
        put(0, 0, 0);
      }
    }
  };
  for (const character of text) {
    if (character.charCodeAt(0) === GROUP_SEPARATOR) press(KEYS.rightBracket, KEYS.ctrl[0]);
    else press(...keyOf(character, layout));
  }
  press(KEYS[terminator][0], null);
  return Buffer.concat(events);
}

function keyOf(character: string, layout: Layout): [number, number | null] {
  const map = keyMap(layout);
  for (const level of ['plain', 'shift', 'alt_gr'] as const) {
    for (const [key, typed] of map[level]) if (typed === character) return [key, MODIFIER[level]];
  }
  throw new RangeError(`no key of the ${layout} layout types ${JSON.stringify(character)}`);
}
