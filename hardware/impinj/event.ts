import { z } from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import { epcHex as canonical } from '../epc_hex.ts';
import type { TagRead } from '../port.ts';

// What the reader writes on its stream: one JSON object a line. Fields that are not named here are left
// alone, and so are events of a kind that this file does not know: firmware adds both.

const Tag = z.object({
  epc: z.string().max(256).optional(),
  epcHex: z.string().max(256).optional(),
  antennaPort: z.int().min(0).max(255).optional(),
  /** Hundredths of a dBm. */
  peakRssiCdbm: z.number().optional(),
  lastSeenTime: z.string().max(64).optional(),
});

const Event = z.object({
  timestamp: z.string().max(64).optional(),
  eventType: z.string().max(64).optional(),
  tagInventoryEvent: Tag.optional(),
  inventoryStatusEvent: z.object({ inventoryStatus: z.string().max(64) }).optional(),
  inventoryTerminatedEvent: z.object({}).optional(),
  gpiTransitionEvent: z
    .object({ gpi: z.int().min(1).max(255), transition: z.enum(['low-to-high', 'high-to-low']) })
    .optional(),
  antennaConnectedEvent: z.object({ antennaPort: z.int() }).optional(),
  antennaDisconnectedEvent: z.object({ antennaPort: z.int() }).optional(),
});

export type ImpinjEvent =
  | { kind: 'read'; read: TagRead }
  /** `idle`, `armed` and `running` are documented; another word is passed on as it is. */
  | { kind: 'inventory'; status: string }
  | { kind: 'input'; port: number; on: boolean }
  | { kind: 'antenna'; antenna: number; connected: boolean }
  | { kind: 'other'; type: string };

export interface EventError {
  code: 'not_json' | 'not_an_event' | 'no_epc';
  detail: string;
}

/** Reads one line of the stream. The empty line is the keepalive, and not for this function. */
export function parseEvent(line: string, receivedAtMs: number): Result<ImpinjEvent, EventError> {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return err({ code: 'not_json', detail: 'a line of the stream is no JSON' });
  }
  const parsed = Event.safeParse(json);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    return err({ code: 'not_an_event', detail: `an event cannot be read (${where})` });
  }
  const event = parsed.data;
  if (event.tagInventoryEvent !== undefined)
    return readOf(event.tagInventoryEvent, event.timestamp, receivedAtMs);
  if (event.inventoryStatusEvent !== undefined) {
    return ok({ kind: 'inventory', status: event.inventoryStatusEvent.inventoryStatus });
  }
  if (event.inventoryTerminatedEvent !== undefined) return ok({ kind: 'inventory', status: 'idle' });
  if (event.gpiTransitionEvent !== undefined) {
    const { gpi, transition } = event.gpiTransitionEvent;
    return ok({ kind: 'input', port: gpi, on: transition === 'low-to-high' });
  }
  const antenna = event.antennaConnectedEvent ?? event.antennaDisconnectedEvent;
  if (antenna !== undefined) {
    const connected = event.antennaConnectedEvent !== undefined;
    return ok({ kind: 'antenna', antenna: antenna.antennaPort, connected });
  }
  return ok({ kind: 'other', type: event.eventType ?? '' });
}

function readOf(
  tag: z.infer<typeof Tag>,
  timestamp: string | undefined,
  receivedAtMs: number,
): Result<ImpinjEvent, EventError> {
  const epc = epcOf(tag);
  if (epc === null) return err({ code: 'no_epc', detail: 'a tag event carries no EPC that can be read' });
  return ok({
    kind: 'read',
    read: {
      epc,
      antenna: tag.antennaPort ?? 0,
      rssi: tag.peakRssiCdbm === undefined ? null : tag.peakRssiCdbm / 100,
      count: 1,
      seenAt: isoOf(tag.lastSeenTime ?? timestamp),
      receivedAt: new Date(receivedAtMs).toISOString(),
    },
  });
}

/** A preset reports the EPC as hex, as base64url, or both. */
function epcOf({ epcHex, epc }: z.infer<typeof Tag>): string | null {
  return canonical(epcHex ?? (epc === undefined ? '' : Buffer.from(epc, 'base64url').toString('hex')));
}

/** The reader tells nanoseconds; a time that is none is left out, never guessed. */
function isoOf(time: string | undefined): string | null {
  const ms = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
