import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import {
  directResponseXml,
  EPOS_PRINTED,
  type EposResponse,
  parseRequest,
} from '../../shared/receipt/epos_xml.ts';
import { renderText, type Slip } from '../../shared/receipt/index.ts';
import { EscposInterpreter } from '../escpos/interpreter.ts';
import { readStarLine } from './star_reader.ts';

const CALL_MS_MAX = 10_000;
const DEVID = 'local_printer';
const Offer = z.looseObject({
  jobReady: z.boolean(),
  mediaTypes: z.array(z.string()).optional(),
  jobToken: z.string().optional(),
});

export interface PollingPrinterOptions {
  /** The address that a person types into the printer's own page. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly everyMs: number;
}

/** A printer that fetches its jobs by itself, over real HTTP. */
export interface PollingPrinter {
  /** What lies on its paper, oldest first. */
  papers(): readonly string[];
  /** What it was given and did not understand. */
  findings(): readonly string[];
  /** Polls that were answered. */
  polls(): number;
  setPaper(paper: 'ok' | 'out'): void;
  /** Prints the next job and says nothing of it, as a printer whose line is cut at that moment. */
  loseNextWord(): void;
  stop(): Promise<void>;
}

interface Model {
  poll(): Promise<void>;
}

abstract class Polling implements PollingPrinter, Model {
  readonly #papers: string[] = [];
  readonly #findings: string[] = [];
  readonly #abort = new AbortController();
  protected readonly options: PollingPrinterOptions;
  protected paper: 'ok' | 'out' = 'ok';
  #running: Promise<void> = Promise.resolve();
  #polls = 0;
  #loses = false;

  constructor(options: PollingPrinterOptions) {
    this.options = options;
  }

  abstract poll(): Promise<void>;

  start(): this {
    this.#running = this.#run();
    return this;
  }

  papers(): readonly string[] {
    return this.#papers;
  }

  findings(): readonly string[] {
    return this.#findings;
  }

  polls(): number {
    return this.#polls;
  }

  setPaper(paper: 'ok' | 'out'): void {
    this.paper = paper;
  }

  loseNextWord(): void {
    this.#loses = true;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  protected print(text: string, findings: readonly string[]): void {
    this.#papers.push(text);
    this.#findings.push(...findings);
  }

  protected loses(): boolean {
    const loses = this.#loses;
    this.#loses = false;
    return loses;
  }

  protected call(method: string, query = '', body?: string, type?: string): Promise<Response> {
    const { url, username, password } = this.options;
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    return fetch(url + query, {
      method,
      headers: { authorization, ...(type === undefined ? {} : { 'content-type': type }) },
      signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(CALL_MS_MAX)]),
      ...(body === undefined ? {} : { body }),
    });
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        await this.poll();
        this.#polls += 1;
      } catch (error) {
        if (!signal.aborted) this.#findings.push(String(error));
      }
      await wait(this.options.everyMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Star CloudPRNT: POST how it is, GET the job, DELETE it with what became of it. */
class StarPrinter extends Polling {
  async poll(): Promise<void> {
    const statusCode = encodeURIComponent(this.paper === 'ok' ? '200 OK' : '410 Paper out');
    const status = {
      status: '23 6 0 0 0 0 0 0 0',
      printerMAC: '00:11:62:00:00:01',
      statusCode,
      printingInProgress: false,
    };
    const answer = await this.call('POST', '', JSON.stringify(status), 'application/json');
    if (answer.status !== 200) throw new Error(`poll: ${answer.status}`);
    const { jobReady, mediaTypes = [], jobToken = '' } = Offer.parse(await answer.json());
    if (!jobReady) return;
    const media = mediaTypes[0] ?? 'text/plain';
    const named = `uid=0&mac=00%3A11%3A62%3A00%3A00%3A01&token=${jobToken}`;
    const job = await this.call('GET', `?${named}&type=${encodeURIComponent(media)}`);
    if (job.status !== 200) throw new Error(`job: ${job.status}`);
    const bytes = new Uint8Array(await job.arrayBuffer());
    const { lines, unknown } = readStarLine(bytes);
    this.print(`${lines.join('\n')}\n`, unknown);
    if (!this.loses()) await this.call('DELETE', `?${named}&code=${encodeURIComponent('200 OK')}`);
  }
}

/** Epson Server Direct Print: asks with a form, is answered XML, and sends what became of it with another form. */
class DirectPrinter extends Polling {
  async poll(): Promise<void> {
    const answer = await this.#form({ ConnectionType: 'GetRequest', ID: 'printer', Name: 'printer' });
    if (answer.status !== 200) throw new Error(`poll: ${answer.status}`);
    const xml = await answer.text();
    if (xml === '') return;
    const given = parseRequest(xml);
    if (given === null) throw new Error('not ePOS-Print XML');
    const response = this.#obey(given.job);
    if (this.loses()) return;
    await this.#form({
      ConnectionType: 'SetResponse',
      ResponseFile: directResponseXml(given.token, DEVID, response),
    });
  }

  #obey(job: Uint8Array): EposResponse {
    if (this.paper === 'out') return { success: false, code: 'EPTR_REC_EMPTY', status: 0 };
    const slips: Slip[] = [];
    const findings: string[] = [];
    const interpreter = new EscposInterpreter(48, {
      slip: (slip) => slips.push(slip),
      sensorAsked: () => undefined,
      automaticStatus: () => undefined,
      drawer: () => undefined,
      finding: (detail) => findings.push(detail),
    });
    for (const byte of job) interpreter.push(byte);
    this.print(slips.map(renderText).join(''), findings);
    return { success: true, code: '', status: EPOS_PRINTED };
  }

  #form(fields: Record<string, string>): Promise<Response> {
    return this.call('POST', '', new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded');
  }
}

export function startStarPrinter(options: PollingPrinterOptions): PollingPrinter {
  return new StarPrinter(options).start();
}

export function startDirectPrinter(options: PollingPrinterOptions): PollingPrinter {
  return new DirectPrinter(options).start();
}
