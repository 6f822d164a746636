import type { CommandAck, CommandMessage } from './device_messages.ts';
import * as limit from './limits.ts';

/** `accepted`: the device has it and will say how it ended. The last three are outcomes: one, for ever. */
export type CommandStatus = 'pending' | 'accepted' | 'done' | 'failed' | 'expired';

export interface DeviceCommand {
  id: string;
  device_id: string;
  name: string;
  args: Record<string, unknown>;
  status: CommandStatus;
  detail: string | null;
  result: Record<string, unknown> | null;
  /** Who asked for it. */
  issued_by: string;
  issued_at: number;
  expires_at: number;
  updated_at: number;
}

export const hasEnded = (status: CommandStatus): boolean => status !== 'pending' && status !== 'accepted';

/** How often a command was sent since this process knows it, and when it may be sent again. */
export interface Sending {
  sends: number;
  nextAtMs: number;
}

export type CommandStep =
  | { do: 'send' }
  | { do: 'end'; status: 'failed' | 'expired'; detail: string }
  | { do: 'wait'; untilMs: number }
  | { do: 'nothing' };

/** What is due for a command now. It is never sent at or after its expiry. */
export function nextStep(command: DeviceCommand, sending: Sending, nowMs: number): CommandStep {
  if (hasEnded(command.status)) return { do: 'nothing' };
  if (command.status === 'accepted') {
    const untilMs = command.expires_at + limit.COMMAND_OUTCOME_MS_MAX;
    if (nowMs < untilMs) return { do: 'wait', untilMs };
    return { do: 'end', status: 'failed', detail: 'The device accepted it and never said how it ended.' };
  }
  if (nowMs < command.expires_at) {
    if (nowMs >= sending.nextAtMs) return { do: 'send' };
    return { do: 'wait', untilMs: Math.min(sending.nextAtMs, command.expires_at) };
  }
  const untilMs = command.expires_at + limit.COMMAND_ACK_GRACE_MS;
  if (sending.sends > 0 && nowMs < untilMs) return { do: 'wait', untilMs };
  return {
    do: 'end',
    status: 'expired',
    detail: sending.sends === 0 ? 'The device was not there.' : 'The device did not answer.',
  };
}

/** After a transmission: twice as long as before, up to a cap. */
export const afterSend = (sending: Sending, nowMs: number): Sending => ({
  sends: sending.sends + 1,
  nextAtMs: nowMs + Math.min(limit.COMMAND_REPEAT_MS_MAX, limit.COMMAND_REPEAT_MS_FIRST * 2 ** sending.sends),
});

export type CommandChange = Pick<DeviceCommand, 'status' | 'detail' | 'result'>;

/** What an acknowledgement changes; null: nothing, for it repeats what is known or comes after the outcome. */
export function takeAck(command: DeviceCommand, ack: CommandAck): CommandChange | null {
  if (hasEnded(command.status)) return null;
  if (ack.status === 'accepted' && command.status === 'accepted') return null;
  return { status: ack.status, detail: ack.detail ?? null, result: ack.result ?? null };
}

export function messageOf(command: DeviceCommand, nowMs: number): CommandMessage {
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    v: 1,
    id: command.id,
    name: command.name,
    args: command.args,
    issued_at: iso(command.issued_at),
    expires_at: iso(command.expires_at),
    sent_at: iso(nowMs),
  };
}

/** Asks a device to begin a new session. No record is kept of it and no answer expected but the birth. */
export function rebirthMessage(nowMs: number): CommandMessage {
  const at = new Date(nowMs).toISOString();
  const expires_at = new Date(nowMs + limit.COMMAND_TTL_MS_DEFAULT).toISOString();
  return { v: 1, id: 'rebirth', name: 'rebirth', args: {}, issued_at: at, expires_at, sent_at: at };
}
