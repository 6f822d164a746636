import type { IClientOptions, MqttClient } from 'mqtt';
import { z } from 'zod';

/** Commands that a device remembers by id, so that a repeated one is answered and not done again. */
const COMMANDS_REMEMBERED_MAX = 64;

const Command = z.object({
  v: z.literal(1),
  id: z.string(),
  name: z.string(),
  args: z.record(z.string(), z.unknown()),
  issued_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  sent_at: z.iso.datetime(),
});
export type HeardCommand = z.infer<typeof Command>;
type Ack = { status: 'accepted' | 'done' | 'failed' | 'expired'; detail?: string; result?: object };

export interface DeviceVoiceOptions {
  storeId: string;
  deviceId: string;
  model: string;
  firmware: string;
  /** What each command does; rejecting or throwing is a failure with that message. */
  commands: Record<
    string,
    (args: Record<string, unknown>) => Promise<object | undefined> | object | undefined
  >;
  events: readonly string[];
  now(): number;
  newSession(): string;
}

/**
 * How a device speaks of itself on MQTT: a birth for each session, numbered events, retained status with a
 * last will, and commands that are acknowledged, done once and never after their time.
 */
export class DeviceVoice {
  readonly #options: DeviceVoiceOptions;
  readonly #root: string;
  readonly #done = new Map<string, Ack>();
  #client: MqttClient | null = null;
  #session: string;
  #seq = 0;

  constructor(options: DeviceVoiceOptions) {
    this.#options = options;
    this.#root = `sesame/v1/${options.storeId}/devices/${options.deviceId}`;
    this.#session = options.newSession();
  }

  get session(): string {
    return this.#session;
  }

  /** To be given to `connect`, for a will travels with CONNECT. */
  will(): NonNullable<IClientOptions['will']> {
    return {
      topic: `${this.#root}/status`,
      payload: Buffer.from(this.#statusText('lost')),
      qos: 1,
      retain: true,
    };
  }

  /** Begins to speak over a client: after each connect the birth, the status, and an ear for commands. */
  attach(client: MqttClient): void {
    this.#client = client;
    client.on('connect', () => {
      client.subscribe(`${this.#root}/cmd`, { qos: 1 }, () => {});
      this.#born();
    });
    client.on('message', (topic, payload) => {
      if (topic === `${this.#root}/cmd`) this.#command(payload).catch(() => {});
    });
  }

  /** Tells an event under the next number, whether the line is up or not: what is lost shall be missed. */
  event(type: string, data: object = {}): void {
    this.#seq += 1;
    const at = this.#at();
    this.#say('event', { v: 1, session: this.#session, seq: this.#seq, type, at, data }, false);
  }

  status(state: 'ready' | 'degraded' | 'sleeping', detail?: string): void {
    this.#client?.publish(`${this.#root}/status`, this.#statusText(state, detail), { qos: 1, retain: true });
  }

  #born(): void {
    const { model, firmware, commands, events } = this.#options;
    const capabilities = { commands: Object.keys(commands), events };
    const birth = { v: 1, session: this.#session, seq: 0, model, firmware, capabilities, at: this.#at() };
    this.#say('birth', birth, true);
    this.status('ready');
  }

  async #command(payload: Buffer): Promise<void> {
    const command = parse(payload);
    if (command === null) return;
    if (command.name === 'rebirth') {
      this.#session = this.#options.newSession();
      this.#seq = 0;
      this.#born();
      return;
    }
    const known = this.#done.get(command.id);
    if (known !== undefined) {
      this.#ack(command.id, known);
      return;
    }
    if (this.#options.now() >= Date.parse(command.expires_at)) {
      this.#ack(command.id, { status: 'expired', detail: 'It came too late.' });
      return;
    }
    const run = this.#options.commands[command.name];
    if (run === undefined) {
      this.#ack(command.id, { status: 'failed', detail: `No command ${command.name}.` });
      return;
    }
    this.#ack(command.id, { status: 'accepted' });
    try {
      const result = await run(command.args);
      this.#ack(command.id, { status: 'done', ...(result === undefined ? {} : { result }) });
    } catch (error) {
      this.#ack(command.id, {
        status: 'failed',
        detail: error instanceof Error ? error.message : String(error),
      });
    }
  }

  #ack(id: string, ack: Ack): void {
    this.#done.set(id, ack);
    const oldest = this.#done.keys().next().value;
    if (this.#done.size > COMMANDS_REMEMBERED_MAX && oldest !== undefined) this.#done.delete(oldest);
    this.#say('cmd/ack', { v: 1, id, session: this.#session, ...ack, at: this.#at() }, false);
  }

  #say(word: 'birth' | 'event' | 'cmd/ack', message: object, retain: boolean): void {
    if (this.#client?.connected !== true) return;
    this.#client.publish(`${this.#root}/${word}`, JSON.stringify(message), { qos: 1, retain });
  }

  #statusText(state: string, detail?: string): string {
    const said = detail === undefined ? {} : { detail };
    return JSON.stringify({ v: 1, session: this.#session, state, ...said, at: this.#at() });
  }

  #at(): string {
    return new Date(this.#options.now()).toISOString();
  }
}

function parse(payload: Buffer): HeardCommand | null {
  try {
    return Command.parse(JSON.parse(payload.toString('utf8')));
  } catch {
    return null; // A device does nothing on what it cannot read.
  }
}
