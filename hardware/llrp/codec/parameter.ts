import { err, ok, type Result } from '../../../shared/result.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import type { CodecError } from './error.ts';
import type { Field } from './field.ts';
import { type ParameterLayout, TLV_TYPE_MIN } from './layout.ts';
import { PARAMETERS } from './tables.generated.ts';

/** Real messages nest six deep; the limit keeps hostile bytes from exhausting the stack. */
export const PARAMETER_DEPTH_MAX = 16;
const TLV_HEADER_BYTES = 4;

/** The values of a layout's fields, each of the type that its field reads. */
export type FieldValues<F> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never };

export type ParameterName = keyof typeof PARAMETERS;

/** A parameter as it stood in the message: its fields, then its sub-parameters in their order. */
export interface ParameterNode<N extends ParameterName> {
  name: N;
  fields: FieldValues<(typeof PARAMETERS)[N]['fields']>;
  parameters: AnyParameter[];
  /** Reserved bits in wire order, the header's first; only there when one of them came set. */
  reserved?: readonly number[];
}

/** A parameter that this codec does not know: all of its bytes, header included. */
interface RawParameter {
  name: 'raw';
  type: number;
  bytes: Uint8Array;
}

export type AnyParameter = { [N in ParameterName]: ParameterNode<N> }[ParameterName] | RawParameter;

/** A parameter to send. */
export function parameter<N extends ParameterName>(
  name: N,
  fields: ParameterNode<N>['fields'],
  parameters: AnyParameter[] = [],
): ParameterNode<N> {
  return { name, fields, parameters };
}

/** The type number of a parameter, known or not. */
export const typeOf = (one: AnyParameter): number =>
  one.name === 'raw' ? one.type : PARAMETERS[one.name].type;

/** The first of `list` called `name`. */
export function findParameter<N extends ParameterName>(list: readonly AnyParameter[], name: N) {
  return list.find((one): one is Extract<AnyParameter, { name: N }> => one.name === name);
}

/** All of `list` called `name`, in their order. */
export function filterParameters<N extends ParameterName>(list: readonly AnyParameter[], name: N) {
  return list.filter((one): one is Extract<AnyParameter, { name: N }> => one.name === name);
}

interface Known {
  name: string;
  layout: ParameterLayout;
}
const byType = new Map<number, Known>(
  Object.entries(PARAMETERS).map(([name, layout]): [number, Known] => [layout.type, { name, layout }]),
);
const byName: Record<string, ParameterLayout | undefined> = PARAMETERS;

/**
 * Reads parameters up to the end of `bytes` (LLRP 1.0.1 section 16.2: TLV and TV). Unknown ones are kept
 * raw; behind an unknown TV, whose length nobody can know, the rest of its parent is kept raw with it.
 */
export function decodeParameters(bytes: Uint8Array): Result<AnyParameter[], CodecError> {
  const from = new ByteReader(bytes);
  const list = readParameters(from, 0);
  return from.error === null ? ok(list) : err(from.error);
}

export function encodeParameters(list: readonly AnyParameter[]): Uint8Array {
  const to = new ByteWriter();
  writeParameters(to, list);
  return to.finish();
}

/** The same inside a message that is being read: the list ends where the reader's window ends. */
export function readParameters(from: ByteReader, depth: number): AnyParameter[] {
  const list: AnyParameter[] = [];
  if (from.at < from.end && depth > PARAMETER_DEPTH_MAX) {
    from.fail('too_deep', `parameters nest deeper than ${PARAMETER_DEPTH_MAX}`);
  }
  while (from.at < from.end) {
    const one = from.peek() & 0x80 ? readTv(from) : readTlv(from, depth);
    if (one !== null) list.push(one);
  }
  return list;
}

function readTv(from: ByteReader): AnyParameter | null {
  const start = from.at;
  const type = from.u8() & 0x7f;
  const known = byType.get(type);
  if (known === undefined) {
    from.at = from.end;
    return { name: 'raw', type, bytes: from.bytes.subarray(start, from.end) };
  }
  const fields = readFields(from, known.layout.fields);
  return toNode(known.name, fields, [], from.takeReserved(), from);
}

function readTlv(from: ByteReader, depth: number): AnyParameter | null {
  const start = from.at;
  const head = from.u16();
  const type = head & 0x3ff;
  const length = from.u16();
  if (from.error !== null) return null;
  if (length < TLV_HEADER_BYTES) {
    from.fail('bad_length', `parameter ${type} claims ${length} bytes, its header has ${TLV_HEADER_BYTES}`);
    return null;
  }
  if (start + length > from.end) {
    from.fail('truncated', `parameter ${type} claims ${length} bytes, ${from.end - start} are left`);
    return null;
  }
  const known = type < TLV_TYPE_MIN ? undefined : byType.get(type);
  if (known === undefined) {
    from.at = start + length;
    return { name: 'raw', type, bytes: from.bytes.subarray(start, start + length) };
  }
  const parentEnd = from.end;
  from.end = start + length;
  from.keepReserved(head >> 10);
  const fields = readFields(from, known.layout.fields);
  const reserved = from.takeReserved();
  const parameters = readParameters(from, depth + 1);
  from.end = parentEnd;
  return toNode(known.name, fields, parameters, reserved, from);
}

/** Reads the fields of a layout in wire order. */
export function readFields(
  from: ByteReader,
  layout: Record<string, Field<unknown>>,
): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name in layout) fields[name] = layout[name]?.read(from);
  return fields;
}

export function writeFields(
  to: ByteWriter,
  layout: Record<string, Field<unknown>>,
  fields: Record<string, unknown>,
): void {
  for (const name in layout) layout[name]?.write(to, fields[name]);
}

function toNode(
  name: string,
  fields: Record<string, unknown>,
  parameters: AnyParameter[],
  reserved: readonly number[] | undefined,
  from: ByteReader,
): AnyParameter | null {
  if (from.error !== null) return null;
  const node = reserved === undefined ? { name, fields, parameters } : { name, fields, parameters, reserved };
  // The fields were read by the layout of this very name, which is what the union's type is made from.
  return node as AnyParameter;
}

/** The same inside a message that is being written. */
export function writeParameters(to: ByteWriter, list: readonly AnyParameter[]): void {
  for (const one of list) {
    if (one.name === 'raw') {
      to.put(one.bytes);
      continue;
    }
    const layout = byName[one.name];
    if (layout === undefined) throw new Error(`no layout for parameter ${one.name}`);
    to.giveReserved(one.reserved);
    if (layout.type < TLV_TYPE_MIN) {
      if (one.parameters.length > 0) throw new RangeError(`${one.name} holds no parameters`);
      to.u8(0x80 | layout.type);
      writeFields(to, layout.fields, one.fields);
      to.endReserved();
      continue;
    }
    const start = to.at;
    to.u16((to.nextReserved() << 10) | layout.type);
    to.u16(0);
    writeFields(to, layout.fields, one.fields);
    to.endReserved();
    writeParameters(to, one.parameters);
    to.patchU16(start + 2, to.at - start);
  }
}
