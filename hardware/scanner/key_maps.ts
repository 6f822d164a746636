// Key positions of Linux (input-event-codes.h) → characters, by the layout that the scanner was told to
// type in. A layout is written as rows of characters in the order of the keys.

export type Layout = 'us' | 'de' | 'fr';
export type Level = 'plain' | 'shift' | 'alt_gr';

const DIGITS = range(2, 12);
const UPPER = range(16, 12);
const HOME = range(30, 11);
const LOWER = range(44, 10);
const GRAVE = 41;
const BACKSLASH = 43;
const BESIDE_LEFT_SHIFT = 86;
const SPACE = 57;

export const KEYS = {
  enter: [28, 96],
  tab: [15],
  shift: [42, 54],
  ctrl: [29, 97],
  altGr: [100],
  /** The key that a US keyboard calls "]"; scanners type the group separator as Ctrl with it. */
  rightBracket: 27,
} as const;

type Rows = { digits: string; upper: string; home: string; lower: string; others: string };

/** `others`: the keys left of 1, right of the home row, and beside the left shift. */
const LAYOUTS: Record<Layout, { plain: Rows; shift: Rows; altGr: Record<number, string> }> = {
  us: {
    plain: {
      digits: '1234567890-=',
      upper: 'qwertyuiop[]',
      home: "asdfghjkl;'",
      lower: 'zxcvbnm,./',
      others: '`\\<',
    },
    shift: {
      digits: '!@#$%^&*()_+',
      upper: 'QWERTYUIOP{}',
      home: 'ASDFGHJKL:"',
      lower: 'ZXCVBNM<>?',
      others: '~|>',
    },
    altGr: {},
  },
  de: {
    plain: {
      digits: '1234567890ß´',
      upper: 'qwertzuiopü+',
      home: 'asdfghjklöä',
      lower: 'yxcvbnm,.-',
      others: '^#<',
    },
    shift: {
      digits: '!"§$%&/()=?`',
      upper: 'QWERTZUIOPÜ*',
      home: 'ASDFGHJKLÖÄ',
      lower: 'YXCVBNM;:_',
      others: "°'>",
    },
    altGr: {
      3: '²',
      4: '³',
      8: '{',
      9: '[',
      10: ']',
      11: '}',
      12: '\\',
      16: '@',
      18: '€',
      27: '~',
      50: 'µ',
      86: '|',
    },
  },
  fr: {
    plain: {
      digits: '&é"\'(-è_çà)=',
      upper: 'azertyuiop^$',
      home: 'qsdfghjklmù',
      lower: 'wxcvbn,;:!',
      others: '²*<',
    },
    shift: {
      digits: '1234567890°+',
      upper: 'AZERTYUIOP¨£',
      home: 'QSDFGHJKLM%',
      lower: 'WXCVBN?./§',
      others: '~µ>',
    },
    altGr: {
      3: '~',
      4: '#',
      5: '{',
      6: '[',
      7: '|',
      8: '`',
      9: '\\',
      10: '^',
      11: '@',
      12: ']',
      13: '}',
      18: '€',
    },
  },
};

/** The number block types the same in every layout. */
const KEYPAD: Record<number, string> = {
  55: '*',
  71: '7',
  72: '8',
  73: '9',
  74: '-',
  75: '4',
  76: '5',
  77: '6',
  78: '+',
  79: '1',
  80: '2',
  81: '3',
  82: '0',
  83: '.',
  98: '/',
};

export type KeyMap = Record<Level, ReadonlyMap<number, string>>;

export function keyMap(layout: Layout): KeyMap {
  const { plain, shift, altGr } = LAYOUTS[layout];
  return { plain: levelOf(plain), shift: levelOf(shift), alt_gr: new Map(numbered(altGr)) };
}

function levelOf({ digits, upper, home, lower, others }: Rows): Map<number, string> {
  return new Map([
    ...numbered(KEYPAD),
    ...rowOf(DIGITS, digits),
    ...rowOf(UPPER, upper),
    ...rowOf(HOME, home),
    ...rowOf(LOWER, lower),
    ...rowOf([GRAVE, BACKSLASH, BESIDE_LEFT_SHIFT], others),
    [SPACE, ' '] as [number, string],
  ]);
}

const rowOf = (keys: readonly number[], characters: string): [number, string][] =>
  keys.map((key, index) => [key, characters[index] ?? '']);

const numbered = (record: Record<number, string>): [number, string][] =>
  Object.entries(record).map(([key, character]) => [Number(key), character]);

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
