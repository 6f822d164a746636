import { err, ok, type Result } from '../../../shared/result.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import type { CodecError } from './error.ts';
import { encodeFrame, type Frame, type LlrpVersion, Version } from './frame.ts';
import type { MessageLayout } from './layout.ts';
import {
  type AnyParameter,
  type FieldValues,
  readFields,
  readParameters,
  writeFields,
  writeParameters,
} from './parameter.ts';
import { MESSAGES } from './tables.generated.ts';

export type MessageName = keyof typeof MESSAGES;

export interface MessageNode<N extends MessageName> {
  name: N;
  version: LlrpVersion;
  /** The sender's number for it; an answer carries the number of its request. */
  id: number;
  fields: FieldValues<(typeof MESSAGES)[N]['fields']>;
  parameters: AnyParameter[];
  /** Reserved bits in wire order, the header's first; only there when one of them came set. */
  reserved?: readonly number[];
}

/** A message that this codec does not know: its type and its body. */
interface RawMessage {
  name: 'raw';
  version: LlrpVersion;
  type: number;
  id: number;
  payload: Uint8Array;
  reserved?: readonly number[];
}

export type AnyMessage = { [N in MessageName]: MessageNode<N> }[MessageName] | RawMessage;

/** Messages that a reader answers with a message of the same name and `Response`. */
export type RequestName = { [N in MessageName]: `${N}Response` extends MessageName ? N : never }[MessageName];
export type ResponseName = `${RequestName}Response`;

/** A message to send, of LLRP 1.0.1 unless another version is given. */
export function message<N extends MessageName>(
  name: N,
  id: number,
  fields: MessageNode<N>['fields'],
  parameters: AnyParameter[] = [],
  version: LlrpVersion = Version.v1_0_1,
): MessageNode<N> {
  return { name, version, id, fields, parameters };
}

interface Known {
  name: string;
  layout: MessageLayout;
}
const byType = new Map<number, Known>(
  Object.entries(MESSAGES).map(([name, layout]): [number, Known] => [layout.type, { name, layout }]),
);
const byName: Record<string, MessageLayout | undefined> = MESSAGES;

/** Reads one frame. A version other than 1.0.1 and 1.1 is `bad_version`, which can be refused without hanging up. */
export function decodeMessage(frame: Frame): Result<AnyMessage, CodecError> {
  const { id, type, payload } = frame;
  const version = versionOf(frame.version);
  if (version === null) {
    return err({ code: 'bad_version', detail: `version ${frame.version} came, 1 and 2 are spoken` });
  }
  const from = new ByteReader(payload);
  from.keepReserved(frame.reserved ?? 0);
  const known = byType.get(type);
  if (known === undefined) {
    return ok(keep({ name: 'raw', version, type, id, payload: from.bytes }, from.takeReserved()));
  }
  const fields = readFields(from, known.layout.fields);
  const reserved = from.takeReserved();
  const parameters = readParameters(from, 0);
  if (from.error !== null) return err({ ...from.error, detail: `${known.name}: ${from.error.detail}` });
  // The fields were read by the layout of this very name, which is what the union's type is made from.
  return ok(keep({ name: known.name, version, id, fields, parameters } as AnyMessage, reserved));
}

/** One message as a whole frame. A value that does not fit its field is a bug and throws. */
export function encodeMessage(one: AnyMessage): Uint8Array {
  const to = new ByteWriter();
  to.giveReserved(one.reserved);
  const { version, id } = one;
  const reserved = to.nextReserved();
  if (one.name === 'raw') {
    to.endReserved();
    return encodeFrame({ version, type: one.type, id, payload: one.payload, reserved });
  }
  const layout = byName[one.name];
  if (layout === undefined) throw new Error(`no layout for message ${one.name}`);
  writeFields(to, layout.fields, one.fields);
  to.endReserved();
  writeParameters(to, one.parameters);
  return encodeFrame({ version, type: layout.type, id, payload: to.finish(), reserved });
}

const keep = (one: AnyMessage, reserved: readonly number[] | undefined): AnyMessage =>
  reserved === undefined ? one : { ...one, reserved };

function versionOf(version: number): LlrpVersion | null {
  return version === Version.v1_0_1 || version === Version.v1_1 ? version : null;
}
