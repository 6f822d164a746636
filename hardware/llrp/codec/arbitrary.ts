import fc from 'fast-check';
import type { Field, Shape } from './field.ts';
import type { ParameterLayout } from './layout.ts';
import type { AnyMessage, MessageName } from './message.ts';
import type { AnyParameter, ParameterName } from './parameter.ts';
import { MESSAGES, PARAMETERS } from './tables.generated.ts';

// What the tests make of the tables: random values for every field, random trees for every parameter.

const BYTES_MAX = 40;
/** Below this depth only parameters without sub-parameters are drawn. */
const DEPTH_MAX = 4;
const layouts: Record<ParameterName, ParameterLayout> = PARAMETERS;
const isName = (name: string): name is ParameterName => Object.hasOwn(PARAMETERS, name);

export const PARAMETER_NAMES = Object.keys(PARAMETERS).filter(isName);
export const MESSAGE_NAMES = Object.keys(MESSAGES).filter((name): name is MessageName =>
  Object.hasOwn(MESSAGES, name),
);

const bytes = (length: number | null): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length ?? 0, maxLength: length ?? BYTES_MAX });

function valueIn(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'integer':
      return fc.integer({ min: shape.min, max: shape.max });
    case 'integers':
      return fc.array(fc.integer({ min: shape.min, max: shape.max }), { maxLength: 12 });
    case 'bigint':
      return fc.bigInt(0n, 2n ** 64n - 1n);
    case 'boolean':
      return fc.boolean();
    case 'text':
      return fc.string({ unit: 'grapheme', maxLength: 20 });
    case 'bytes':
      return bytes(shape.length);
    case 'bits':
      // The bits behind the count are whatever came; they are kept as well.
      return fc
        .nat(BYTES_MAX * 8)
        .chain((bitCount) => bytes((bitCount + 7) >> 3).map((data) => ({ bitCount, bytes: data })));
  }
}

const fieldsOf = (fields: Record<string, Field<unknown>>): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, valueIn(field.shape)])), {
    noNullPrototype: true,
  });

/** A parameter of this name with some of the sub-parameters that its table knows, in any order. */
export function parameterOf(name: ParameterName, depth = 0): fc.Arbitrary<AnyParameter> {
  const layout = layouts[name];
  const children = depth < DEPTH_MAX ? childrenOf(layout.parameters, depth + 1) : fc.constant([]);
  // The fields are drawn by the layout of this very name, which is what the union's type is made from.
  return fc
    .tuple(fieldsOf(layout.fields), children)
    .map(([fields, parameters]) => ({ name, fields, parameters }) as AnyParameter);
}

const childrenOf = (known: ParameterLayout['parameters'], depth: number): fc.Arbitrary<AnyParameter[]> => {
  const names = Object.keys(known).filter(isName);
  if (names.length === 0) return fc.constant([]);
  return fc
    .array(fc.constantFrom(...names), { maxLength: depth === 1 ? 6 : 3 })
    .chain((chosen) => fc.tuple(...chosen.map((name) => parameterOf(name, depth))));
};

/** A message of this name; with `all` it holds each sub-parameter that the table knows at least once. */
export function messageOf(name: MessageName, all = false): fc.Arbitrary<AnyMessage> {
  const layout = MESSAGES[name];
  const one = Object.keys(layout.parameters).filter(isName);
  const each = fc.tuple(...(all ? one : []).map((child) => parameterOf(child, 1)));
  return fc
    .tuple(
      fieldsOf(layout.fields),
      each,
      childrenOf(layout.parameters, 1),
      fc.nat(0xffff_ffff),
      fc.constantFrom(1, 2),
    )
    .map(
      ([fields, first, more, id, version]) =>
        ({ name, version, id, fields, parameters: [...first, ...more] }) as AnyMessage,
    );
}
