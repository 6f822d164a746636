import type { Duplex } from 'node:stream';
import type { AuthenticateError, Client } from 'aedes';
import type { DeviceCredential } from '../../shared/config/store_config.ts';
import { Admission, type Admitted } from './admission.ts';
import type { CountMqtt } from './count.ts';
import { deviceOf } from './credentials.ts';
import { KEEPALIVE_S_MAX } from './limits.ts';
import { isObserver } from './topics.ts';
import { Wire } from './wire.ts';

/** CONNACK return codes (MQTT 3.1.1 section 3.2.2.3). */
const REFUSED = { identifier: 2, unavailable: 3, credentials: 4 } as const;

interface DoorContext {
  devices(): readonly DeviceCredential[] | null;
  now(): number;
  count: CountMqtt;
}

/** Who comes in: how many, from where, as whom, and on what terms. */
export class Door {
  readonly #context: DoorContext;
  readonly #admission: Admission;
  readonly #wires = new Map<object, { remote: string; admitted: Admitted }>();
  readonly #who = new WeakMap<Client, DeviceCredential>();

  constructor(context: DoorContext) {
    this.#context = context;
    this.#admission = new Admission(context.now);
  }

  get connections(): number {
    return this.#admission.open;
  }

  /** A connection, measured; null: there are too many, and it is closed. */
  open(stream: Duplex, remote: string): Wire | null {
    const admitted = this.#admission.admit(remote);
    if (typeof admitted === 'string') {
      this.#context.count('sesame_mqtt_refused_total', { reason: admitted });
      stream.on('error', () => {});
      stream.destroy();
      return null;
    }
    const wire = new Wire(stream, this.#context.now);
    this.#wires.set(wire, { remote, admitted });
    wire.on('close', () => {
      this.#wires.delete(wire);
      admitted.ended();
    });
    return wire;
  }

  remoteOf(client: Client): string {
    return this.#wires.get(client.conn)?.remote ?? '';
  }

  who(client: Client): DeviceCredential | undefined {
    return this.#who.get(client);
  }

  /**
   * Before the sign-in. Nothing is kept for a device that is away, or an old "open" would arrive late: only
   * an observer, who is commanded nothing, has a session that outlives its connection.
   */
  terms(packet: { clean?: boolean; keepalive?: number; clientId: string }): void {
    const device = this.#context.devices()?.find((one) => one.username === packet.clientId);
    if (device === undefined || !isObserver(device)) packet.clean = true;
    const promised = packet.keepalive ?? 0;
    packet.keepalive = promised > 0 ? Math.min(promised, KEEPALIVE_S_MAX) : KEEPALIVE_S_MAX;
  }

  admit(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
  ): AuthenticateError | null {
    const devices = this.#context.devices();
    if (devices === null) return this.#refuse('unavailable', 'the store is not configured yet');
    const device = deviceOf(devices, username, password);
    if (device === null) {
      this.#admission.refused(this.remoteOf(client));
      return this.#refuse('credentials', 'bad user name or password');
    }
    if (client.id !== device.username)
      return this.#refuse('identifier', 'the client id must be the user name');
    this.#wires.get(client.conn)?.admitted.known();
    this.#who.set(client, device);
    return null;
  }

  closeAll(): void {
    for (const wire of this.#wires.keys()) if (wire instanceof Wire) wire.destroy();
  }

  #refuse(reason: keyof typeof REFUSED, message: string): AuthenticateError {
    this.#context.count('sesame_mqtt_refused_total', { reason });
    return Object.assign(new Error(message), { returnCode: REFUSED[reason] });
  }
}
