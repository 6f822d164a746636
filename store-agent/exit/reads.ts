import { z } from 'zod';
import { Instant } from '../../shared/api/common.ts';
import { canonicalEpc } from '../../shared/catalog/epc.ts';
import type { Direction, GateRead } from './watch.ts';

export const READS_MAX = 500;
export const READ_ID_CHARS_MAX = 128;
export const EPC_TEXT_CHARS_MAX = 200;

const WhichWay = z.enum(['in', 'out']);

const ReadId = z.string().min(1).max(READ_ID_CHARS_MAX);

/** What a gate read, as HTTP takes it: strict, every spelling of an EPC made canonical. */
export const ReadsBody = z.strictObject({
  id: ReadId,
  /** Where a gate that can tell says people are going. */
  direction: WhichWay.optional(),
  reads: z
    .array(
      z.strictObject({
        epc: z
          .string()
          .max(EPC_TEXT_CHARS_MAX)
          .transform((text, context) => {
            const epc = canonicalEpc(text);
            if (epc.ok) return String(epc.value);
            context.addIssue({ code: 'custom', message: `no EPC (${epc.error.code})` });
            return z.NEVER;
          }),
        rssi: z.number().optional(),
        antenna: z.int().min(0).optional(),
        at: Instant.optional(),
      }),
    )
    .max(READS_MAX),
});

export interface GateReads {
  id: string;
  epcs: string[];
  /** The same with what the gate told of each sight. */
  reads: GateRead[];
  direction?: Direction | undefined;
  /** Reads that named no EPC; they decide nothing. */
  unreadable: number;
}

const Message = z.looseObject({ id: ReadId, direction: WhichWay.optional().catch(undefined) });
const OneRead = z.looseObject({
  epc: z.string().max(EPC_TEXT_CHARS_MAX),
  rssi: z.number().optional().catch(undefined),
  antenna: z.int().optional().catch(undefined),
});

/**
 * What a gate published. Lenient, because a gate waits at the other end: with an id there is an answer, and
 * one unreadable read never hides the others. Null where there is no id to answer to.
 */
export function parseReadsMessage(payload: string): GateReads | null {
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch {
    return null;
  }
  const message = Message.safeParse(json);
  if (!message.success) return null;
  const reads = message.data['reads'];
  const list: unknown[] = Array.isArray(reads) ? reads : [];
  const taken: GateRead[] = [];
  for (const read of list.slice(0, READS_MAX)) {
    const one = OneRead.safeParse(read);
    if (!one.success) continue;
    const epc = canonicalEpc(one.data.epc.trim());
    if (epc.ok) taken.push({ epc: epc.value, rssi: one.data.rssi, antenna: one.data.antenna });
  }
  const unreadable = (Array.isArray(reads) ? list.length : 1) - taken.length;
  const { id, direction } = message.data;
  const told = direction === undefined ? {} : { direction };
  return { id, ...told, epcs: taken.map((read) => read.epc), reads: taken, unreadable };
}
