import { Health, tell } from '../health.ts';
import { keepTrying } from '../keep_trying.ts';
import type { DeviceHealth, DriverContext, TagRead, TagReader } from '../port.ts';
import { type ArmOptions, armReader, disconnectedAntennas, watchInputs } from './arm.ts';
import type { CodecError } from './codec/error.ts';
import type { Frame } from './codec/frame.ts';
import type { AnyMessage } from './codec/message.ts';
import { parameter } from './codec/parameter.ts';
import type { TagReport } from './codec/tag-report.ts';
import { type CloseReason, LlrpConnection } from './connection.ts';
import type { ReaderFacts } from './facts.ts';
import { Inputs } from './inputs.ts';
import { type ReaderNews, readerNews } from './news.ts';
import { toTagReads } from './reads.ts';
import { ROSPEC_ID } from './setup.ts';
import { openSocket } from './socket.ts';
import { Troubles } from './trouble.ts';

const KEEPALIVE_MS_DEFAULT = 1_000;
const REQUEST_TIMEOUT_MS_DEFAULT = 3_000;
const CONNECT_TIMEOUT_MS_DEFAULT = 2_000;
const CLOSE_TIMEOUT_MS = 500;

export interface LlrpReaderOptions
  extends Omit<ArmOptions, 'keepaliveMs' | 'requestTimeoutMs' | 'negotiate' | 'takenBadly'> {
  host: string;
  port: number;
  /** The highest version to speak; a reader that knows only 1.0.1 is spoken to in that. */
  version?: '1.0.1' | '1.1';
  /** How often the reader says that it lives; three missed in a row end the connection. */
  keepaliveMs?: number;
  requestTimeoutMs?: number;
  connectTimeoutMs?: number;
  /** A number in [0, 1) for the jitter between attempts. */
  random?: () => number;
  /** Inputs (1-based) that are switched on and asked for after each connect. */
  inputs?: readonly number[];
}

/**
 * Opens an LLRP reader and keeps it open until `close`: connects, arms the inventory, emits reads,
 * and begins again after every loss. Returns at once; what goes wrong is a health fact, never an exception.
 */
export function openLlrpReader(options: LlrpReaderOptions, ctx: DriverContext): TagReader {
  return new LlrpTagReader(options, ctx);
}

class LlrpTagReader implements TagReader {
  readonly #options: LlrpReaderOptions;
  readonly #ctx: DriverContext;
  readonly #requestTimeoutMs: number;
  readonly #readListeners: ((reads: TagRead[]) => void)[] = [];
  readonly #inputListeners: ((edge: { port: number; on: boolean }) => void)[] = [];
  readonly #abort = new AbortController();
  readonly #finished: Promise<void>;
  readonly #troubles: Troubles;
  readonly #inputs = new Inputs((port, on) => tell(this.#inputListeners, { port, on }, this.#ctx));
  readonly #health: Health;
  #closing: Promise<void> | null = null;
  #connection: LlrpConnection | null = null;
  /** Known while the reader is armed, null otherwise. */
  #facts: ReaderFacts | null = null;
  /** Whether the next connection begins with the question for the version. */
  #negotiate: boolean;

  constructor(options: LlrpReaderOptions, ctx: DriverContext) {
    this.#options = options;
    this.#ctx = ctx;
    this.#troubles = new Troubles(options.antennas ?? []);
    this.#negotiate = options.version !== '1.0.1';
    this.#requestTimeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS_DEFAULT;
    this.#health = new Health(`LLRP reader ${this.#where()}`, ctx, `Connecting to ${this.#where()}.`);
    this.#finished = this.#run();
  }

  health(): DeviceHealth {
    return this.#health.get();
  }

  onHealth(listener: (health: DeviceHealth) => void): void {
    this.#health.onChange(listener);
  }

  onReads(listener: (reads: TagRead[]) => void): void {
    this.#readListeners.push(listener);
  }

  onInput(listener: (port: number, on: boolean) => void): void {
    this.#inputListeners.push(({ port, on }) => listener(port, on));
  }

  /** Sets GPO `port` (1-based). Rejects when the reader is offline, has no such output or refuses. */
  async setOutput(port: number, on: boolean): Promise<void> {
    const connection = this.#connection;
    if (connection === null || this.#facts === null) {
      throw new Error(`The reader at ${this.#where()} is offline: ${this.#health.get().detail}`);
    }
    if (!Number.isInteger(port) || port < 1 || port > this.#facts.outputs) {
      throw new RangeError(`The reader has outputs 1 to ${this.#facts.outputs}, not ${port}.`);
    }
    const set = await connection.request(
      'SetReaderConfig',
      { ResetToFactoryDefaults: false },
      [parameter('GPOWriteData', { Port: port, Data: on })],
      this.#requestTimeoutMs,
    );
    if (!set.ok) throw new Error(`Output ${port} was not set: ${set.error.detail}`);
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async #shutDown(): Promise<void> {
    const connection = this.#connection;
    // A reader that is told frees itself for the next client; one that does not answer is left without.
    if (connection !== null && this.#facts !== null) {
      this.#facts = null;
      await connection.request('CloseConnection', {}, [], CLOSE_TIMEOUT_MS);
    }
    this.#abort.abort();
    this.#connection?.destroy({ code: 'closed_here', detail: 'The driver was closed.' });
    await this.#finished;
  }

  /** One turn is one attempt; a turn that armed the reader lasts as long as its connection. */
  async #run(): Promise<void> {
    const { signal } = this.#abort;
    const random = this.#options.random ?? Math.random;
    await keepTrying(() => this.#connectOnce(), { signal, now: () => this.#ctx.now(), random });
    this.#health.close();
  }

  /** Answers whether the reader was armed, after its connection has ended. */
  async #connectOnce(): Promise<boolean> {
    const { host, port, connectTimeoutMs = CONNECT_TIMEOUT_MS_DEFAULT } = this.#options;
    const opened = await openSocket(host, port, connectTimeoutMs, this.#abort.signal);
    if (!opened.ok) {
      if (!this.#abort.signal.aborted)
        this.#health.set('offline', `No connection to ${this.#where()}: ${opened.error}`);
      return false;
    }
    // A close in this very moment saw no connection yet.
    if (this.#abort.signal.aborted) {
      opened.value.destroy();
      return false;
    }
    const connection = new LlrpConnection(
      opened.value,
      {
        reports: (reports) => this.#emitReads(reports),
        keepAlive: () => this.#showTroubles(),
        unsolicited: (message) => this.#hear(message),
        malformed: (error, frame) => this.#doubt(error, frame),
      },
      () => this.#ctx.now(),
    );
    this.#connection = connection;
    const armed = await armReader(
      connection,
      {
        ...this.#options,
        keepaliveMs: this.#options.keepaliveMs ?? KEEPALIVE_MS_DEFAULT,
        requestTimeoutMs: this.#requestTimeoutMs,
        negotiate: this.#negotiate,
        takenBadly: () => {
          this.#negotiate = false;
        },
      },
      (level, text, fields) => this.#ctx.log(level, text, fields),
    );
    if (armed.ok) {
      this.#facts = armed.value;
      this.#troubles.reset();
      this.#showTroubles();
      void this.#askAntennas(connection);
      void this.#askInputs(connection);
    } else {
      connection.destroy({ code: 'closed_here', detail: armed.error.detail });
    }
    const reason = await connection.closed;
    this.#connection = null;
    this.#facts = null;
    if (!this.#abort.signal.aborted) this.#showLoss(reason);
    return armed.ok;
  }

  /** An antenna that was pulled while nobody listened is missed too. Reading does not wait for the answer. */
  async #askAntennas(connection: LlrpConnection): Promise<void> {
    if (!this.#options.antennas?.length) return;
    const antennas = await disconnectedAntennas(connection, this.#requestTimeoutMs);
    if (connection !== this.#connection) return;
    for (const antenna of antennas) this.#act({ kind: 'antenna', antenna, connected: false });
  }

  async #askInputs(connection: LlrpConnection): Promise<void> {
    const { inputs = [] } = this.#options;
    if (inputs.length === 0) return;
    const levels = await watchInputs(connection, inputs, this.#requestTimeoutMs);
    if (connection !== this.#connection) return;
    if (levels.ok) for (const { port, on } of levels.value) this.#inputs.level(port, on);
    else this.#ctx.log('warn', 'the reader does not switch its inputs on', { detail: levels.error.detail });
  }

  #showLoss(reason: CloseReason): void {
    this.#health.set(reason.code === 'malformed' ? 'degraded' : 'offline', reason.detail);
  }

  /** A message that cannot be read costs itself and no more: the frames behind it are in step. */
  #doubt(error: CodecError, frame: Frame): void {
    this.#ctx.log('error', 'malformed LLRP message', { reader: this.#where(), type: frame.type, ...error });
    const detail = `The reader sent a message that cannot be read (type ${frame.type}, ${error.code}).`;
    this.#troubles.passing('malformed', detail, this.#ctx.now());
    this.#showTroubles();
  }

  #hear(message: AnyMessage): void {
    for (const news of readerNews(message)) this.#act(news);
  }

  #act(news: ReaderNews): void {
    this.#ctx.log('debug', 'news from the LLRP reader', { reader: this.#where(), ...news });
    this.#troubles.hear(news, this.#ctx.now());
    if (news.kind === 'input') this.#inputs.edge(news.port, news.on);
    if (news.kind === 'closing') {
      this.#connection?.destroy({ code: 'lost', detail: 'The reader closed the connection.' });
    }
    if (news.kind === 'rospec_ended' && news.roSpecId === ROSPEC_ID && this.#facts !== null) this.#resume();
    this.#showTroubles();
  }

  /** Our ROSpec has no end of its own: where it ended, someone stopped it, and the gate would be blind. */
  #resume(): void {
    const started = this.#connection?.request(
      'StartROSpec',
      { ROSpecID: ROSPEC_ID },
      [],
      this.#requestTimeoutMs,
    );
    started?.then((result) => {
      if (!result.ok) this.#ctx.log('warn', 'the ROSpec was not started again', { ...result.error });
    });
  }

  #emitReads(reports: TagReport[]): void {
    const reads = toTagReads(reports, this.#ctx.now(), this.#facts?.readerStartMs ?? null);
    if (reads.length > 0) tell(this.#readListeners, reads, this.#ctx);
  }

  /** The health of an armed reader: online, or degraded by what is wrong with it. */
  #showTroubles(): void {
    if (this.#facts === null || this.#abort.signal.aborted) return;
    const trouble = this.#troubles.describe(this.#ctx.now());
    if (trouble !== null) this.#health.set('degraded', trouble);
    else this.#health.set('online', describe(this.#facts));
  }

  #where(): string {
    return `${this.#options.host}:${this.#options.port}`;
  }
}

const describe = (facts: ReaderFacts): string =>
  `Reading (manufacturer ${facts.manufacturer}, model ${facts.model}, firmware ${facts.firmware}, ` +
  `${facts.antennas} antennas, ${facts.outputs} outputs).`;
