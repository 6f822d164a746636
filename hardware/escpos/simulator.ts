import { createServer, type Socket } from 'node:net';
import {
  type PaperColumns,
  type PrinterProfile,
  renderSvg,
  renderText,
  type Slip,
} from '../../shared/receipt/index.ts';
import { EscposInterpreter } from './interpreter.ts';
import {
  automaticStatusOf,
  RealTimeRequests,
  type SimulatedState,
  sensorOf,
  statusOf,
} from './simulated-state.ts';

const RECEIPTS_MAX = 200;
const FINDINGS_MAX = 100;
/** What a printer that stands still keeps for later; beyond it the job is lost, as in life. */
const BUFFER_BYTES_MAX = 1_048_576;

export interface SimulatedReceipt {
  readonly id: string;
  readonly text: string;
  readonly svg: string;
  /** The rows themselves: pictures among them keep their dots. */
  readonly slip: Slip;
  /** UTC, ISO 8601. */
  readonly at: string;
}

export interface EscposSimulatorOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly columns?: PaperColumns;
  /** What the printer understands; a large Epson unless told otherwise. */
  readonly profile?: PrinterProfile;
  readonly now?: () => number;
}

/** A receipt printer on raw TCP: reads real jobs, answers real status requests, and fails when told to. */
export interface EscposSimulator {
  readonly port: number;
  /** One per cut, oldest first; the last 200. */
  receipts(): readonly SimulatedReceipt[];
  onReceipt(listener: (receipt: SimulatedReceipt) => void): void;
  /** Text on the paper that no cut has parted yet. */
  uncut(): string;
  /** What the interpreter met and did not know. */
  findings(): readonly string[];
  drawerKicks(): number;
  /** Bytes received since the start, real-time status requests apart. */
  jobBytes(): number;
  /** Connections since the start, and the most that stood at one time. */
  connections(): { total: number; most: number };
  setPaper(paper: SimulatedState['paper']): void;
  setCover(cover: SimulatedState['cover']): void;
  /** Closes the drawer again that a pulse has opened. */
  closeDrawer(): void;
  /** Accepts connections and bytes but neither prints nor answers, until `thaw`. */
  freeze(): void;
  /** Freezes once so many more job bytes have come. */
  freezeAfter(bytes: number): void;
  thaw(): void;
  /** Kills the connection once so many more job bytes have come; what came before is on the paper. */
  dropAfter(bytes: number): void;
  /** Stops listening, as a printer without power; `accept` listens on the same port again. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  close(): Promise<void>;
}

export async function startEscposSimulator(options: EscposSimulatorOptions): Promise<EscposSimulator> {
  const printer = new SimulatedPrinter(options);
  await printer.accept();
  return printer;
}

class SimulatedPrinter implements EscposSimulator {
  readonly #options: EscposSimulatorOptions;
  readonly #server = createServer({ noDelay: true }, (socket) => this.#connected(socket));
  readonly #interpreter: EscposInterpreter;
  readonly #listeners: ((receipt: SimulatedReceipt) => void)[] = [];
  readonly #state: SimulatedState = { paper: 'ok', cover: 'closed', drawer: 'closed' };
  readonly #findings: string[] = [];
  #receipts: SimulatedReceipt[] = [];
  /** The first is served, the others wait, as on a printer with a single session. */
  readonly #sockets: Socket[] = [];
  #buffer: number[] = [];
  #printed = 0;
  #kicks = 0;
  #jobBytes = 0;
  #freezeAt = Number.POSITIVE_INFINITY;
  #dropAt = Number.POSITIVE_INFINITY;
  #automaticMask = 0;
  #total = 0;
  #most = 0;
  #port = 0;

  constructor(options: EscposSimulatorOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#interpreter = new EscposInterpreter(
      options.columns ?? 48,
      {
        slip: (slip) => this.#slip(slip),
        sensorAsked: () => this.#reply(sensorOf(this.#state)),
        automaticStatus: (mask) => {
          this.#automaticMask = mask;
          this.#tellAutomatically();
        },
        drawer: () => {
          this.#kicks += 1;
          this.#state.drawer = 'open';
          this.#tellAutomatically();
        },
        finding: (detail) => {
          if (this.#findings.length < FINDINGS_MAX) this.#findings.push(detail);
        },
      },
      options.profile,
    );
  }

  get port(): number {
    return this.#port;
  }

  receipts(): readonly SimulatedReceipt[] {
    return this.#receipts;
  }

  onReceipt(listener: (receipt: SimulatedReceipt) => void): void {
    this.#listeners.push(listener);
  }

  uncut(): string {
    return renderText(this.#interpreter.uncut());
  }

  findings(): readonly string[] {
    return this.#findings;
  }

  drawerKicks(): number {
    return this.#kicks;
  }

  jobBytes(): number {
    return this.#jobBytes;
  }

  connections(): { total: number; most: number } {
    return { total: this.#total, most: this.#most };
  }

  setPaper(paper: SimulatedState['paper']): void {
    this.#state.paper = paper;
    this.#changed();
  }

  setCover(cover: SimulatedState['cover']): void {
    this.#state.cover = cover;
    this.#changed();
  }

  closeDrawer(): void {
    this.#state.drawer = 'closed';
    this.#changed();
  }

  freeze(): void {
    this.#freezeAt = 0;
  }

  freezeAfter(bytes: number): void {
    this.#freezeAt = this.#jobBytes + bytes;
  }

  thaw(): void {
    this.#freezeAt = Number.POSITIVE_INFINITY;
    this.#work();
  }

  dropAfter(bytes: number): void {
    this.#dropAt = this.#jobBytes + bytes;
  }

  accept(): Promise<void> {
    const { host } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port: this.#port }, () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        if (address !== null && typeof address === 'object') this.#port = address.port;
        resolve();
      });
    });
  }

  refuse(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.resetAndDestroy();
    });
  }

  async close(): Promise<void> {
    if (this.#server.listening) await this.refuse();
  }

  #kicked(): void {
    this.#kicks += 1;
    this.#state.drawer = 'open';
    this.#tellAutomatically();
  }

  get #frozen(): boolean {
    return this.#jobBytes >= this.#freezeAt;
  }

  #connected(socket: Socket): void {
    const requests = new RealTimeRequests();
    this.#total += 1;
    this.#sockets.push(socket);
    this.#most = Math.max(this.#most, this.#sockets.length);
    if (this.#sockets[0] !== socket) socket.pause();
    socket.on('data', (chunk) => {
      for (const byte of Buffer.from(chunk)) if (!socket.destroyed) this.#hear(socket, requests, byte);
      this.#work();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const wasServed = this.#sockets[0] === socket;
      this.#sockets.splice(this.#sockets.indexOf(socket), 1);
      if (wasServed) {
        this.#automaticMask = 0;
        this.#sockets[0]?.resume();
      }
    });
  }

  #hear(socket: Socket, requests: RealTimeRequests, byte: number): void {
    const frozen = this.#frozen;
    const { request, jobBytes } = requests.push(byte);
    this.#jobBytes += jobBytes;
    if (this.#buffer.length < BUFFER_BYTES_MAX) this.#buffer.push(byte);
    if (request?.kind === 'status' && !frozen) socket.write(Uint8Array.of(statusOf(request.n, this.#state)));
    if (request?.kind === 'pulse' && !frozen) this.#kicked();
    // What came before the fault has already been printed when the fault strikes.
    if (!frozen && this.#frozen) this.#print();
    if (this.#jobBytes >= this.#dropAt) {
      this.#dropAt = Number.POSITIVE_INFINITY;
      this.#work();
      socket.resetAndDestroy();
    }
  }

  #work(): void {
    if (!this.#frozen) this.#print();
  }

  /** Prints what has been received; without paper or with an open cover it waits in the buffer. */
  #print(): void {
    if (this.#state.paper === 'out' || this.#state.cover === 'open') return;
    const buffer = this.#buffer;
    this.#buffer = [];
    for (const byte of buffer) this.#interpreter.push(byte);
  }

  #changed(): void {
    this.#tellAutomatically();
    this.#work();
  }

  #tellAutomatically(): void {
    if (this.#automaticMask !== 0) this.#reply(automaticStatusOf(this.#state));
  }

  #reply(bytes: Uint8Array): void {
    const socket = this.#sockets[0];
    if (socket?.writable === true && !this.#frozen) socket.write(bytes);
  }

  #slip(slip: Slip): void {
    this.#printed += 1;
    const at = new Date((this.#options.now ?? Date.now)()).toISOString();
    const receipt = drawnOnDemand(`slip_${this.#printed}`, at, slip);
    this.#receipts = [...this.#receipts, receipt].slice(-RECEIPTS_MAX);
    for (const listener of this.#listeners) listener(receipt);
  }
}

/** Drawing takes milliseconds and few slips are ever looked at, so each is drawn when first read. */
function drawnOnDemand(id: string, at: string, slip: Slip): SimulatedReceipt {
  let text: string | undefined;
  let svg: string | undefined;
  return {
    id,
    at,
    slip,
    get text() {
      text ??= renderText(slip);
      return text;
    },
    get svg() {
      svg ??= renderSvg(slip);
      return svg;
    },
  };
}
