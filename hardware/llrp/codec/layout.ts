import type { Field } from './field.ts';

/** How often a sub-parameter may stand in its parent. */
export type Occurs = '1' | '0-1' | '1-n' | '0-n';

/** One parameter: its fields in wire order, then the sub-parameters that the standard knows in it. */
export interface ParameterLayout {
  /** Types 1 to 127 stand as TV (one byte of type, no length), the others as TLV (LLRP 1.0.1 section 16.2). */
  type: number;
  fields: Record<string, Field<unknown>>;
  /** Which sub-parameters a peer should send. The codec takes any, in any order, and keeps that order. */
  parameters: Record<string, Occurs>;
}

/** One message: its fields in wire order, then its parameters. */
export interface MessageLayout {
  type: number;
  fields: Record<string, Field<unknown>>;
  parameters: Record<string, Occurs>;
}

/** Types below this are TV. */
export const TLV_TYPE_MIN = 128;
