import { z } from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import type { DeviceAccess } from '../credentials.ts';
import { type MqttLine, openMqttLine } from '../device_mqtt.ts';
import { reasonOf } from '../health.ts';
import type { CommandFailure, ZebraCarrier, ZebraCommand, ZebraSession } from './carrier.ts';

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
    const { topic } = this.#options;
    let answer = (_text: string): void => {};
    const line = await openMqttLine(
      { ...this.#options, topics: [`${topic}/tags`, `${topic}/control/response`] },
      (from, text) => (from === `${topic}/tags` ? onReport(text) : answer(text)),
      signal,
    );
    if (!line.ok) return line;
    const session = new MqttSession(line.value, this.#options);
    answer = (text) => session.answer(text);
    return ok(session);
  }

  async close(): Promise<void> {}
}

class MqttSession implements ZebraSession {
  readonly closed: Promise<string>;
  readonly #line: MqttLine;
  readonly #options: MqttCarrierOptions;
  readonly #pending = new Map<string, (result: Result<void, CommandFailure>) => void>();

  constructor(line: MqttLine, options: MqttCarrierOptions) {
    this.#line = line;
    this.#options = options;
    this.closed = line.closed;
    this.closed.then((detail) => {
      for (const settle of [...this.#pending.values()]) settle(err({ code: 'gone', detail }));
    });
  }

  command({ name, payload }: ZebraCommand): Promise<Result<void, CommandFailure>> {
    const { topic, commandTimeoutMs, newId } = this.#options;
    const { promise, resolve } = Promise.withResolvers<Result<void, CommandFailure>>();
    const trouble = this.#line.trouble;
    if (trouble !== null) {
      resolve(err({ code: 'gone', detail: trouble }));
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
    this.#line.publish(`${topic}/control/command`, envelope);
    return promise;
  }

  async end(): Promise<void> {
    await this.#line.end();
  }

  /** Takes what came on the topic of the answers. */
  answer(text: string): void {
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
