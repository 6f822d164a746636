import { connect, type Socket } from 'node:net';
import { currencyNumber } from '../../shared/money/currency_number.ts';
import { reconnectDelayMs } from '../backoff.ts';
import type { DeviceHealth, DriverContext, Terminal, TerminalOutcome } from '../port.ts';
import { COMMAND } from './apdu.ts';
import { bcdOf } from './bcd.ts';
import { FIELD } from './bitmaps.ts';
import { errorSentence } from './error_codes.ts';
import { outcomeOf, readStatus } from './outcome.ts';
import { ZvtSession } from './session.ts';

const CONNECT_MS_MAX = 3_000;
const REGISTRATION_MS_MAX = 10_000;
/** Longer than a shopper looks for a card and a terminal for its host; each word of the terminal begins it anew. */
const PAYMENT_SILENCE_MS_MAX = 180_000;
const INQUIRY_SILENCE_MS_MAX = 30_000;
const PASSWORD_BYTES = 3;
const AMOUNT_BYTES = 6;
const CURRENCY_BYTES = 2;
/** Registration, config byte: the register wants intermediate status; paper is the terminal's own affair. */
const CONFIG_BYTE = 0x08;

export interface ZvtTerminalOptions {
  host: string;
  port: number;
  /** ISO 4217 of the terminal's account. */
  currency: string;
  /** Of the registration; terminals are delivered with 000000. */
  password?: number;
  random?: () => number;
  paymentSilenceMs?: number;
}

/** A payment whose answer was lost, and the last transaction that was known before it. */
interface Lost {
  amount: number;
  traceBefore: number | null;
}

/** Opens a ZVT terminal and keeps it registered until `close`. Returns at once; what goes wrong is a health fact. */
export function openZvtTerminal(options: ZvtTerminalOptions, context: DriverContext): Terminal {
  return new ZvtTerminal(options, context);
}

class ZvtTerminal implements Terminal {
  readonly #options: ZvtTerminalOptions;
  readonly #context: DriverContext;
  readonly #listeners: ((health: DeviceHealth) => void)[] = [];
  readonly #lost = new Map<string, Lost>();
  #health: DeviceHealth;
  #session: ZvtSession | null = null;
  #socket: Socket | null = null;
  #timer: NodeJS.Timeout | null = null;
  #attempt = 0;
  #closed = false;
  #lastTrace: number | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: ZvtTerminalOptions, context: DriverContext) {
    this.#options = options;
    this.#context = context;
    this.#health = { state: 'connecting', detail: `Connecting to ${this.#where()}.`, since: this.#iso() };
    this.#connect();
  }

  health(): DeviceHealth {
    return this.#health;
  }

  onHealth(listener: (health: DeviceHealth) => void): void {
    this.#listeners.push(listener);
  }

  pay(request: { reference: string; amount: number; currency: string }): Promise<TerminalOutcome> {
    return this.#serialised(() => this.#pay(request));
  }

  inquire(reference: string): Promise<TerminalOutcome> {
    return this.#serialised(() => this.#inquire(reference));
  }

  async abort(): Promise<void> {
    this.#session?.abort();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#socket?.destroy();
    this.#session = null;
    await this.#queue.catch(() => {});
    this.#setHealth('offline', 'The driver was closed.');
  }

  async #pay({
    reference,
    amount,
    currency,
  }: {
    reference: string;
    amount: number;
    currency: string;
  }): Promise<TerminalOutcome> {
    const declined = (reason: string, detail: string): TerminalOutcome => ({
      result: 'declined',
      reason,
      detail,
    });
    const bcd = amount > 0 ? bcdOf(amount, AMOUNT_BYTES) : null;
    if (bcd === null) return declined('bad_amount', 'The terminal cannot take this amount.');
    if (currency !== this.#options.currency)
      return declined('bad_currency', `The terminal takes ${this.#options.currency}.`);
    if (this.#session === null || this.#health.state !== 'online')
      return declined('unreachable', `The terminal is not ready: ${this.#health.detail}`);
    const traceBefore = this.#lastTrace;
    const data = [FIELD.amount, ...bcd, FIELD.currency, ...this.#currency()];
    const silenceMs = this.#options.paymentSilenceMs ?? PAYMENT_SILENCE_MS_MAX;
    const done = await this.#session.exchange(COMMAND.authorisation, data, silenceMs);
    if (!done.ok) {
      if (done.error.code === 'refused')
        return declined(`zvt_${done.error.error}`, `The terminal: ${errorSentence(done.error.error)}.`);
      this.#lost.set(reference, { amount, traceBefore });
      return { result: 'unknown', detail: done.error.detail };
    }
    const { end, data: last, status } = done.value;
    const read = status === null ? null : readStatus(status);
    if (end === 'abort' && read?.result_code !== 0) {
      const code = last[0] ?? read?.result_code ?? 0xff;
      return declined(`zvt_${code}`, `The terminal: ${errorSentence(code)}.`);
    }
    const outcome: TerminalOutcome =
      end === 'abort'
        ? { result: 'unknown', detail: 'The terminal approved and then gave up: look at its receipt.' }
        : outcomeOf(read, amount);
    if (outcome.result === 'approved') this.#lastTrace = read?.trace_number ?? this.#lastTrace;
    if (outcome.result === 'unknown') this.#lost.set(reference, { amount, traceBefore });
    return outcome;
  }

  /**
   * ZVT has no question after one payment by the register's own name. The terminal is asked for its last
   * transaction: a new one over the amount is ours; the one that was known before means that ours never came
   * about; anything else stays unknown and is for a person to look at.
   */
  async #inquire(reference: string): Promise<TerminalOutcome> {
    const unknown = (detail: string): TerminalOutcome => ({ result: 'unknown', detail });
    const lost = this.#lost.get(reference);
    if (lost === undefined) return unknown('The driver began after this payment: look at the terminal.');
    if (this.#session === null || this.#health.state !== 'online') return unknown(this.#health.detail);
    const asked = await this.#session.exchange(
      COMMAND.repeat_receipt,
      this.#password(),
      INQUIRY_SILENCE_MS_MAX,
    );
    if (!asked.ok || asked.value.status === null)
      return unknown('The terminal does not tell its last payment.');
    const status = readStatus(asked.value.status);
    if (lost.traceBefore === null || status.trace_number === null)
      return unknown('No earlier payment is known to tell the last one from: look at the terminal.');
    if (status.trace_number === lost.traceBefore) {
      this.#lost.delete(reference);
      return { result: 'declined', reason: 'not_made', detail: 'The terminal made no payment since.' };
    }
    const outcome = outcomeOf(status, lost.amount);
    if (outcome.result !== 'approved') return unknown('The terminal’s last payment is another one.');
    this.#lost.delete(reference);
    this.#lastTrace = status.trace_number;
    return outcome;
  }

  #serialised<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(run, run);
    this.#queue = result.catch(() => {});
    return result;
  }

  #connect(): void {
    if (this.#closed) return;
    const socket = connect({ host: this.#options.host, port: this.#options.port });
    this.#socket = socket;
    const timer = setTimeout(() => socket.destroy(new Error('no answer in time')), CONNECT_MS_MAX);
    let why = 'the terminal closed the connection';
    socket.on('error', (error) => (why = error.message));
    socket.once('connect', () => {
      clearTimeout(timer);
      void this.#serialised(() => this.#register(new ZvtSession(socket)));
    });
    socket.once('close', () => {
      clearTimeout(timer);
      this.#session = null;
      if (this.#closed) return;
      this.#setHealth('offline', `No connection to ${this.#where()}: ${why}.`);
      this.#timer = setTimeout(
        () => this.#connect(),
        reconnectDelayMs(this.#attempt++, this.#options.random ?? Math.random),
      );
    });
  }

  async #register(session: ZvtSession): Promise<void> {
    const data = [...this.#password(), CONFIG_BYTE, ...this.#currency()];
    const done = await session.exchange(COMMAND.registration, data, REGISTRATION_MS_MAX);
    if (done.ok && done.value.end === 'completion') {
      this.#attempt = 0;
      this.#session = session;
      this.#setHealth('online', 'The terminal is registered.');
      return;
    }
    const code = done.ok ? done.value.data[0] : done.error.code === 'refused' ? done.error.error : undefined;
    const why = code === undefined ? 'it does not answer' : errorSentence(code);
    this.#setHealth('offline', `The terminal did not register: ${why}.`);
    session.end();
  }

  #password(): number[] {
    return bcdOf(this.#options.password ?? 0, PASSWORD_BYTES) ?? [0, 0, 0];
  }

  #currency(): number[] {
    return bcdOf(Number(currencyNumber(this.#options.currency) ?? 0), CURRENCY_BYTES) ?? [0, 0];
  }

  #setHealth(state: DeviceHealth['state'], detail: string): void {
    if (state === this.#health.state && detail === this.#health.detail) return;
    if ((state === 'online') !== (this.#health.state === 'online'))
      this.#context.log(state === 'online' ? 'info' : 'warn', `terminal ${state}`, { detail });
    this.#health = { state, detail, since: this.#iso() };
    for (const listener of this.#listeners) listener(this.#health);
  }

  #iso(): string {
    return new Date(this.#context.now()).toISOString();
  }

  #where(): string {
    return `${this.#options.host}:${this.#options.port}`;
  }
}
