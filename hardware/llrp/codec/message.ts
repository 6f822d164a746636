import { err, ok, type Result } from '../../../shared/result.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import type { CodecError } from './error.ts';
import { encodeFrame, type Frame, LLRP_VERSION } from './frame.ts';
import { MESSAGES, type MessageLayout } from './messages.ts';
import {
  type AnyParameter,
  type FieldValues,
  readFields,
  readParameters,
  writeFields,
  writeParameters,
} from './parameter.ts';

export type MessageName = keyof typeof MESSAGES;

export interface MessageNode<N extends MessageName> {
  name: N;
  /** The sender's number for it; an answer carries the number of its request. */
  id: number;
  fields: FieldValues<(typeof MESSAGES)[N]['fields']>;
  parameters: AnyParameter[];
}

/** A message that this codec does not know: its type and its body. */
interface RawMessage {
  name: 'raw';
  type: number;
  id: number;
  payload: Uint8Array;
}

export type AnyMessage = { [N in MessageName]: MessageNode<N> }[MessageName] | RawMessage;

/** Messages that a reader answers with a message of the same name and `Response`. */
export type RequestName = { [N in MessageName]: `${N}Response` extends MessageName ? N : never }[MessageName];
export type ResponseName = `${RequestName}Response`;

/** A message to send. */
export function message<N extends MessageName>(
  name: N,
  id: number,
  fields: MessageNode<N>['fields'],
  parameters: AnyParameter[] = [],
): MessageNode<N> {
  return { name, id, fields, parameters };
}

interface Known {
  name: string;
  layout: MessageLayout;
}
const byType = new Map<number, Known>(
  Object.entries(MESSAGES).map(([name, layout]): [number, Known] => [layout.type, { name, layout }]),
);
const byName: Record<string, MessageLayout | undefined> = MESSAGES;

/** Reads one frame of LLRP 1.0.1. Another version is `bad_version`, which can be refused without hanging up. */
export function decodeMessage(frame: Frame): Result<AnyMessage, CodecError> {
  if (frame.version !== LLRP_VERSION) {
    return err({ code: 'bad_version', detail: `version ${frame.version} came, ${LLRP_VERSION} is spoken` });
  }
  const known = byType.get(frame.type);
  if (known === undefined) return ok({ name: 'raw', type: frame.type, id: frame.id, payload: frame.payload });
  const from = new ByteReader(frame.payload);
  const fields = readFields(from, known.layout.fields);
  const parameters = readParameters(from, 0);
  if (from.error !== null) return err({ ...from.error, detail: `${known.name}: ${from.error.detail}` });
  // The fields were read by the layout of this very name, which is what the union's type is made from.
  return ok({ name: known.name, id: frame.id, fields, parameters } as AnyMessage);
}

/** One message as a whole frame. A value that does not fit its field is a bug and throws. */
export function encodeMessage(one: AnyMessage): Uint8Array {
  if (one.name === 'raw') {
    return encodeFrame({ version: LLRP_VERSION, type: one.type, id: one.id, payload: one.payload });
  }
  const layout = byName[one.name];
  if (layout === undefined) throw new Error(`no layout for message ${one.name}`);
  const to = new ByteWriter();
  writeFields(to, layout.fields, one.fields);
  writeParameters(to, one.parameters);
  return encodeFrame({ version: LLRP_VERSION, type: layout.type, id: one.id, payload: to.finish() });
}
