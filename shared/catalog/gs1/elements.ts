import { err, ok, type Result } from '../../result.ts';
import { entryOf, type Gs1Component, type Gs1Entry } from './entries.ts';
import { LINTERS } from './linters.ts';

export interface Gs1Element {
  ai: string;
  value: string;
}

export interface Gs1Error {
  reason:
    | 'empty'
    | 'unknown_ai'
    | 'too_short'
    | 'too_long'
    | 'characters'
    | 'bracket'
    | 'repeated'
    | 'missing_companion'
    | 'excluded_companion'
    | 'address'
    | 'no_key'
    | 'qualifier_order'
    | 'not_an_attribute'
    | 'currency'
    /** The name of the test that a component fails: `csum`, `yymmd0`, … */
    | (string & {});
  ai?: string;
}

const CHARACTERS: Readonly<Record<Gs1Component['type'], RegExp>> = {
  N: /^[0-9]*$/,
  X: /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*$/,
  Y: /^[#\-./0-9A-Z]*$/,
  Z: /^[-0-9A-Z_a-z]*={0,2}$/,
};

/** Cuts a value into the components of its AI and puts each to its tests. */
export function checkValue(entry: Gs1Entry, value: string): Gs1Error | null {
  const { ai } = entry;
  let rest = value;
  for (const component of entry.components) {
    if (rest === '' && component.optional) break;
    const part = rest.slice(0, component.max);
    if (part.length < component.min) return { reason: 'too_short', ai };
    if (!CHARACTERS[component.type].test(part)) return { reason: 'characters', ai };
    const failed = component.linters.find((name) => LINTERS[name]?.(part) !== true);
    if (failed !== undefined) return { reason: failed, ai };
    rest = rest.slice(component.max);
  }
  return rest === '' ? null : { reason: 'too_long', ai };
}

/** Values one by one, then what must and what must not stand together on one thing. */
export function checkElements(elements: readonly Gs1Element[]): Result<Gs1Element[], Gs1Error> {
  const values = new Map<string, string>();
  for (const { ai, value } of elements) {
    const entry = entryOf(ai);
    if (entry === undefined) return err({ reason: 'unknown_ai', ai });
    const wrong = checkValue(entry, value);
    if (wrong !== null) return err(wrong);
    if ((values.get(ai) ?? value) !== value) return err({ reason: 'repeated', ai });
    values.set(ai, value);
  }
  if (values.size === 0) return err({ reason: 'empty' });
  const ais = [...values.keys()];
  for (const ai of ais) {
    const entry = entryOf(ai);
    const others = ais.filter((other) => other !== ai);
    const stands = (pattern: string) => others.some((other) => fits(other, pattern));
    if (entry?.excludes.some(stands)) return err({ reason: 'excluded_companion', ai });
    if (entry?.requires.some((groups) => !groups.some((group) => group.every(stands))))
      return err({ reason: 'missing_companion', ai });
  }
  return ok([...values].map(([ai, value]) => ({ ai, value })));
}

/** `31nn` fits 3103: `n` stands for any digit. */
const fits = (ai: string, pattern: string): boolean =>
  ai.length === pattern.length && [...pattern].every((sign, i) => sign === 'n' || sign === ai.charAt(i));
