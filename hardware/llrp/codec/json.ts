import { err, ok, type Result } from '../../../shared/result.ts';
import type { CodecError } from './error.ts';
import type { BitArray, Field, Shape } from './field.ts';
import type { AnyMessage } from './message.ts';
import type { AnyParameter } from './parameter.ts';
import { MESSAGES, PARAMETERS } from './tables.generated.ts';

/**
 * The same message without a value that JSON cannot hold: 64-bit numbers are decimal strings, bytes are
 * upper-case hex, bit arrays are `{ bitCount, hex }`. Everything else stands as it is.
 */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | JsonValue[]
  | { [key: string]: JsonValue | undefined };
type JsonObject = { [key: string]: JsonValue | undefined };

interface Fields {
  [name: string]: Field<unknown>;
}
const parameterFields = new Map<string, Fields>(
  Object.entries(PARAMETERS).map(([name, layout]) => [name, layout.fields]),
);
const messageFields = new Map<string, Fields>(
  Object.entries(MESSAGES).map(([name, layout]) => [name, layout.fields]),
);

export function toJson(message: AnyMessage): JsonObject {
  if (message.name === 'raw') return { ...rest(message), payload: toHex(message.payload) };
  return {
    ...rest(message),
    fields: fieldsToJson(message.fields),
    parameters: message.parameters.map(parameterToJson),
  };
}

/** The message behind its JSON view. Whether the values fit their fields shows when it is encoded. */
export function fromJson(json: JsonValue): Result<AnyMessage, CodecError> {
  try {
    return ok(messageFrom(json));
  } catch (error) {
    if (error instanceof Misfit) return err({ code: 'bad_json', detail: error.message });
    throw error;
  }
}

const rest = (one: AnyMessage): JsonObject => {
  const head: JsonObject = { name: one.name, version: one.version, id: one.id };
  if (one.name === 'raw') head['type'] = one.type;
  if (one.reserved !== undefined) head['reserved'] = [...one.reserved];
  return head;
};

function parameterToJson(one: AnyParameter): JsonObject {
  if (one.name === 'raw') return { name: 'raw', type: one.type, bytes: toHex(one.bytes) };
  const json: JsonObject = {
    name: one.name,
    fields: fieldsToJson(one.fields),
    parameters: one.parameters.map(parameterToJson),
  };
  if (one.reserved !== undefined) json['reserved'] = [...one.reserved];
  return json;
}

function fieldsToJson(fields: Record<string, unknown>): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, valueToJson(value)]));
}

function valueToJson(value: unknown): JsonValue {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return toHex(value);
  if (isBits(value)) return { bitCount: value.bitCount, hex: toHex(value.bytes) };
  // What is left of the field types: numbers, booleans, strings, lists of numbers.
  return value as JsonValue;
}

const isBits = (value: unknown): value is BitArray =>
  typeof value === 'object' && value !== null && 'bitCount' in value && 'bytes' in value;

const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();

/** The JSON is not the view of a message. */
class Misfit extends Error {}

function messageFrom(json: JsonValue | undefined): AnyMessage {
  const one = objectOf(json, 'a message');
  const name = textOf(one['name'], 'name');
  const head = {
    name,
    version: integerOf(one['version'], 'version'),
    id: integerOf(one['id'], 'id'),
    ...reservedOf(one),
  };
  // The tables decide the shape of fields, which is what the union's type is made from.
  if (name === 'raw') {
    const payload = bytesOf(one['payload'], 'payload');
    return { ...head, type: integerOf(one['type'], 'type'), payload } as AnyMessage;
  }
  const known = messageFields.get(name);
  if (known === undefined) throw new Misfit(`no message is called ${name}`);
  const fields = fieldsFrom(one['fields'], known, name);
  return { ...head, fields, parameters: listOf(one['parameters'], name).map(parameterFrom) } as AnyMessage;
}

function parameterFrom(json: JsonValue): AnyParameter {
  const one = objectOf(json, 'a parameter');
  const name = textOf(one['name'], 'name');
  if (name === 'raw') {
    return { name, type: integerOf(one['type'], 'type'), bytes: bytesOf(one['bytes'], 'bytes') };
  }
  const known = parameterFields.get(name);
  if (known === undefined) throw new Misfit(`no parameter is called ${name}`);
  const fields = fieldsFrom(one['fields'], known, name);
  const parameters = listOf(one['parameters'], name).map(parameterFrom);
  return { name, fields, parameters, ...reservedOf(one) } as AnyParameter;
}

function fieldsFrom(json: JsonValue | undefined, known: Fields, of: string): Record<string, unknown> {
  const values = objectOf(json, `${of}.fields`);
  const foreign = Object.keys(values).find((name) => !Object.hasOwn(known, name));
  if (foreign !== undefined) throw new Misfit(`${of} has no field ${foreign}`);
  return Object.fromEntries(
    Object.entries(known).map(([name, field]) => [
      name,
      valueFrom(values[name], field.shape, `${of}.${name}`),
    ]),
  );
}

function valueFrom(json: JsonValue | undefined, shape: Shape, at: string): unknown {
  switch (shape.kind) {
    case 'integer':
      return integerOf(json, at);
    case 'integers':
      return listOf(json, at).map((one) => integerOf(one, at));
    case 'boolean':
      if (typeof json !== 'boolean') throw new Misfit(`${at} is no boolean`);
      return json;
    case 'bigint': {
      const digits = textOf(json, at);
      if (!/^\d{1,20}$/.test(digits)) throw new Misfit(`${at} is no decimal number`);
      return BigInt(digits);
    }
    case 'text':
      return textOf(json, at);
    case 'bytes':
      return bytesOf(json, at);
    case 'bits': {
      const one = objectOf(json, at);
      return { bitCount: integerOf(one['bitCount'], at), bytes: bytesOf(one['hex'], at) };
    }
  }
}

const reservedOf = (one: JsonObject): { reserved?: number[] } =>
  one['reserved'] === undefined
    ? {}
    : { reserved: listOf(one['reserved'], 'reserved').map((value) => integerOf(value, 'reserved')) };

function objectOf(json: JsonValue | undefined, at: string): JsonObject {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new Misfit(`${at} is no object`);
  return json;
}

function listOf(json: JsonValue | undefined, at: string): JsonValue[] {
  if (!Array.isArray(json)) throw new Misfit(`${at} has no list`);
  return json;
}

function textOf(json: JsonValue | undefined, at: string): string {
  if (typeof json !== 'string') throw new Misfit(`${at} is no text`);
  return json;
}

function integerOf(json: JsonValue | undefined, at: string): number {
  if (typeof json !== 'number' || !Number.isInteger(json)) throw new Misfit(`${at} is no integer`);
  return json;
}

function bytesOf(json: JsonValue | undefined, at: string): Uint8Array {
  const hex = textOf(json, at);
  if (!/^(?:[0-9A-Fa-f]{2})*$/.test(hex)) throw new Misfit(`${at} is no hex`);
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) =>
    Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16),
  );
}
