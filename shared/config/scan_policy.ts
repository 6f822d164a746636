import { z } from 'zod';

const TEMPLATES_MAX = 50;
const WINDOWS_MAX = 20;
const PREFIXES_MAX = 50;
const PREFIX_CHARACTERS_MAX = 200;
const EPC_HEX_MAX = 124;

/**
 * How a label with a value in it is laid out: `I` item, `W` grams, `P` price in minor units, `V` price verifier,
 * `C` check digit, and the digits that it begins with. `28IIIIIWWWWWC` reads 2812345012505 as 1,250 g of 12345.
 */
export const ValueTemplate = z
  .string()
  .regex(/^[0-9]{1,6}I{1,10}(?:V?P{3,7}|W{3,7})C$/, 'expected digits, I…, then W… or V and P…, then C')
  .refine((template) => [8, 12, 13, 14].includes(template.length), 'expected 8, 12, 13 or 14 places')
  .refine(
    (template) => !template.includes('V') || /VP{4,5}C$/.test(template),
    'a verifier stands before four or five digits of price',
  );

/** Tags of a shop's own making: bits `from` to `to` (not included) of those that match hold its product code. */
export const EpcWindow = z
  .strictObject({
    match: z
      .strictObject({
        prefix_hex: z
          .string()
          .regex(/^[0-9A-F]{1,32}$/)
          .optional(),
        hex_length: z.int().min(24).max(EPC_HEX_MAX).optional(),
      })
      .refine(
        (match) => match.prefix_hex !== undefined || match.hex_length !== undefined,
        'matches every tag',
      ),
    from: z.int().min(0).max(495),
    to: z.int().min(1).max(496),
  })
  .refine(({ from, to }) => to > from && to - from <= 53, 'expected 1 to 53 bits');
export type EpcWindow = z.infer<typeof EpcWindow>;

/** The beginning of passes and cards that the shop's people and customers carry, which name no item. */
export const PassPattern = z.strictObject({
  kind: z.enum(['staff_pass', 'loyalty', 'coupon']),
  prefix: z.string().min(1).max(32),
  /** The whole text has this many characters; absent: any number. */
  length: z.int().min(2).max(200).optional(),
});
export type PassPattern = z.infer<typeof PassPattern>;

const Prefixes = z.array(z.string().min(3).max(PREFIX_CHARACTERS_MAX)).max(PREFIXES_MAX);

/** How a store reads codes. Everything has a default, so a configuration that says nothing stays valid. */
export const ScanPolicy = z.strictObject({
  /** Characters; a longer text is refused unread. */
  max_length: z.int().min(20).max(1_000).default(200),
  embedded_templates: z.array(ValueTemplate).max(TEMPLATES_MAX).default([]),
  /** Reduce-to-clear labels: how long the whole label is, and whether promotions still count on such a line. */
  rtc: z
    .strictObject({
      length: z.union([z.literal(24), z.literal(25)]).default(25),
      promotable: z.boolean().default(false),
    })
    .default({ length: 25, promotable: false }),
  epc_windows: z.array(EpcWindow).max(WINDOWS_MAX).default([]),
  /** Addresses that stand before an EPC, as printed or as scanners strip them: `https://shop.example/tag/`. */
  tag_url_prefixes: Prefixes.default([]),
  /** The same before the id of an NFC shelf label; the item bears the id as its code `nfc:<id>`. */
  nfc_label_prefixes: Prefixes.default([]),
  /** Whole addresses are product codes here and are read as nothing else. */
  url_is_barcode: z.boolean().default(false),
  /** Splits one scanned text into several codes; null: it never is. */
  multi_scan_separator: z
    .string()
    .regex(/^[,;|]$/)
    .nullable()
    .default(null),
  /** Eight or more digits that end exactly one code of the store name its item. It can sell the wrong thing. */
  legacy_suffix_match: z.boolean().default(false),
  /** Which further spellings of a code with leading zeros are kept when the shelf is taken in. */
  zero_policy: z.enum(['exact', 'strip', 'pad13']).default('exact'),
  /** What a passed best-before date does; a passed use-by date always refuses. */
  best_before_passed: z.enum(['flag', 'refuse']).default('flag'),
  passes: z.array(PassPattern).max(TEMPLATES_MAX).default([]),
});
export type ScanPolicy = z.infer<typeof ScanPolicy>;

export const DEFAULT_SCAN_POLICY: ScanPolicy = ScanPolicy.parse({});
