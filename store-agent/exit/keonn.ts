import { canonicalEpc } from '../../shared/catalog/epc.ts';
import { err, ok, type Result } from '../../shared/result.ts';

/** A bulk question of a gate; beyond it somebody is fishing. */
export const KEONN_EPCS_MAX = 2_000;
const NAME_CHARS_MAX = 512;

export interface HttpAnswer {
  status: number;
  body: string;
}

/** A question of the Keonn-compatible call: every identifier as it was spelt, once, in order. */
export interface KeonnQuestion {
  names: string[];
  /** The canonical EPC of each name that is one: the others are legal too, and nobody sold them. */
  epcs: Map<string, string>;
}

/** Reads `{"epcs": ["…"]}`. Anything else is garbage, which is told apart from theft by its status. */
export function readKeonn(text: string): Result<KeonnQuestion, HttpAnswer> {
  const garbage = (error: string) => err({ status: 422, body: JSON.stringify({ error }) });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return garbage('not JSON');
  }
  const list = typeof json === 'object' && json !== null && 'epcs' in json ? json.epcs : undefined;
  if (!Array.isArray(list)) return garbage('epcs must be a list');
  if (list.length > KEONN_EPCS_MAX) return garbage(`more than ${KEONN_EPCS_MAX} epcs`);
  const names = new Set<string>();
  for (const one of list) {
    if (typeof one !== 'string' || one.length > NAME_CHARS_MAX) return garbage('epcs must be texts');
    names.add(one);
  }
  const epcs = new Map<string, string>();
  for (const name of names) {
    const epc = canonicalEpc(name.trim().toUpperCase());
    if (epc.ok) epcs.set(name, epc.value);
  }
  return ok({ names: [...names], epcs });
}

/**
 * The answer, byte for byte: 200 where every identifier is sold, 400 otherwise, so that hardware that looks
 * at the status alone does the right thing. Written by hand, because an object would sort keys like "12".
 */
export function keonnAnswer({ names, epcs }: KeonnQuestion, sold: ReadonlySet<string>): HttpAnswer {
  let all = true;
  const parts = names.map((name) => {
    const epc = epcs.get(name);
    const isSold = epc !== undefined && sold.has(epc);
    if (!isSold) all = false;
    return `${JSON.stringify(name)}:"${isSold ? 1 : 0}"`;
  });
  return { status: all ? 200 : 400, body: `{${parts.join(',')}}` };
}
