import type { Worker } from 'node:worker_threads';
import { err, ok, type Result } from '../../shared/result.ts';
import type { AgentConfig } from '../config.ts';
import type { DecisionNews } from '../exit/gatekeeper.ts';
import type { GateDecision } from '../exit/judge.ts';
import type { FloorDevice, FloorInput, FloorReads } from '../http/floor_schema.ts';
import { errorText, type Log } from '../log.ts';
import type { AgentState } from '../state/agent_state.ts';
import { PortStream } from './port_stream.ts';
import type { FromGate, GateQuestion, GateStart, GateStoreConfig, ToGate } from './protocol.ts';
import { SharedLink } from './shared_link.ts';
import { spawnGate } from './spawn.ts';

const STOP_TIMEOUT_MS = 1_500;
/** The first restart is at once; a thread that dies again and again is given a little time. */
const RESTART_DELAYS_MS = [0, 100, 500, 2_000];

export interface GateHostContext {
  config: AgentConfig;
  state: AgentState;
  now(): number;
  log: Log;
}

/** Who hears of what the gates do, once the rest of the agent is there. */
export interface GateHandlers {
  /** Asks the edge and takes in what it says; answers, when that is in memory, which tags are being paid for. */
  ask(epcs: string[], withinMs: number, traceparent?: string): Promise<string[]>;
  onDecision(news: DecisionNews): void;
  onReads(reads: FloorReads): void;
  onInput(input: FloorInput): void;
  onMalformed(gateId: string): void;
  /** A message of a gate came above its rate. */
  onDropped(gateId: string): void;
  onHealth(device: FloorDevice, changedState: boolean): void;
  /** A device that is no gate, or what a gate has to say to the broker. */
  onConnection(stream: PortStream, remote: string): void;
}

export interface GateFailure {
  code: 'mqtt_port' | 'http_port';
  what: string;
  detail: string;
}

/**
 * The main thread's end of the gate thread: starts it, shares the tags with it, carries questions both ways,
 * and starts it again with the state of the moment should it die.
 */
export class GateHost {
  readonly link = new SharedLink();
  #handlers: GateHandlers | null = null;
  /** What was said before anybody could hear it. */
  #unheard: FromGate[] = [];
  readonly #context: GateHostContext;
  readonly #devices = new Map<string, FloorDevice>();
  readonly #questions = new Map<number, { question: GateQuestion; settle: (answer: GateDecision) => void }>();
  #worker: Worker | null = null;
  #mqttPort: number;
  #httpPort: number | null = null;
  #asked = 0;
  #deaths = 0;
  #restart: NodeJS.Timeout | null = null;
  #started: ((result: Result<void, GateFailure>) => void) | null = null;
  #stopped: (() => void) | null = null;
  #closing = false;
  #mutes: Record<string, number> = {};
  #health: FloorDevice;

  constructor(context: GateHostContext) {
    this.#context = context;
    this.#mqttPort = context.config.mqtt.port;
    this.#health = this.#healthOf('connecting', 'The gate thread is starting.');
    context.state.book.share((memory) => this.#tell({ do: 'memory', memory }));
  }

  /** Resolves once the gate thread listens, or could not. `worker` may be one that was spawned beforehand. */
  start(worker = spawnGate()): Promise<Result<void, GateFailure>> {
    return new Promise((resolve) => {
      this.#started = resolve;
      this.#begin(worker);
    });
  }

  /** The gates decide from the first moment on; what they said meanwhile is told now. */
  attach(handlers: GateHandlers): void {
    this.#handlers = handlers;
    for (const message of this.#unheard.splice(0)) this.#tellAgent(message, handlers);
  }

  get mqttPort(): number {
    return this.#mqttPort;
  }

  /** The gates' own HTTP port, where one is configured. */
  get httpPort(): number | null {
    return this.#httpPort;
  }

  /** Whether the thread runs and listens. */
  get alive(): boolean {
    return this.#health.state === 'online';
  }

  /** The readers and lines of the gates, and the thread itself once something was wrong with it. */
  devices(): FloorDevice[] {
    return this.#deaths === 0 ? [...this.#devices.values()] : [this.#health, ...this.#devices.values()];
  }

  /** The decision about one message of a gate, made where all of them are made. */
  answer(question: GateQuestion): Promise<GateDecision> {
    this.#asked += 1;
    const id = this.#asked;
    return new Promise((settle) => {
      this.#questions.set(id, { question, settle });
      this.#tell({ do: 'answer', id, question });
    });
  }

  /** A pass was taken for this gate: it opens, and its screen hears why. */
  passed(gateId: string, decision: GateDecision): void {
    this.#tell({ do: 'passed', gateId, decision });
  }

  /** Until when gates raise no alarm, by gate. */
  mute(mutes: Record<string, number>): void {
    this.#mutes = mutes;
    this.#tell({ do: 'mutes', mutes });
  }

  storeChanged(): void {
    this.#tell({ do: 'store', store: this.#store() });
  }

  /** Ends the thread as a fault in it would, so that what follows can be seen. */
  crash(): void {
    this.#tell({ do: 'crash' });
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#restart !== null) clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, STOP_TIMEOUT_MS);
      this.#stopped = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#tell({ do: 'stop' });
    });
    await worker.terminate();
  }

  #store(): GateStoreConfig | null {
    const config = this.#context.state.config;
    if (config === null) return null;
    const { company_prefixes, policies, devices } = config;
    return { company_prefixes, policies, gates: devices.filter((one) => one.kind === 'gate') };
  }

  #begin(worker: Worker): void {
    const { config, state } = this.#context;
    const { store_id, readers, lines, mqtt, gate_http } = config;
    const http =
      gate_http === undefined ? {} : { gate_http: { ...gate_http, port: this.#httpPort ?? gate_http.port } };
    const start: GateStart = {
      config: { store_id, readers, lines, mqtt: { ...mqtt, port: this.#mqttPort }, ...http },
      store: this.#store(),
      mutes: this.#mutes,
      memory: state.book.memory,
      link: this.link.buffer,
    };
    worker.postMessage({ do: 'start', start });
    this.#worker = worker;
    // Whoever read older buffers is gone.
    state.book.taken(start.memory.generation);
    worker.on('message', (message: FromGate) => this.#hear(message));
    worker.on('error', (error) =>
      this.#context.log('error', 'the gate thread died', { err: `${errorText(error)} ${error.stack ?? ''}` }),
    );
    worker.on('exit', () => this.#ended(worker));
    for (const [id, { question }] of this.#questions) this.#tell({ do: 'answer', id, question });
  }

  #ended(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.#stopped?.();
    if (this.#closing) return;
    const delayMs = RESTART_DELAYS_MS[Math.min(this.#deaths, RESTART_DELAYS_MS.length - 1)] ?? 0;
    this.#deaths += 1;
    this.#setHealth('offline', 'The gate thread died and is started again.');
    this.#restart = setTimeout(() => this.#begin(spawnGate()), delayMs);
  }

  #tell(message: ToGate): void {
    this.#worker?.postMessage(message);
  }

  #hear(message: FromGate): void {
    const context = this.#context;
    switch (message.say) {
      case 'ready':
        this.#mqttPort = message.mqttPort;
        this.#httpPort = message.httpPort;
        this.#setHealth('online', 'The gate thread runs.');
        this.#startedWith(ok(undefined));
        break;
      case 'failed': {
        const { code, what, detail } = message;
        if (this.#started === null) context.log('error', 'the gate thread cannot listen', { detail });
        this.#startedWith(err({ code, what, detail }));
        break;
      }
      case 'stopped':
        this.#stopped?.();
        break;
      case 'memory_taken':
        context.state.book.taken(message.generation);
        break;
      case 'answered':
        this.#questions.get(message.id)?.settle(message.decision);
        this.#questions.delete(message.id);
        break;
      case 'log':
        context.log(message.level, message.message, message.fields);
        break;
      default:
        if (this.#handlers === null) this.#unheard.push(message);
        else this.#tellAgent(message, this.#handlers);
    }
  }

  #tellAgent(message: FromGate, handlers: GateHandlers): void {
    const { log, state } = this.#context;
    switch (message.say) {
      case 'decided':
        handlers.onDecision(message.news);
        break;
      case 'read':
        handlers.onReads(message.reads);
        break;
      case 'input':
        handlers.onInput(message.input);
        break;
      case 'degraded': {
        const { gateId, detail } = message;
        log('error', 'a gate was answered without the state', { gate: gateId, detail });
        state.record('gate.degraded', { gate_id: gateId, reason: detail });
        break;
      }
      case 'dropped':
        handlers.onDropped(message.gateId);
        break;
      case 'malformed':
        log('warn', 'malformed reads', { gate: message.gateId, bytes: message.bytes });
        handlers.onMalformed(message.gateId);
        break;
      case 'health':
        this.#devices.set(message.device.id, message.device);
        handlers.onHealth(message.device, message.changedState);
        break;
      case 'ask': {
        const { id, epcs, withinMs, traceparent } = message;
        handlers.ask(epcs, withinMs, traceparent).then(
          (paying) => this.#tell({ do: 'asked', id, paying }),
          (error: unknown) => log('error', 'asking the edge failed', { err: errorText(error) }),
        );
        break;
      }
      case 'connection':
        handlers.onConnection(new PortStream(message.port), message.remote);
        break;
      default:
        break;
    }
  }

  #startedWith(result: Result<void, GateFailure>): void {
    this.#started?.(result);
    this.#started = null;
  }

  #setHealth(state: FloorDevice['state'], detail: string): void {
    this.#health = this.#healthOf(state, detail);
    if (this.#deaths > 0) this.#handlers?.onHealth(this.#health, true);
  }

  #healthOf(state: FloorDevice['state'], detail: string): FloorDevice {
    const { config, now } = this.#context;
    const since = new Date(now()).toISOString();
    return { id: config.agent_id, kind: 'agent', name: 'Gate thread', gate_id: null, state, detail, since };
  }
}
