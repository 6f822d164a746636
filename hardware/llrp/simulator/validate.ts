import { Status } from '../codec/enumerations.ts';
import type { MessageLayout, Occurs, ParameterLayout } from '../codec/layout.ts';
import type { AnyMessage } from '../codec/message.ts';
import { type AnyParameter, typeOf } from '../codec/parameter.ts';
import { MESSAGES, PARAMETERS } from '../codec/tables.generated.ts';
import { badParameter, type Refusal } from './status.ts';

/** Where the standard lets operations stand more than once, in any order. */
const OPERATION_LISTS: ReadonlySet<string> = new Set(['AccessCommand', 'ClientRequestResponse']);
/** What stands in place of each other and is told apart by the spec that holds it, not here. */
const UNCHECKED: ReadonlySet<string> = new Set(['ROSpec', 'AISpec']);

const parameters: Record<string, ParameterLayout | undefined> = PARAMETERS;
const messages: Record<string, MessageLayout | undefined> = MESSAGES;

/**
 * Checks by the tables that a request holds the parameters that it must and may hold. A fault in the message
 * itself has an M_ code, one inside a parameter is a ParameterError within M_ParameterError (section 14).
 */
export function checkRequest(one: AnyMessage): Refusal | null {
  const layout = messages[one.name];
  if (one.name === 'raw' || layout === undefined) return null;
  const fault = faultIn(layout.parameters, one.parameters);
  if (fault !== null) {
    const { type, code, why } = fault;
    return { ...badParameter(type, code, why), status: statusOfMessage(code) };
  }
  return checkInside(one.parameters);
}

/** P_MissingParameter and its kin are M_MissingParameter and so on with 200 in place of 100, but for one. */
const statusOfMessage = (code: number): number =>
  code === Status.P_UnsupportedParameter ? Status.M_UnsupportedParameter : code - 100;

function checkInside(list: readonly AnyParameter[]): Refusal | null {
  for (const one of list) {
    if (one.name === 'raw') continue;
    const known = parameters[one.name]?.parameters ?? {};
    if (!UNCHECKED.has(one.name)) {
      const fault = faultIn(known, one.parameters, OPERATION_LISTS.has(one.name));
      if (fault !== null) return badParameter(fault.type, fault.code, `${one.name}: ${fault.why}`);
    }
    const inside = checkInside(one.parameters);
    if (inside !== null) return inside;
  }
  return null;
}

interface Fault {
  type: number;
  code: number;
  why: string;
}

function faultIn(
  known: Record<string, Occurs>,
  list: readonly AnyParameter[],
  isRepeatable = false,
): Fault | null {
  const seen = new Map<string, number>();
  for (const one of list) {
    const type = typeOf(one);
    const occurs = known[one.name];
    if (one.name === 'raw') {
      return { type, code: Status.P_UnknownParameter, why: `parameter ${type} is not known` };
    }
    if (occurs === undefined) {
      return { type, code: Status.P_UnexpectedParameter, why: `${one.name} has no place here` };
    }
    if (one.name === 'Custom') {
      const why = `no extension of vendor ${one.fields.VendorID} is supported`;
      return { type, code: Status.P_UnsupportedParameter, why };
    }
    const count = (seen.get(one.name) ?? 0) + 1;
    seen.set(one.name, count);
    if (count > 1 && !isRepeatable && !occurs.endsWith('n')) {
      return { type, code: Status.P_DuplicateParameter, why: `${one.name} stands there twice` };
    }
  }
  for (const [name, occurs] of Object.entries(known)) {
    if (occurs.startsWith('1') && !seen.has(name)) {
      const type = parameters[name]?.type ?? 0;
      return { type, code: Status.P_MissingParameter, why: `${name} is missing` };
    }
  }
  return null;
}
