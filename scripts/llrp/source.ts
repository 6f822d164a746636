import { parse } from 'yaml';
import { z } from 'zod';

/** The table of LLRP messages and parameters as hardware/llrp/codec/messages.yaml writes it. */

const field = z.object({
  name: z.string().optional(),
  type: z.string(),
  padding: z.boolean().optional(),
  /** The first bit of a field within its byte, counted from the top. */
  bit: z.number().optional(),
  /** The next field stands in the same byte. */
  partial: z.boolean().optional(),
  length: z.number().optional(),
});
const child = z.object({
  type: z.string(),
  optional: z.boolean().optional(),
  repeatable: z.boolean().optional(),
  /** Of the members of a group, one or more stand there, in any order. */
  group: z.string().optional(),
});
const definition = z.object({
  name: z.string(),
  type_id: z.number(),
  fields: z.array(field).optional(),
  parameters: z.array(child).optional(),
});
const alias = z.object({ name: z.string(), storage: z.string(), bits: z.number().optional() });
const source = z.object({
  parameters: z.array(definition),
  messages: z.array(definition),
  types: z.array(alias),
});

export type Source = z.infer<typeof source>;
export type FieldSource = z.infer<typeof field>;
export type ParameterSource = z.infer<typeof definition>;

export const readSource = (yaml: string): Source => source.parse(parse(yaml));
