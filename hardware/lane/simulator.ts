import { connect, type MqttClient } from 'mqtt';
import { z } from 'zod';
import { EpcHex, Instant } from '../../shared/api/common.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { DeviceVoice } from './device_voice.ts';

/** A gate is worth nothing while it is away: it comes back fast, and never gives up. */
const RECONNECT_MS = 100;
const CONNECT_TIMEOUT_MS = 2_000;
const KEEPALIVE_S = 5;
const ANSWER_TIMEOUT_MS = 5_000;
/** How long the barrier stays open, and how long lamp and siren go on after an alarm. */
const BARRIER_OPEN_MS_DEFAULT = 2_000;
const ALARM_MS_DEFAULT = 3_000;
/** What a tag looks like on its way through the lane: ever nearer, first the inner zone, then the outer. */
const APPROACH = [
  { antenna: 1, rssi: -61 },
  { antenna: 1, rssi: -54 },
  { antenna: 2, rssi: -48 },
] as const;

/** What the agent answers to a `reads` message, under the id of that message. */
export const LaneDecision = z.object({
  id: z.string(),
  decision: z.enum(['open', 'alarm', 'ignore']),
  epcs: z.array(
    z.object({
      epc: EpcHex,
      status: z.enum(['sold', 'unsold', 'unknown', 'foreign']),
      order_id: z.string().optional(),
      name: z.string().optional(),
    }),
  ),
  at: Instant,
});
export type LaneDecision = z.infer<typeof LaneDecision>;

/** The longest that staff may hold the lane open or loud with one command. */
const COMMAND_MS_MAX = 60_000;
const CommandArgs = z.object({ for_ms: z.int().min(1).max(COMMAND_MS_MAX).optional() });

export interface LaneOptions {
  /** `mqtt://host:port` of the store agent's broker. */
  url: string;
  username: string;
  password: string;
  storeId: string;
  gateId: string;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** A name that no session of this gate had before. */
  newSession: () => string;
  barrierOpenMs?: number;
  alarmMs?: number;
}

export interface LaneState {
  connected: boolean;
  barrier: 'closed' | 'open' | 'alarm';
  /** The answer that moved the barrier last. */
  last: LaneDecision | null;
}

/** The hardware of one exit lane: antennas on both sides, a barrier, a lamp. It decides nothing by itself. */
export interface SimulatedLane {
  state(): LaneState;
  onChange(listener: (state: LaneState) => void): void;
  /**
   * Carries tags through the lane; resolves with the agent's answer. `offline`: no broker right now, or it
   * went before it answered. `no_answer`: nothing came within five seconds.
   */
  walk(epcs: readonly string[]): Promise<Result<LaneDecision, { code: 'offline' | 'no_answer' }>>;
  /** Idempotent; resolves when the connection and the timers are gone. */
  close(): Promise<void>;
}

export function startLane(options: LaneOptions): SimulatedLane {
  return new Lane(options);
}

type Answer = Result<LaneDecision, { code: 'offline' | 'no_answer' }>;

class Lane implements SimulatedLane {
  readonly #options: LaneOptions;
  readonly #client: MqttClient;
  readonly #topic: string;
  readonly #voice: DeviceVoice;
  readonly #asked = new Map<string, (answer: Answer) => void>();
  readonly #listeners: ((state: LaneState) => void)[] = [];
  #state: LaneState = { connected: false, barrier: 'closed', last: null };
  #barrierTimer: NodeJS.Timeout | undefined;
  #walks = 0;
  #closing: Promise<void> | null = null;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#topic = `sesame/v1/${options.storeId}/gates/${options.gateId}`;
    this.#voice = new DeviceVoice({
      storeId: options.storeId,
      deviceId: options.gateId,
      model: 'Simulated lane',
      firmware: '1',
      commands: {
        open: (args) => this.#obey('open', args),
        alarm: (args) => this.#obey('alarm', args),
        close: (args) => this.#obey('closed', args),
      },
      events: ['barrier'],
      now: options.now,
      newSession: options.newSession,
    });
    this.#client = connect(options.url, {
      will: this.#voice.will(),
      clientId: options.username,
      username: options.username,
      password: options.password,
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: RECONNECT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      keepalive: KEEPALIVE_S,
      // Without this one refusal, as from an agent that has no configuration yet, would be the end.
      reconnectOnConnackError: true,
      // A read that nobody could take is stale: sent after a reconnect it would move a barrier for nobody.
      queueQoSZero: false,
      resubscribe: false,
    });
    this.#voice.attach(this.#client);
    this.#client.on('connect', () => {
      this.#client.subscribe(`${this.#topic}/decision`, { qos: 1 }, (error) => {
        if (!error) this.#set({ connected: true });
      });
    });
    this.#client.on('message', (topic, payload) => {
      if (topic === `${this.#topic}/decision`) this.#hear(payload);
    });
    this.#client.on('close', () => this.#lost());
    // mqtt.js tries again by itself; `close` follows every error.
    this.#client.on('error', () => {});
  }

  state(): LaneState {
    return this.#state;
  }

  onChange(listener: (state: LaneState) => void): void {
    this.#listeners.push(listener);
  }

  walk(epcs: readonly string[]): Promise<Answer> {
    if (!this.#state.connected) return Promise.resolve(err({ code: 'offline' }));
    const id = `${this.#options.gateId}-${this.#options.now()}-${this.#walks++}`;
    const at = new Date(this.#options.now()).toISOString();
    const reads = APPROACH.flatMap((seen) => epcs.map((epc) => ({ epc, ...seen, at })));
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#answer(id, err({ code: 'no_answer' })), ANSWER_TIMEOUT_MS);
      this.#asked.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.#client.publish(`${this.#topic}/reads`, JSON.stringify({ id, reads }), { qos: 0 });
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#client.endAsync(true).then(() => {
      clearTimeout(this.#barrierTimer);
      this.#forget();
    });
    return this.#closing;
  }

  #hear(payload: Buffer): void {
    const decision = parseDecision(payload);
    if (decision === null) return;
    if (decision.decision !== 'ignore') this.#move(decision);
    this.#answer(decision.id, ok(decision));
  }

  #move(decision: LaneDecision): void {
    const opens = decision.decision === 'open';
    this.#set({ barrier: opens ? 'open' : 'alarm', last: decision });
    this.#rest(opens ? 'open' : 'alarm');
  }

  /** After a while the lane is closed and quiet again by itself. */
  #rest(barrier: LaneState['barrier'], ms?: number): void {
    clearTimeout(this.#barrierTimer);
    this.#voice.event('barrier', { barrier });
    if (barrier === 'closed') return;
    const { barrierOpenMs = BARRIER_OPEN_MS_DEFAULT, alarmMs = ALARM_MS_DEFAULT } = this.#options;
    this.#barrierTimer = setTimeout(
      () => {
        this.#set({ barrier: 'closed' });
        this.#voice.event('barrier', { barrier: 'closed' });
      },
      ms ?? (barrier === 'open' ? barrierOpenMs : alarmMs),
    );
  }

  /** What staff told the lane to do, by name; how long is theirs to say. */
  #obey(barrier: LaneState['barrier'], args: Record<string, unknown>): object {
    const forMs = CommandArgs.parse(args).for_ms;
    this.#set({ barrier });
    this.#rest(barrier, forMs);
    return { barrier };
  }

  #lost(): void {
    if (this.#state.connected) this.#set({ connected: false });
    this.#forget();
  }

  #forget(): void {
    for (const id of [...this.#asked.keys()]) this.#answer(id, err({ code: 'offline' }));
  }

  #answer(id: string, answer: Answer): void {
    this.#asked.get(id)?.(answer);
    this.#asked.delete(id);
  }

  #set(change: Partial<LaneState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener(this.#state);
  }
}

function parseDecision(payload: Buffer): LaneDecision | null {
  try {
    return LaneDecision.parse(JSON.parse(payload.toString('utf8')));
  } catch {
    return null; // A gate does nothing on what it cannot read.
  }
}
