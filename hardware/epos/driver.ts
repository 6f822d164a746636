import { type EposResponse, eposResult, parseResponse, requestXml } from '../../shared/receipt/epos_xml.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { type DeviceAccess, openAccess } from '../credentials.ts';
import { callHttp } from '../device_http.ts';
import { JOB_BYTES_MAX } from '../escpos/driver.ts';
import { type DrawerOpenLevel, faultSentence, STATUS_UNKNOWN } from '../escpos/status.ts';
import { Health } from '../health.ts';
import { sleep } from '../keep_trying.ts';
import type {
  DeviceHealth,
  DriverContext,
  Printer,
  PrinterStatus,
  PrintFault,
  PrintOutcome,
} from '../port.ts';
import { faultOfCode, judgeBits } from './status.ts';

const NO_JOB = new Uint8Array(0);
const PULSE = Uint8Array.of(0x1b, 0x70, 0, 25, 250);

export interface EposTimeouts {
  /** How long the printer may take over a job before it gives up, told to it. */
  jobMs: number;
  /** How much longer we listen: its answer says what became of the job, silence leaves a doubt. */
  graceMs: number;
  statusMs: number;
  probeIdleMs: number;
  probeDownMs: number;
}

const TIMEOUTS: EposTimeouts = {
  jobMs: 20_000,
  graceMs: 5_000,
  statusMs: 5_000,
  probeIdleMs: 10_000,
  probeDownMs: 2_000,
};

export interface EposPrinterOptions extends Pick<DeviceAccess, 'base' | 'certificateFile'> {
  /** The printer's name within its own service. */
  readonly devid: string;
  readonly drawerOpenLevel?: DrawerOpenLevel;
  readonly timeouts?: Partial<EposTimeouts>;
}

/**
 * A printer with Epson's ePOS-Print service. Returns at once and keeps trying for ever. The printer answers a job
 * only when it has printed it or given up, so its answer is the proof; without an answer there is a doubt.
 */
export function openEposPrinter(options: EposPrinterOptions, ctx: DriverContext): Printer {
  const printer = new EposPrinter(options, ctx);
  printer.start();
  return printer;
}

interface Refusal {
  reason: PrintFault;
  detail: string;
}

class EposPrinter implements Printer {
  readonly #options: EposPrinterOptions;
  readonly #timeouts: EposTimeouts;
  readonly #health: Health;
  readonly #abort = new AbortController();
  #turn: Promise<unknown> = Promise.resolve();
  #probing: Promise<void> = Promise.resolve();

  constructor(options: EposPrinterOptions, ctx: DriverContext) {
    this.#options = options;
    this.#timeouts = { ...TIMEOUTS, ...options.timeouts };
    this.#health = new Health(
      `ePOS printer ${options.base}`,
      ctx,
      `Looking for the printer at ${options.base}.`,
    );
  }

  start(): void {
    this.#probing = this.#probe();
  }

  health(): DeviceHealth {
    return this.#health.get();
  }

  onHealth(listener: (health: DeviceHealth) => void): void {
    this.#health.onChange(listener);
  }

  async close(): Promise<void> {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    await this.#turn;
    await this.#probing;
    this.#health.close();
  }

  async status(): Promise<PrinterStatus> {
    const answer = await this.#inTurn(() => this.#ask(NO_JOB, this.#timeouts.statusMs));
    return answer.ok ? judgeBits(answer.value.status, this.#options.drawerOpenLevel).status : STATUS_UNKNOWN;
  }

  print(bytes: Uint8Array): Promise<PrintOutcome> {
    if (bytes.length === 0 || bytes.length > JOB_BYTES_MAX) {
      const detail = `A job has 1 to ${JOB_BYTES_MAX} bytes, this one ${bytes.length}.`;
      return Promise.resolve({ result: 'failed', reason: 'error', detail });
    }
    return this.#inTurn(() => this.#job(bytes, true));
  }

  kickDrawer(): Promise<PrintOutcome> {
    return this.#inTurn(() => this.#job(PULSE, false));
  }

  /** Asks first, so that a printer that stands still is a proven failure and no doubt. */
  async #job(bytes: Uint8Array, needsPaper: boolean): Promise<PrintOutcome> {
    const before = await this.#ask(NO_JOB, this.#timeouts.statusMs);
    if (!before.ok) return { result: 'failed', ...before.error };
    const { fault } = judgeBits(before.value.status);
    if (fault !== null && (needsPaper || fault === 'unreachable'))
      return { result: 'failed', reason: fault, detail: faultSentence(fault) };
    const after = await this.#ask(bytes, this.#timeouts.jobMs + this.#timeouts.graceMs);
    if (!after.ok) return { result: 'doubtful', ...after.error };
    const { success, code } = after.value;
    const result = eposResult(after.value);
    if (result === 'printed') return { result };
    const reason = success ? 'timeout' : faultOfCode(code);
    const detail = success
      ? 'The printer took the job without saying that it was printed.'
      : `The printer answers ${code || 'that it failed'}.`;
    return { result, reason, detail };
  }

  async #ask(job: Uint8Array, timeoutMs: number): Promise<Result<EposResponse, Refusal>> {
    const access = await openAccess(this.#options);
    if (!access.ok) return this.#unwell({ reason: 'unreachable', detail: access.error });
    const query = `devid=${encodeURIComponent(this.#options.devid)}&timeout=${this.#timeouts.jobMs}`;
    const answer = await callHttp(
      access.value.place,
      {
        method: 'POST',
        path: `/cgi-bin/epos/service.cgi?${query}`,
        text: {
          type: 'text/xml; charset=utf-8',
          body: requestXml(job),
          // What Epson's own library sends: no answer may come from a cache.
          headers: { soapaction: '""', 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' },
        },
      },
      timeoutMs,
      this.#abort.signal,
    );
    if (!answer.ok) {
      const reason = answer.error.code === 'timeout' ? 'timeout' : 'unreachable';
      return this.#unwell({ reason, detail: answer.error.detail });
    }
    if (answer.value.status !== 200)
      return this.#unwell({ reason: 'error', detail: `The printer answers HTTP ${answer.value.status}.` });
    const response = parseResponse(answer.value.text);
    if (!response.ok) return this.#unwell({ reason: 'error', detail: response.error });
    this.#heard(response.value);
    return ok(response.value);
  }

  #heard({ status, code }: EposResponse): void {
    const { fault, status: now } = judgeBits(status);
    if (code === 'DeviceNotFound')
      this.#health.set('offline', `The printer knows no device ${this.#options.devid}.`);
    else if (fault === 'unreachable') this.#health.set('offline', faultSentence(fault));
    else if (fault !== null) this.#health.set('degraded', faultSentence(fault));
    else if (now.paper === 'near_end') this.#health.set('degraded', 'The paper is nearly used up.');
    else this.#health.set('online', 'The printer is ready.');
  }

  #unwell(refusal: Refusal): { ok: false; error: Refusal } {
    if (!this.#abort.signal.aborted) this.#health.set('offline', refusal.detail);
    return err(refusal);
  }

  async #probe(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      await this.#inTurn(() => this.#ask(NO_JOB, this.#timeouts.statusMs));
      const well = this.#health.get().state === 'online';
      await sleep(well ? this.#timeouts.probeIdleMs : this.#timeouts.probeDownMs, signal);
    }
  }

  /** One call at a time: the service of the printer refuses a second one as busy. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}
