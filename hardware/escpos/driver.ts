import { err, ok, type Result } from '../../shared/result.ts';
import type {
  DeviceHealth,
  DriverContext,
  Printer,
  PrinterStatus,
  PrintFault,
  PrintOutcome,
} from '../port.ts';
import { automaticFault } from './replies.ts';
import { connectSession, type Session, type SessionError } from './session.ts';
import {
  type DrawerOpenLevel,
  faultSentence,
  judge,
  STATUS_UNKNOWN,
  type StatusRequest,
  type Verdict,
} from './status.ts';

export const JOB_BYTES_MAX = 1_048_576;

export interface EscposTimeouts {
  connectMs: number;
  /** For one answer before the job. */
  answerMs: number;
  /** For the operating system to take the job: a printer that is printing takes its time. */
  sendMs: number;
  /** For one answer after the job. */
  finishMs: number;
  /** Between probes of a printer that is well, of one that stands still, and of one just lost. */
  probeIdleMs: number;
  probeDownMs: number;
  probeFirstMs: number;
}

const TIMEOUTS: EscposTimeouts = {
  connectMs: 2_000,
  answerMs: 1_000,
  sendMs: 20_000,
  finishMs: 10_000,
  probeIdleMs: 10_000,
  probeDownMs: 2_000,
  probeFirstMs: 100,
};

export interface EscposPrinterOptions {
  readonly host: string;
  readonly port: number;
  readonly profile?: {
    /** The printer knows GS a: one automatic status is fetched behind the job. */
    readonly asb?: boolean;
    /** The printer knows GS r: its answer comes only when the job before it has been worked off. */
    readonly gsr?: boolean;
    readonly drawerOpenLevel?: DrawerOpenLevel;
  };
  readonly timeouts?: Partial<EscposTimeouts>;
}

/**
 * A printer that speaks ESC/POS on raw TCP (port 9100 by custom). Returns at once and keeps trying for ever.
 * A job leaves only after the printer has said that it is well, and counts as printed only when it says so
 * again behind the job.
 */
export function openEscposPrinter(options: EscposPrinterOptions, ctx: DriverContext): Printer {
  const printer = new EscposPrinter(options, ctx);
  printer.start();
  return printer;
}

interface Refusal {
  reason: PrintFault;
  detail: string;
}

/**
 * Requests 1 and 4 say whether a job may print, so they come first and must be answered. 2 and 3 only say why
 * not, and some printers skip them; asking ends there, so that a late answer is never taken for another's.
 */
const BEFORE_JOB: readonly StatusRequest[] = [1, 4, 2, 3];
const AFTER_JOB: readonly StatusRequest[] = [1, 4, 2];
const MUST_ANSWER: ReadonlySet<StatusRequest> = new Set<StatusRequest>([1, 4]);
/** The drawer's pulse in its turn (ESC p), and at once, for a printer that stands still (DLE DC4). */
const PULSE = Uint8Array.of(0x1b, 0x70, 0, 25, 250);
const PULSE_NOW = Uint8Array.of(0x10, 0x14, 1, 0, 2);
const GS_R_PAPER = Uint8Array.of(0x1d, 0x72, 1);
const GS_A_ALL = Uint8Array.of(0x1d, 0x61, 0x0f);
const GS_A_OFF = Uint8Array.of(0x1d, 0x61, 0);

class EscposPrinter implements Printer {
  readonly #options: EscposPrinterOptions;
  readonly #timeouts: EscposTimeouts;
  readonly #ctx: DriverContext;
  readonly #listeners: ((health: DeviceHealth) => void)[] = [];
  readonly #abort = new AbortController();
  #health: DeviceHealth;
  /** Everything that needs the connection waits its turn here, so that there is never a second one. */
  #turn: Promise<unknown> = Promise.resolve();
  #leaving: Promise<void> = Promise.resolve();
  #probeTimer: NodeJS.Timeout | undefined;
  #probeMs = 0;
  #backoffMs: number;

  constructor(options: EscposPrinterOptions, ctx: DriverContext) {
    this.#options = options;
    this.#timeouts = { ...TIMEOUTS, ...options.timeouts };
    this.#ctx = ctx;
    this.#backoffMs = this.#timeouts.probeFirstMs;
    const detail = `Looking for the printer at ${options.host}:${options.port}.`;
    this.#health = { state: 'connecting', detail, since: this.#now() };
  }

  start(): void {
    this.#probeIn(0);
  }

  health(): DeviceHealth {
    return this.#health;
  }

  onHealth(listener: (health: DeviceHealth) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    clearTimeout(this.#probeTimer);
    this.#abort.abort();
    await this.#turn;
  }

  async status(): Promise<PrinterStatus> {
    const verdict = await this.#inTurn(() => this.#probe());
    return verdict.ok ? verdict.value.status : STATUS_UNKNOWN;
  }

  print(bytes: Uint8Array): Promise<PrintOutcome> {
    if (bytes.length === 0 || bytes.length > JOB_BYTES_MAX) {
      const detail = `A job has 1 to ${JOB_BYTES_MAX} bytes, this one ${bytes.length}.`;
      return Promise.resolve({ result: 'failed', reason: 'error', detail });
    }
    return this.#inTurn(() => this.#job(bytes));
  }

  /** A drawer must open without paper, too: then the pulse goes around the job queue of the printer. */
  kickDrawer(): Promise<PrintOutcome> {
    return this.#inTurn(() =>
      this.#connected<PrintOutcome>(
        async (session) => {
          const before = await this.#check(session, BEFORE_JOB, this.#timeouts.answerMs);
          if (!before.ok) return { result: 'failed', ...before.error };
          const pulse = before.value.fault === null ? PULSE : PULSE_NOW;
          const sent = await session.send(pulse, this.#timeouts.sendMs);
          if (!sent.ok) return { result: 'doubtful', ...this.#unwell(sent.error).error };
          const after = await this.#check(session, AFTER_JOB, this.#timeouts.finishMs);
          return after.ok ? { result: 'printed' } : { result: 'doubtful', ...after.error };
        },
        (error) => ({ result: 'failed', ...this.#unwell(error).error }),
      ),
    );
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    clearTimeout(this.#probeTimer);
    const mine = this.#turn.then(work);
    // The answer does not wait for the goodbye, but whoever comes next does.
    const after: Promise<void> = mine
      .then(
        () => this.#leaving,
        () => this.#leaving,
      )
      .then(() => this.#probeLater(after));
    this.#turn = after;
    return mine;
  }

  /** Probes only when nobody waits: a job tells as much about the printer as a probe would. */
  #probeLater(turn: Promise<unknown>): void {
    if (this.#turn === turn) this.#probeIn(this.#probeMs);
  }

  #probeIn(ms: number): void {
    if (this.#abort.signal.aborted) return;
    this.#probeTimer = setTimeout(() => {
      void this.#inTurn(() => this.#probe());
    }, ms);
  }

  async #connected<T>(work: (session: Session) => Promise<T>, lost: (error: SessionError) => T): Promise<T> {
    const { signal } = this.#abort;
    if (signal.aborted) return lost({ reason: 'disconnected', detail: 'The driver is closed.' });
    const { host, port } = this.#options;
    const opened = await connectSession(host, port, this.#timeouts.connectMs, signal);
    if (!opened.ok) return lost(opened.error);
    try {
      return await work(opened.value);
    } finally {
      this.#leaving = opened.value.close();
    }
  }

  #probe(): Promise<Result<Verdict, SessionError>> {
    return this.#connected<Result<Verdict, SessionError>>(
      (session) => this.#check(session, BEFORE_JOB, this.#timeouts.answerMs),
      (error) => this.#unwell(error),
    );
  }

  #job(bytes: Uint8Array): Promise<PrintOutcome> {
    return this.#connected<PrintOutcome>(
      async (session) => {
        const before = await this.#check(session, BEFORE_JOB, this.#timeouts.answerMs);
        const refusal = refusalOf(before);
        if (refusal !== null) return { result: 'failed', ...refusal };
        if (!session.alive) {
          return { result: 'failed', reason: 'disconnected', detail: faultSentence('disconnected') };
        }
        const doubt = await this.#deliver(session, bytes);
        return doubt === null ? { result: 'printed' } : { result: 'doubtful', ...doubt };
      },
      (error) => {
        this.#unwell(error);
        return { result: 'failed', ...error };
      },
    );
  }

  /** From the first byte on nothing can be proven undone: whatever goes wrong here is a doubt. */
  async #deliver(session: Session, bytes: Uint8Array): Promise<Refusal | null> {
    const { sendMs, finishMs } = this.#timeouts;
    const sent = await session.send(bytes, sendMs);
    if (!sent.ok) return this.#unwell(sent.error).error;
    if (this.#options.profile?.gsr === true) {
      const worked = await session.expect(GS_R_PAPER, 'sensor', finishMs);
      if (!worked.ok) return this.#unwell(worked.error).error;
    }
    if (this.#options.profile?.asb === true) {
      const doubt = await this.#automaticStatus(session, finishMs);
      if (doubt !== null) return doubt;
    }
    return refusalOf(await this.#check(session, AFTER_JOB, finishMs));
  }

  /** GS a is worked off behind the job and answers with the state of that moment; then it is silenced. */
  async #automaticStatus(session: Session, timeoutMs: number): Promise<Refusal | null> {
    const reply = await session.expect(GS_A_ALL, 'automatic', timeoutMs);
    if (!reply.ok) return this.#unwell(reply.error).error;
    const fault = reply.value.kind === 'automatic' ? automaticFault(reply.value.bytes) : null;
    const silenced = await session.send(GS_A_OFF, timeoutMs);
    if (!silenced.ok) return this.#unwell(silenced.error).error;
    return fault === null ? null : { reason: fault, detail: faultSentence(fault) };
  }

  /** Asks one after the other, because an answer does not say what it answers. */
  async #check(
    session: Session,
    requests: readonly StatusRequest[],
    timeoutMs: number,
  ): Promise<Result<Verdict, SessionError>> {
    const answers = new Map<StatusRequest, number>();
    for (const n of requests) {
      const answer = await session.ask(n, timeoutMs);
      if (answer.ok) answers.set(n, answer.value);
      else if (answer.error.reason === 'timeout' && !MUST_ANSWER.has(n)) break;
      else return this.#unwell(answer.error);
    }
    const verdict = judge(answers, this.#options.profile?.drawerOpenLevel);
    const { probeIdleMs, probeDownMs, probeFirstMs } = this.#timeouts;
    if (verdict.fault !== null) this.#setHealth('degraded', faultSentence(verdict.fault));
    else if (verdict.status.paper === 'near_end') this.#setHealth('degraded', 'The paper is nearly used up.');
    else this.#setHealth('online', 'The printer is ready.');
    this.#probeMs = verdict.fault === null ? probeIdleMs : probeDownMs;
    this.#backoffMs = probeFirstMs;
    return ok(verdict);
  }

  /** The first retry follows soon, the later ones ever more slowly up to the limit. */
  #unwell(error: SessionError): { ok: false; error: SessionError } {
    this.#probeMs = this.#backoffMs;
    this.#backoffMs = Math.min(this.#backoffMs * 2, this.#timeouts.probeDownMs);
    this.#setHealth('offline', error.reason === 'timeout' ? faultSentence('timeout') : error.detail);
    return err(error);
  }

  #setHealth(state: DeviceHealth['state'], detail: string): void {
    if (this.#abort.signal.aborted) return;
    if (this.#health.state === state && this.#health.detail === detail) return;
    const since = this.#health.state === state ? this.#health.since : this.#now();
    this.#health = { state, detail, since };
    const { host, port } = this.#options;
    this.#ctx.log(state === 'online' ? 'info' : 'warn', detail, { device: 'printer', host, port, state });
    for (const listener of this.#listeners) listener(this.#health);
  }

  #now(): string {
    return new Date(this.#ctx.now()).toISOString();
  }
}

function refusalOf(checked: Result<Verdict, SessionError>): Refusal | null {
  if (!checked.ok) return checked.error;
  const { fault } = checked.value;
  return fault === null ? null : { reason: fault, detail: faultSentence(fault) };
}
