import { Socket } from 'node:net';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { err, ok, type Result } from '../shared/result.ts';
import { type DeviceAccess, readAccess } from './credentials.ts';
import { reasonOf } from './health.ts';
import { unlessAborted } from './keep_trying.ts';

const CONNECT_TIMEOUT_MS = 2_000;
const KEEPALIVE_S = 5;

/** A connection to a broker that a device speaks on; one connection, no life after it. */
export class MqttLine {
  /** Resolves once, with why, when the connection is gone. */
  readonly closed: Promise<string>;
  readonly #client: MqttClient;
  #reason = 'The connection to the broker broke.';

  constructor(client: MqttClient, onMessage: (topic: string, text: string) => void) {
    this.#client = client;
    this.closed = new Promise((resolve) => client.once('close', () => resolve(this.#reason)));
    // Nagle's delay on a command is a delay of the siren.
    client.on('connect', () => {
      if (client.stream instanceof Socket) client.stream.setNoDelay(true);
    });
    client.on('error', (error) => {
      this.#reason = `No connection to the broker: ${reasonOf(error)}.`;
    });
    client.on('message', (topic, payload) => onMessage(topic, payload.toString('utf8')));
  }

  /** Why nothing can be said now; null while something can. */
  get trouble(): string | null {
    return this.#client.connected ? null : this.#reason;
  }

  publish(topic: string, text: string): void {
    this.#client.publish(topic, text, { qos: 1 });
  }

  /** Null when all topics are heard. */
  subscribe(topics: string[], signal: AbortSignal): Promise<string | null> {
    const heard = new Promise<string | null>((resolve) => {
      this.#client.once('connect', () => {
        this.#client.subscribe(topics, { qos: 1 }, (error, granted) => {
          const refused = (granted ?? []).some((one) => one.qos > 2);
          resolve(error || refused ? 'The broker refuses the topics of the reader.' : null);
        });
      });
    });
    return unlessAborted(Promise.race([heard, this.closed]), signal, 'The driver was closed.');
  }

  async end(): Promise<void> {
    await this.#client.endAsync(true);
  }
}

/** Connects to `base` (mqtt:// or mqtts://) and subscribes; the error is a sentence for staff. */
export async function openMqttLine(
  place: DeviceAccess & { topics: string[] },
  onMessage: (topic: string, text: string) => void,
  signal: AbortSignal,
): Promise<Result<MqttLine, string>> {
  const access = await readAccess(place);
  if (!access.ok) return access;
  const { certificate, credentials } = access.value;
  const client = connect(place.base, {
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
  const line = new MqttLine(client, onMessage);
  const failure = await line.subscribe(place.topics, signal);
  if (failure === null) return ok(line);
  await line.end();
  return err(failure);
}
