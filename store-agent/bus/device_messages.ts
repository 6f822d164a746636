import { z } from 'zod';
import { Instant } from '../../shared/api/common.ts';

const Session = z.string().regex(/^[\w.:-]{1,64}$/);
const name = z.string().regex(/^[a-z][a-z0-9_.]{0,63}$/);

/** `…/birth`: a device begins a session. Everything that it says afterwards bears this session. */
export const Birth = z.object({
  v: z.literal(1),
  session: Session,
  seq: z.literal(0),
  model: z.string().max(100).default(''),
  firmware: z.string().max(100).default(''),
  capabilities: z
    .object({
      /** Names of the commands that it obeys. */
      commands: z.array(name).max(64).default([]),
      /** Types of the events that it tells. */
      events: z.array(name).max(64).default([]),
    })
    .default({ commands: [], events: [] }),
  at: Instant,
});
export type Birth = z.infer<typeof Birth>;

/** `…/event`: numbered from 1 within the session, so that a lost one is missed. */
export const DeviceEvent = z.object({
  v: z.literal(1),
  session: Session,
  seq: z.int().min(1),
  type: name,
  at: Instant,
  data: z.record(z.string(), z.unknown()).default({}),
});
export type DeviceEvent = z.infer<typeof DeviceEvent>;

/** `…/status`: how a device is, retained; also its last will. Text of any other kind is kept and shown as it is. */
export const DeviceStatus = z.object({
  v: z.literal(1),
  session: Session,
  state: z.enum(['ready', 'degraded', 'sleeping', 'lost', 'offline']),
  detail: z.string().max(200).optional(),
  at: Instant.optional(),
});
export type DeviceStatus = z.infer<typeof DeviceStatus>;

/** `…/cmd`. `sent_at` is new with each repetition: a device without a clock counts the rest of its life from it. */
export interface CommandMessage {
  v: 1;
  id: string;
  name: string;
  args: Record<string, unknown>;
  issued_at: string;
  expires_at: string;
  sent_at: string;
}
export const CommandName = name;

/** `…/cmd/ack`: `accepted` ends the repetitions, each of the others ends the command. */
export const CommandAck = z.object({
  v: z.literal(1),
  id: z.string().min(1).max(64),
  session: Session,
  status: z.enum(['accepted', 'done', 'failed', 'expired']),
  detail: z.string().max(500).optional(),
  result: z.record(z.string(), z.unknown()).optional(),
  at: Instant.optional(),
});
export type CommandAck = z.infer<typeof CommandAck>;

/** Reads a payload, or null where it is not of this shape. */
export function parsePayload<T>(schema: z.ZodType<T>, payload: string): T | null {
  try {
    const parsed = schema.safeParse(JSON.parse(payload));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
