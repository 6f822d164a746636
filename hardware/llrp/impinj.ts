import { Status } from './codec/enumerations.ts';
import type { AnyMessage } from './codec/message.ts';
import { type AnyParameter, decodeParameters, findParameter, parameter } from './codec/parameter.ts';

// The part of Impinj's LLRP extensions that an inventory needs; everything else of it passes as it is.

/** IANA private enterprise number. */
export const IMPINJ = 25_882;

/** The fields of IMPINJ_ENABLE_EXTENSIONS: without it the reader refuses Impinj's parameters. */
export const IMPINJ_ENABLE_EXTENSIONS = { VendorID: IMPINJ, MessageSubtype: 21, Data: new Uint8Array(4) };

/** Whether the answer is IMPINJ_ENABLE_EXTENSIONS_RESPONSE with a success in its body. */
export function isImpinjEnabled(answer: AnyMessage): boolean {
  if (answer.name !== 'CustomMessage' || answer.fields.VendorID !== IMPINJ) return false;
  if (answer.fields.MessageSubtype !== IMPINJ_ENABLE_EXTENSIONS.MessageSubtype + 1) return false;
  const body = decodeParameters(answer.fields.Data);
  return body.ok && findParameter(body.value, 'LLRPStatus')?.fields.Status === Status.M_Success;
}

const INVENTORY_SEARCH_MODE = 23;
const DUAL_TARGET = 2;

/** ImpinjInventorySearchMode: read tags in state A and then in state B, over and over. */
export const impinjDualTarget = (): AnyParameter =>
  parameter('Custom', {
    VendorID: IMPINJ,
    Subtype: INVENTORY_SEARCH_MODE,
    Data: Uint8Array.of(0, DUAL_TARGET),
  });
