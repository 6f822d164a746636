import { z } from 'zod';
import { EpcHex, Instant } from '../../shared/api/common.ts';
import { Alarm } from '../alarms/alarm.ts';
import { PrintStatus } from '../state/print_jobs.ts';

/** What the store floor shows: `GET /v1/floor` whole, and each piece again as an event of `/v1/floor/stream`. */
export const FloorLink = z.object({
  state: z.enum(['down', 'syncing', 'up']),
  detail: z.string(),
  since: Instant,
  cursor: z.int(),
  /** Reports that the edge has not taken yet, and how old the oldest is. */
  backlog: z.int(),
  oldest_unsent_ms: z.int(),
});

export const FloorDevice = z.object({
  id: z.string(),
  kind: z.enum(['reader', 'printer', 'scanner', 'line', 'terminal', 'gate', 'kiosk', 'agent', 'vendor']),
  name: z.string(),
  gate_id: z.string().nullable(),
  state: z.enum(['connecting', 'online', 'degraded', 'offline', 'unavailable']),
  detail: z.string(),
  since: Instant,
  /** Of a device on the broker that has begun a session. */
  session: z
    .object({
      id: z.string(),
      model: z.string(),
      firmware: z.string(),
      commands: z.array(z.string()),
      since: Instant,
      /** Numbered events of this session that never came. */
      events_missing: z.int(),
    })
    .optional(),
  /** Messages of this device that were refused since the agent started. */
  refused: z.int().optional(),
  /** The newest command to it. */
  command: z
    .object({
      id: z.string(),
      name: z.string(),
      status: z.enum(['pending', 'accepted', 'done', 'failed', 'expired']),
      at: Instant,
    })
    .optional(),
});

/** A gate, and until when staff have silenced it. */
export const FloorGate = z.object({ gate_id: z.string(), name: z.string(), muted_until: Instant.nullable() });
export type FloorGate = z.infer<typeof FloorGate>;

export const FloorDecision = z.object({
  id: z.string(),
  gate_id: z.string().nullable(),
  source: z.enum(['mqtt', 'http', 'reader', 'pass', 'override']),
  decision: z.enum(['open', 'alarm', 'ignore']),
  epcs: z.array(
    z.object({
      epc: EpcHex,
      status: z.enum(['sold', 'unsold', 'unknown', 'foreign']),
      order_id: z.string().optional(),
      name: z.string().optional(),
    }),
  ),
  at: Instant,
  took_us: z.int(),
});

export const FloorPrint = z.object({
  id: z.string(),
  status: PrintStatus,
  order_id: z.string().nullable(),
  printer_id: z.string(),
  copy: z.boolean(),
  detail: z.string().nullable(),
  at: Instant,
});

/** Tags that a reader sees right now. */
export const FloorReads = z.object({
  gate_id: z.string(),
  reader_id: z.string(),
  reads: z.array(
    z.object({
      epc: z.string(),
      antenna: z.int(),
      rssi: z.number().nullable(),
      name: z.string().optional(),
      status: z.enum(['sold', 'unsold']).optional(),
    }),
  ),
  at: Instant,
});

/** A code that a scanner of the agent read, for the kiosk or till that the scanner stands at. */
export const FloorScan = z.object({
  scanner_id: z.string(),
  kiosk_id: z.string().nullable(),
  code: z.string(),
  /** The AIM symbology identifier, such as "]E0", where the scanner tells. */
  aim: z.string().nullable(),
  at: Instant,
});

/** A change of an input: somebody stands in the lane, or presses the button. */
export const FloorInput = z.object({
  line_id: z.string(),
  gate_id: z.string(),
  role: z.enum(['presence', 'button']),
  on: z.boolean(),
  at: Instant,
});

export const Floor = z.object({
  store: z.object({ id: z.string(), name: z.string() }),
  disk: z.enum(['ok', 'full']),
  tags: z.int(),
  link: FloorLink,
  devices: z.array(FloorDevice),
  /** Those that nobody has resolved, newest first. */
  alarms: z.array(Alarm),
  gates: z.array(FloorGate),
  /** Newest first. */
  decisions: z.array(FloorDecision),
  prints: z.array(FloorPrint),
});

export type FloorLink = z.infer<typeof FloorLink>;
export type FloorDevice = z.infer<typeof FloorDevice>;
export type FloorDecision = z.infer<typeof FloorDecision>;
export type FloorPrint = z.infer<typeof FloorPrint>;
export type FloorReads = z.infer<typeof FloorReads>;
export type FloorInput = z.infer<typeof FloorInput>;
export type FloorScan = z.infer<typeof FloorScan>;
export type Floor = z.infer<typeof Floor>;

/** A kiosk asks for a member of staff. */
export const FloorCall = z.object({
  device_id: z.string(),
  name: z.string(),
  reason: z.string(),
  at: Instant,
});
export type FloorCall = z.infer<typeof FloorCall>;

/** Events of the stream: the name and what its `data` is. */
export type FloorEvent =
  | { event: 'link'; data: FloorLink }
  | { event: 'call'; data: FloorCall }
  | { event: 'device'; data: FloorDevice }
  | { event: 'decision'; data: FloorDecision }
  | { event: 'alarm'; data: Alarm }
  | { event: 'gate'; data: FloorGate }
  | { event: 'print'; data: FloorPrint }
  | { event: 'reads'; data: FloorReads }
  | { event: 'scan'; data: FloorScan }
  | { event: 'input'; data: FloorInput };
