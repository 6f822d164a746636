import type { DeviceCredential } from '../../shared/config/store_config.ts';
import type { Log } from '../log.ts';
import { rebirthMessage } from './command.ts';
import type { CountMqtt } from './count.ts';
import { Birth, CommandAck, DeviceEvent, DeviceStatus, parsePayload } from './device_messages.ts';
import { type DeviceSession, resumedSession, takeBirth, takeEvent } from './device_session.ts';
import * as limit from './limits.ts';
import type { DeviceWord } from './topics.ts';

export interface BusDevice {
  device: DeviceCredential;
  connected: boolean;
  sinceMs: number;
  /** What it last published of itself, if anything. */
  status: string | null;
  session: DeviceSession | null;
  /** Messages that were refused since our start: of another session, unreadable, too large or too many. */
  refused: number;
}

const REBIRTH_EVERY_MS = 5_000;

/** Why a message of a device goes no further. */
export type DropReason =
  | 'rate'
  | 'size'
  | 'malformed'
  | 'out_of_session'
  | 'ended_session'
  | 'duplicate'
  | 'unknown_command'
  | 'late_ack';

export interface DeviceDeskContext {
  now(): number;
  log: Log;
  count: CountMqtt;
  onDevice(device: BusDevice): void;
  onEvent(device: DeviceCredential, event: DeviceEvent): void;
  /** So many events before number `before` of this session never came. */
  onMissing(device: DeviceCredential, gap: { session: string; missing: number; before: number }): void;
  /** Sends a device that speaks of a session nobody knows the command to begin one. */
  askBirth(deviceId: string, message: string): void;
  onAck(deviceId: string, ack: CommandAck): 'taken' | 'late' | 'unknown';
}

const BYTES_MAX: Readonly<Record<DeviceWord, number>> = {
  status: limit.STATUS_BYTES_MAX,
  birth: limit.BIRTH_BYTES_MAX,
  event: limit.EVENT_BYTES_MAX,
  'cmd/ack': limit.ACK_BYTES_MAX,
};

/**
 * What devices say of themselves, wherever their connection ends: sessions, numbered events, status and
 * acknowledgements. It judges each message once; a refused one changes nothing and is counted.
 */
export class DeviceDesk {
  readonly #context: DeviceDeskContext;
  readonly #seen = new Map<string, BusDevice>();
  readonly #askedMs = new Map<string, number>();

  constructor(context: DeviceDeskContext) {
    this.#context = context;
  }

  devices(): BusDevice[] {
    return [...this.#seen.values()];
  }

  get(deviceId: string): BusDevice | null {
    return this.#seen.get(deviceId) ?? null;
  }

  obeys(deviceId: string): readonly string[] | null {
    return this.#seen.get(deviceId)?.session?.birth.capabilities.commands ?? null;
  }

  /** What is retained from before our own start. */
  resume(device: DeviceCredential, birth: string | null, status: string | null): void {
    const parsed = birth === null ? null : parsePayload(Birth, birth);
    this.#note(device, {
      status: status?.slice(0, limit.STATUS_SHOWN_CHARS_MAX) ?? null,
      session: parsed === null ? null : resumedSession(parsed, this.#context.now()),
    });
  }

  connected(device: DeviceCredential, connected: boolean): void {
    this.#note(device, { connected, sinceMs: this.#context.now() });
  }

  forget(keep: (deviceId: string) => boolean): void {
    for (const id of this.#seen.keys()) if (!keep(id)) this.#seen.delete(id);
  }

  /** Takes a message; null: it may go on, to be retained and to those who watch. */
  take(device: DeviceCredential, word: DeviceWord, payload: string, bytes: number): DropReason | null {
    const reason = bytes > BYTES_MAX[word] ? 'size' : this.#judge(device, word, payload);
    if (reason !== null) this.refuse(device, reason);
    return reason;
  }

  /**
   * A last will: it speaks for a connection that has just ended, the only one that the device had, so its
   * session does not matter. False: it is too large to be kept.
   */
  will(device: DeviceCredential, payload: Buffer): boolean {
    if (payload.length > limit.STATUS_BYTES_MAX) {
      this.refuse(device, 'size');
      return false;
    }
    this.#note(device, { status: payload.toString().slice(0, limit.STATUS_SHOWN_CHARS_MAX) });
    return true;
  }

  /** Counts a message that went no further. */
  refuse(device: DeviceCredential, reason: DropReason): void {
    this.#context.count('sesame_mqtt_dropped_total', { reason });
    this.#note(device, { refused: (this.get(device.id)?.refused ?? 0) + 1 });
    if (reason === 'out_of_session') this.#askBirth(device.id);
  }

  #askBirth(deviceId: string): void {
    const now = this.#context.now();
    if (now - (this.#askedMs.get(deviceId) ?? Number.NEGATIVE_INFINITY) < REBIRTH_EVERY_MS) return;
    this.#askedMs.set(deviceId, now);
    this.#context.askBirth(deviceId, JSON.stringify(rebirthMessage(now)));
  }

  #judge(device: DeviceCredential, word: DeviceWord, payload: string): DropReason | null {
    switch (word) {
      case 'birth':
        return this.#birth(device, payload);
      case 'event':
        return this.#event(device, payload);
      case 'cmd/ack':
        return this.#ack(device, payload);
      case 'status':
        return this.#status(device, payload);
    }
  }

  #birth(device: DeviceCredential, payload: string): DropReason | null {
    const birth = parsePayload(Birth, payload);
    if (birth === null) return 'malformed';
    const verdict = takeBirth(this.#session(device), birth, this.#context.now());
    if (verdict.kind === 'ended') return 'ended_session';
    if (verdict.kind === 'born') {
      this.#context.log('info', 'device born', {
        device: device.id,
        session: birth.session,
        model: birth.model,
        firmware: birth.firmware,
      });
    }
    this.#note(device, { session: verdict.session });
    return null;
  }

  #event(device: DeviceCredential, payload: string): DropReason | null {
    const event = parsePayload(DeviceEvent, payload);
    if (event === null) return 'malformed';
    const verdict = takeEvent(this.#session(device), event);
    if (verdict.kind === 'out_of_session') return 'out_of_session';
    if (verdict.kind === 'gap') {
      this.#context.count('sesame_mqtt_events_missing_total', {}, verdict.missing);
      this.#context.log('warn', 'events of a device are missing', {
        device: device.id,
        missing: verdict.missing,
        before: event.seq,
      });
    }
    this.#note(device, { session: verdict.session });
    if (verdict.kind === 'gap')
      this.#context.onMissing(device, {
        session: event.session,
        missing: verdict.missing,
        before: event.seq,
      });
    if (verdict.kind === 'duplicate') return 'duplicate';
    this.#context.onEvent(device, event);
    return null;
  }

  #ack(device: DeviceCredential, payload: string): DropReason | null {
    const ack = parsePayload(CommandAck, payload);
    if (ack === null) return 'malformed';
    if (this.#session(device)?.birth.session !== ack.session) return 'out_of_session';
    const taken = this.#context.onAck(device.id, ack);
    return taken === 'taken' ? null : taken === 'late' ? 'late_ack' : 'unknown_command';
  }

  /** What is said of a session that has ended must not hide the life of the next. */
  #status(device: DeviceCredential, payload: string): DropReason | null {
    const status = parsePayload(DeviceStatus, payload);
    if (status !== null && this.#session(device)?.birth.session !== status.session) return 'out_of_session';
    this.#note(device, { status: payload.slice(0, limit.STATUS_SHOWN_CHARS_MAX) });
    return null;
  }

  #session(device: DeviceCredential): DeviceSession | null {
    return this.#seen.get(device.id)?.session ?? null;
  }

  #note(device: DeviceCredential, change: Partial<BusDevice>): void {
    const known = this.#seen.get(device.id) ?? {
      device,
      connected: false,
      sinceMs: this.#context.now(),
      status: null,
      session: null,
      refused: 0,
    };
    const now: BusDevice = { ...known, device, ...change };
    this.#seen.set(device.id, now);
    this.#context.onDevice(now);
  }
}
