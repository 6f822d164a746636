import { z } from 'zod';
import type { HeldPacket } from './sessions.ts';

const Stored = z.object({
  cmd: z.string(),
  brokerId: z.string().optional(),
  brokerCounter: z.number().optional(),
  topic: z.string(),
  payload: z.string(),
  qos: z.number(),
  retain: z.boolean(),
  messageId: z.number().optional(),
});
/** A message as it stands in the file. */
export const bodyOf = (packet: HeldPacket): string =>
  JSON.stringify({
    cmd: packet.cmd,
    brokerId: packet.brokerId,
    brokerCounter: packet.brokerCounter,
    topic: packet.topic ?? '',
    payload: packet.payload.toString('base64'),
    qos: packet.qos,
    retain: packet.retain,
    messageId: packet.messageId,
  });

/** Null where another build wrote it. */
export function packetOf(body: string): HeldPacket | null {
  const parsed = Stored.safeParse(JSON.parse(body));
  if (!parsed.success) return null;
  const { brokerId, brokerCounter, ...rest } = parsed.data;
  return {
    ...rest,
    ...(brokerId === undefined ? {} : { brokerId }),
    ...(brokerCounter === undefined ? {} : { brokerCounter }),
    payload: Buffer.from(rest.payload, 'base64'),
    dup: false,
  };
}
