import { err, ok, type Result } from '../../shared/result.ts';
import type { Log } from '../log.ts';
import type { AgentState, Tables } from '../state/agent_state.ts';
import {
  afterSend,
  type CommandChange,
  type DeviceCommand,
  hasEnded,
  messageOf,
  nextStep,
  type Sending,
  takeAck,
} from './command.ts';
import type { CommandAck } from './device_messages.ts';
import { COMMANDS_OPEN_PER_DEVICE_MAX } from './limits.ts';

export interface CommandDeskContext {
  state: Pick<AgentState, 'tables' | 'write' | 'record' | 'onDiskRetry'>;
  now(): number;
  newId(): string;
  log: Log;
  /** Gives a message to the device's connection; false while it has none that listens. */
  send(deviceId: string, message: string): boolean;
  /** Names of the commands that the device said it obeys; null while it has said nothing. */
  obeys(deviceId: string): readonly string[] | null;
  onCommand(command: DeviceCommand): void;
}

export interface CommandRequest {
  name: string;
  args: Record<string, unknown>;
  ttl_ms: number;
  issued_by: string;
}
export type CommandRefusal = { code: 'too_many' } | { code: 'unknown_command'; known: readonly string[] };

/**
 * The commands that are under way: on disk before they are sent, repeated until the device answers, and
 * ended once. A restart finds them again; one that expired meanwhile is never sent.
 */
export class CommandDesk {
  readonly #context: CommandDeskContext;
  readonly #open = new Map<string, { command: DeviceCommand; sending: Sending }>();
  readonly #latest = new Map<string, DeviceCommand>();
  #timer: NodeJS.Timeout | null = null;

  constructor(context: CommandDeskContext) {
    this.#context = context;
    for (const command of context.state.tables.deviceCommands.open()) this.#keep(command);
    for (const command of context.state.tables.deviceCommands.latest())
      this.#latest.set(command.device_id, command);
  }

  /** The newest command of a device, whatever became of it. */
  latest(deviceId: string): DeviceCommand | null {
    return this.#latest.get(deviceId) ?? null;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** Writes a command; to be called in a transaction. `submitted` sends it once that is committed. */
  submit(
    tables: Pick<Tables, 'deviceCommands'>,
    deviceId: string,
    request: CommandRequest,
  ): Result<DeviceCommand, CommandRefusal> {
    const known = this.#context.obeys(deviceId);
    if (known !== null && !known.includes(request.name)) return err({ code: 'unknown_command', known });
    let open = 0;
    for (const { command } of this.#open.values()) if (command.device_id === deviceId) open += 1;
    if (open >= COMMANDS_OPEN_PER_DEVICE_MAX) return err({ code: 'too_many' });
    const now = this.#context.now();
    const { name, args, issued_by, ttl_ms } = request;
    const command: DeviceCommand = {
      id: this.#context.newId(),
      device_id: deviceId,
      name,
      args,
      status: 'pending',
      detail: null,
      result: null,
      issued_by,
      issued_at: now,
      expires_at: now + ttl_ms,
      updated_at: now,
    };
    tables.deviceCommands.insert(command);
    return ok(command);
  }

  submitted(command: DeviceCommand): void {
    this.#keep(command);
    this.#show(command);
    this.run();
  }

  /** The device listens (again): what waits for it goes out at once. */
  listening(deviceId: string): void {
    for (const one of this.#open.values())
      if (one.command.device_id === deviceId) one.sending = { ...one.sending, nextAtMs: 0 };
    this.run();
  }

  /** `unknown`: no command of this device has that id. `late`: it has its outcome already. */
  acknowledged(deviceId: string, ack: CommandAck): 'taken' | 'late' | 'unknown' {
    const one = this.#open.get(ack.id);
    if (one === undefined || one.command.device_id !== deviceId) {
      const ended = this.#context.state.tables.deviceCommands.get(ack.id);
      return ended !== null && ended.device_id === deviceId ? 'late' : 'unknown';
    }
    const change = takeAck(one.command, ack);
    if (change !== null) this.#change(one.command, change);
    return 'taken';
  }

  /** Does what is due and sleeps until the next thing is. */
  run(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const now = this.#context.now();
    let wakeAtMs = Number.POSITIVE_INFINITY;
    for (const one of [...this.#open.values()]) {
      let step = nextStep(one.command, one.sending, now);
      if (step.do === 'send') {
        const sent = this.#context.send(one.command.device_id, JSON.stringify(messageOf(one.command, now)));
        // A device that is away is not asked by a clock: `listening` says when it is back.
        one.sending = sent
          ? afterSend(one.sending, now)
          : { ...one.sending, nextAtMs: one.command.expires_at };
        step = nextStep(one.command, one.sending, now);
      }
      if (step.do === 'end') this.#change(one.command, { ...step, result: null });
      if (step.do === 'wait') wakeAtMs = Math.min(wakeAtMs, step.untilMs);
    }
    if (wakeAtMs === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.run(), Math.max(1, wakeAtMs - now));
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #keep(command: DeviceCommand): void {
    this.#open.set(command.id, { command, sending: { sends: 0, nextAtMs: 0 } });
  }

  #change(command: DeviceCommand, { status, detail, result }: CommandChange): void {
    const now = this.#context.now();
    const changed = { ...command, status, detail, result, updated_at: now };
    // With a full disk the outcome stands in memory, and in the journal's own queue, until there is room.
    const save = (): boolean => {
      const written = this.#context.state.write((tables) =>
        tables.deviceCommands.change(command.id, changed, now),
      );
      return written.ok;
    };
    if (!save()) {
      let left = true;
      this.#context.state.onDiskRetry(() => {
        if (left) left = !save();
        return !left;
      });
    }
    if (hasEnded(status)) {
      this.#open.delete(command.id);
      const { id, device_id, name, issued_by } = command;
      this.#context.state.record('device', {
        device_id,
        command_id: id,
        command: name,
        outcome: status,
        detail: detail ?? '',
        issued_by,
      });
      this.#context.log(status === 'done' ? 'info' : 'warn', 'command ended', {
        device: device_id,
        name,
        status,
      });
    } else {
      const one = this.#open.get(command.id);
      if (one !== undefined) one.command = changed;
    }
    this.#show(changed);
  }

  #show(command: DeviceCommand): void {
    this.#latest.set(command.device_id, command);
    this.#context.onCommand(command);
  }
}
