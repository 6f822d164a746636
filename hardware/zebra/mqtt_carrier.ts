import { Socket } from 'node:net';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { z } from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import { type DeviceAccess, readAccess } from '../credentials.ts';
import { reasonOf } from '../health.ts';
import { unlessAborted } from '../keep_trying.ts';
import type { CommandFailure, ZebraCarrier, ZebraCommand, ZebraSession } from './carrier.ts';

const CONNECT_TIMEOUT_MS = 2_000;
const KEEPALIVE_S = 5;

/** `{command, command_id, response, payload}`: the reader echoes the id that it was given. */
const Response = z.object({
  command_id: z.string().max(128),
  response: z.enum(['success', 'failure']),
  payload: z.unknown().optional(),
});

export interface MqttCarrierOptions extends DeviceAccess {
  /**
   * The topics that the reader was told, below this one: `<topic>/tags`, `<topic>/control/command` and
   * `<topic>/control/response`. The installer types them into the reader; it has none of its own.
   */
  topic: string;
  commandTimeoutMs: number;
  newId: () => string;
}

/** A reader that publishes its tag data and takes its commands over MQTT, on a broker that both reach. */
export class MqttCarrier implements ZebraCarrier {
  readonly where: string;
  readonly #options: MqttCarrierOptions;

  constructor(options: MqttCarrierOptions) {
    this.#options = options;
    this.where = `${options.base} ${options.topic}`;
  }

  async open(onReport: (text: string) => void, signal: AbortSignal): Promise<Result<ZebraSession, string>> {
    const access = await readAccess(this.#options);
    if (!access.ok) return access;
    const { certificate, credentials } = access.value;
    const client = connect(this.#options.base, {
      clean: true,
      connectTimeout: CONNECT_TIMEOUT_MS,
      keepalive: KEEPALIVE_S,
      // The driver has a rhythm of its own, and a command that waited is a command for another moment.
      reconnectPeriod: 0,
      queueQoSZero: false,
      protocolVersion: 4,
      ...(credentials === null ? {} : credentials),
      ...(certificate === null ? {} : { ca: certificate, checkServerIdentity: () => undefined }),
    } satisfies IClientOptions & Record<string, unknown>);
    const session = new MqttSession(client, this.#options, onReport);
    const failure = await session.subscribe(signal);
    if (failure === null) return ok(session);
    await session.end();
    return err(failure);
  }

  async close(): Promise<void> {}
}

class MqttSession implements ZebraSession {
  readonly closed: Promise<string>;
  readonly #client: MqttClient;
  readonly #options: MqttCarrierOptions;
  readonly #pending = new Map<string, (result: Result<void, CommandFailure>) => void>();
  #reason = 'The connection to the broker broke.';

  constructor(client: MqttClient, options: MqttCarrierOptions, onReport: (text: string) => void) {
    this.#client = client;
    this.#options = options;
    this.closed = new Promise((resolve) => client.once('close', () => resolve(this.#reason)));
    // Nagle's delay on a command is a delay of the siren.
    client.on('connect', () => {
      if (client.stream instanceof Socket) client.stream.setNoDelay(true);
    });
    client.on('error', (error) => {
      this.#reason = `No connection to the broker: ${reasonOf(error)}.`;
    });
    client.on('message', (topic, payload) => {
      if (topic === `${options.topic}/tags`) onReport(payload.toString('utf8'));
      else this.#answer(payload.toString('utf8'));
    });
    this.closed.then((detail) => {
      for (const settle of [...this.#pending.values()]) settle(err({ code: 'gone', detail }));
    });
  }

  /** Null when both topics are heard. */
  async subscribe(signal: AbortSignal): Promise<string | null> {
    const { topic } = this.#options;
    const heard = new Promise<string | null>((resolve) => {
      this.#client.once('connect', () => {
        this.#client.subscribe(
          [`${topic}/tags`, `${topic}/control/response`],
          { qos: 1 },
          (error, granted) => {
            const refused = (granted ?? []).some((one) => one.qos > 2);
            resolve(error || refused ? 'The broker refuses the topics of the reader.' : null);
          },
        );
      });
    });
    return unlessAborted(Promise.race([heard, this.closed]), signal, 'The driver was closed.');
  }

  command({ name, payload }: ZebraCommand): Promise<Result<void, CommandFailure>> {
    const { topic, commandTimeoutMs, newId } = this.#options;
    const { promise, resolve } = Promise.withResolvers<Result<void, CommandFailure>>();
    if (!this.#client.connected) {
      resolve(err({ code: 'gone', detail: this.#reason }));
      return promise;
    }
    const id = newId();
    const settle = (result: Result<void, CommandFailure>): void => {
      clearTimeout(timer);
      this.#pending.delete(id);
      resolve(result);
    };
    const detail = `The reader did not answer ${name} within ${commandTimeoutMs} ms.`;
    const timer = setTimeout(() => settle(err({ code: 'timeout', detail })), commandTimeoutMs);
    this.#pending.set(id, settle);
    const envelope = JSON.stringify({ command: name, command_id: id, payload });
    this.#client.publish(`${topic}/control/command`, envelope, { qos: 1 });
    return promise;
  }

  async end(): Promise<void> {
    await this.#client.endAsync(true);
  }

  #answer(text: string): void {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return;
    }
    const parsed = Response.safeParse(json);
    // An answer to somebody else's command, or one that was given up.
    const settle = parsed.success ? this.#pending.get(parsed.data.command_id) : undefined;
    if (!parsed.success || settle === undefined) return;
    if (parsed.data.response === 'success') settle(ok(undefined));
    else settle(err({ code: 'refused', detail: `The reader refuses: ${sayOf(parsed.data.payload)}.` }));
  }
}

/** What a refusal says is not documented as a whole, so it is shown as it came. */
function sayOf(payload: unknown): string {
  return reasonOf(JSON.stringify(payload ?? 'no reason given'));
}
