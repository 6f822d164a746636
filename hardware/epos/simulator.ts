import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { EPOS_PRINTED, type EposResponse, parseRequest, responseXml } from '../../shared/receipt/epos_xml.ts';
import { type PaperColumns, renderText, type Slip } from '../../shared/receipt/index.ts';
import { EscposInterpreter } from '../escpos/interpreter.ts';
import { EPOS_STATUS } from './status.ts';

const BODY_BYTES_MAX = 4_194_304;

export interface EposSimulatorOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly devid?: string;
  readonly columns?: PaperColumns;
}

/** A printer with the ePOS-Print service on a real HTTP port, on the same interpreter as the printer on TCP. */
export interface EposSimulator {
  readonly port: number;
  /** One per cut, oldest first. */
  slips(): readonly Slip[];
  texts(): readonly string[];
  drawerKicks(): number;
  setPaper(paper: 'ok' | 'near_end' | 'out'): void;
  setCover(cover: 'open' | 'closed'): void;
  /** Paper runs out once so many more job bytes have been printed: the rest is not. */
  runOutAfter(bytes: number): void;
  /** Prints the next job, but the line is cut before the answer. */
  swallowJobAnswer(): void;
  close(): Promise<void>;
}

export async function startEposSimulator(options: EposSimulatorOptions): Promise<EposSimulator> {
  const slips: Slip[] = [];
  const state = { paper: 'ok', cover: 'closed', drawer: 'closed' } as {
    paper: 'ok' | 'near_end' | 'out';
    cover: 'open' | 'closed';
    drawer: 'open' | 'closed';
  };
  let kicks = 0;
  let runOutAt = Number.POSITIVE_INFINITY;
  let swallow = false;
  const interpreter = new EscposInterpreter(options.columns ?? 48, {
    slip: (slip) => slips.push(slip),
    sensorAsked: () => undefined,
    automaticStatus: () => undefined,
    drawer: () => {
      kicks += 1;
      state.drawer = 'open';
    },
    finding: () => undefined,
  });

  function bits(): number {
    const pin = state.drawer === 'open' ? 0 : EPOS_STATUS.drawer_pin_high;
    const cover = state.cover === 'open' ? EPOS_STATUS.cover_open | EPOS_STATUS.offline : 0;
    const paper =
      state.paper === 'out'
        ? EPOS_STATUS.paper_end | EPOS_STATUS.paper_near_end | EPOS_STATUS.offline
        : state.paper === 'near_end'
          ? EPOS_STATUS.paper_near_end
          : 0;
    return pin | cover | paper;
  }

  function obey(job: Uint8Array): EposResponse {
    if (job.length === 0) return { success: true, code: '', status: bits() };
    if (state.cover === 'open') return { success: false, code: 'EPTR_COVER_OPEN', status: bits() };
    if (state.paper === 'out') return { success: false, code: 'EPTR_REC_EMPTY', status: bits() };
    for (const [at, byte] of job.entries()) {
      if (at >= runOutAt) {
        runOutAt = Number.POSITIVE_INFINITY;
        state.paper = 'out';
        return { success: false, code: 'EPTR_REC_EMPTY', status: bits() };
      }
      interpreter.push(byte);
    }
    return { success: true, code: '', status: bits() | EPOS_PRINTED };
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://printer');
    if (request.method !== 'POST' || url.pathname !== '/cgi-bin/epos/service.cgi') {
      response.writeHead(404).end();
      return;
    }
    const body = await bodyOf(request);
    if (body === null) {
      response.writeHead(413).end();
      return;
    }
    const answer = answerTo(url.searchParams.get('devid'), body);
    if (swallow && (parseRequest(body)?.job.length ?? 0) > 0) {
      swallow = false;
      request.socket.destroy();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end(responseXml(answer));
  }

  function answerTo(devid: string | null, body: string): EposResponse {
    const unread = { success: false, status: bits() };
    if (devid !== (options.devid ?? 'local_printer')) return { ...unread, code: 'DeviceNotFound' };
    const job = parseRequest(body);
    return job === null ? { ...unread, code: 'SchemaError' } : obey(job.job);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port }, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    slips: () => slips,
    texts: () => slips.map(renderText),
    drawerKicks: () => kicks,
    setPaper: (paper) => {
      state.paper = paper;
    },
    setCover: (cover) => {
      state.cover = cover;
    },
    runOutAfter: (count) => {
      runOutAt = count;
    },
    swallowJobAnswer: () => {
      swallow = true;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
