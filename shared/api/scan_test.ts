import { z } from 'zod';
import { CODE_CHARACTERS_MAX } from './basket.ts';

/** A code as staff try it out: nothing is sold, held or written. */
export const ScanTest = z.strictObject({
  code: z.string().min(1).max(CODE_CHARACTERS_MAX),
  symbology: z.string().max(32).optional(),
  aim: z
    .string()
    .regex(/^\][A-Za-z][0-9A-Za-z]$/)
    .optional(),
  source: z.enum(['camera', 'laser', 'rfid', 'nfc', 'typed', 'kiosk']).optional(),
});
export type ScanTest = z.infer<typeof ScanTest>;

const FoundItem = z.object({ id: z.string(), sku: z.string(), name: z.string() });

/** How one code was understood: every attempt in its order, with what it asked the shelf and what it came to. */
export const ScanExplanation = z.object({
  code: z.string(),
  /** The text that is left after an AIM identifier and an add-on; null: refused before it was read. */
  reading: z
    .object({
      text: z.string(),
      kind: z.string(),
      aim: z.string().optional(),
      supplement: z.string().optional(),
    })
    .nullable(),
  steps: z.array(
    z.object({
      step: z.string(),
      title: z.string(),
      verdict: z.enum(['recognised', 'refused', 'passed']),
      /** In a sentence. */
      why: z.string(),
      lookups: z.array(z.object({ by: z.string(), key: z.string(), items: z.array(FoundItem) })),
    }),
  ),
  outcome: z.object({
    kind: z.enum(['item', 'no_item', 'refused']),
    /** The problem that a scan into a basket would meet; absent: it would be sold. */
    problem: z.object({ code: z.string(), detail: z.string().optional() }).optional(),
    sentence: z.string(),
  }),
  item: FoundItem.extend({
    unit_price: z.int(),
    sold_by: z.enum(['each', 'weight']),
    /** What a line would cost, in minor units; null: it cannot be said before it is weighed. */
    line_price: z.int().nullable(),
  }).nullable(),
  /** What the code says beside the item, in reading order. */
  fields: z.array(z.object({ name: z.string(), value: z.string() })),
  /** The application identifiers of a GS1 element string or Digital Link. */
  elements: z.array(z.object({ ai: z.string(), title: z.string(), value: z.string() })),
  /** A tag's bits, field by field from the left. */
  tag: z
    .object({
      epc: z.string(),
      scheme: z.string().nullable(),
      uri: z.string().nullable(),
      digital_link: z.string().nullable(),
      segments: z.array(z.object({ name: z.string(), from: z.int(), bits: z.int(), value: z.string() })),
    })
    .nullable(),
});
export type ScanExplanation = z.infer<typeof ScanExplanation>;

/** One explanation a code: several only where the store takes several codes in one scan. */
export const ScanTestAnswer = z.object({
  scans: z.array(ScanExplanation),
  currency: z.string(),
  shelf_version: z.int(),
});
export type ScanTestAnswer = z.infer<typeof ScanTestAnswer>;
