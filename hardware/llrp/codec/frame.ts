import { err, ok, type Result } from '../../../shared/result.ts';
import type { CodecError } from './error.ts';

/** LLRP 1.0.1 section 16.1: a message is 3 reserved bits, 3 of version, 10 of type, then length and id. */
export const HEADER_BYTES = 10;
/** Readers send far less (large ones drop the link above about 500 KiB); more than this is a lost stream. */
export const FRAME_BYTES_MAX = 1_048_576;
/** What stands in the header of every message. Both versions have the same encoding. */
export const Version = { v1_0_1: 1, v1_1: 2 } as const;
export type LlrpVersion = (typeof Version)[keyof typeof Version];
/** Versions that share this header (1.0.1, 1.1 and 2.0): such a frame can be refused politely. */
const VERSION_FRAMED_MAX = 3;

export interface Frame {
  version: number;
  type: number;
  id: number;
  /** The body without the header; a view of the received bytes. */
  payload: Uint8Array;
  /** The three reserved bits of the header, where they came set. */
  reserved?: number;
}

export interface FrameHeader {
  version: number;
  type: number;
  id: number;
  /** Bytes of the whole message, header included. */
  length: number;
  reserved: number;
}

/** Reads a header from at least `HEADER_BYTES` bytes at `at`. */
export function decodeHeader(bytes: Uint8Array, at = 0): Result<FrameHeader, CodecError> {
  if (bytes.length - at < HEADER_BYTES) {
    return err({
      code: 'truncated',
      detail: `a header needs ${HEADER_BYTES} bytes, ${bytes.length - at} came`,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES);
  const word = view.getUint16(0);
  const version = (word >> 10) & 0x07;
  const length = view.getUint32(2);
  if (version < 1 || version > VERSION_FRAMED_MAX) {
    return err({ code: 'bad_version', detail: `no LLRP has version ${version}` });
  }
  if (length < HEADER_BYTES) {
    return err({ code: 'bad_length', detail: `a message of ${length} bytes has no room for its header` });
  }
  if (length > FRAME_BYTES_MAX) {
    return err({
      code: 'frame_too_large',
      detail: `${length} bytes announced, at most ${FRAME_BYTES_MAX} taken`,
    });
  }
  return ok({ version, type: word & 0x3ff, id: view.getUint32(6), length, reserved: word >> 13 });
}

/** One message as bytes. `id` is 32 bits; a payload above the limit is a bug and throws. */
export function encodeFrame(frame: Frame): Uint8Array {
  const length = HEADER_BYTES + frame.payload.length;
  if (length > FRAME_BYTES_MAX) throw new RangeError(`a message of ${length} bytes is above the limit`);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  const reserved = (frame.reserved ?? 0) & 0x07;
  view.setUint16(0, (reserved << 13) | ((frame.version & 0x07) << 10) | (frame.type & 0x3ff));
  view.setUint32(2, length);
  view.setUint32(6, frame.id);
  bytes.set(frame.payload, HEADER_BYTES);
  return bytes;
}
