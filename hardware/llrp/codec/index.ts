import { err, type Result } from '../../../shared/result.ts';
import type { CodecError } from './error.ts';
import { decodeHeader, HEADER_BYTES } from './frame.ts';
import { type AnyMessage, decodeMessage, encodeMessage } from './message.ts';

/**
 * The codec's public entry: every message and parameter of LLRP 1.0.1 and 1.1, from bytes to typed values
 * and back to the same bytes. Unknown and vendor parameters and messages are kept as they came; so are
 * reserved bits. 64-bit numbers are bigints here and decimal strings in the JSON view.
 */
export { fromJson, toJson } from './json.ts';
export { message } from './message.ts';
export { filterParameters, findParameter, parameter } from './parameter.ts';

/** Reads exactly one message, header included. Byte fields of the result are views of `bytes`. */
export function decode(bytes: Uint8Array): Result<AnyMessage, CodecError> {
  const header = decodeHeader(bytes);
  if (!header.ok) return header;
  const { version, type, id, reserved, length } = header.value;
  if (bytes.length < length) {
    return err({ code: 'truncated', detail: `${length} bytes announced, ${bytes.length} came` });
  }
  if (bytes.length > length) {
    return err({ code: 'bad_length', detail: `${length} bytes announced, ${bytes.length} came` });
  }
  return decodeMessage({ version, type, id, payload: bytes.subarray(HEADER_BYTES), reserved });
}

/** Writes one message, header included. A value that does not fit its field is a bug and throws. */
export const encode = (message: AnyMessage): Uint8Array => encodeMessage(message);
