import { createServer, type Server, type Socket } from 'node:net';
import { ConnectionAttempt, Status } from './codec/enumerations.ts';
import { Version } from './codec/frame.ts';
import { type AnyMessage, decodeMessage, encodeMessage } from './codec/message.ts';
import { FrameSplitter } from './codec/splitter.ts';
import { SimulatedDevice } from './simulator/device.ts';

const ANTENNAS_DEFAULT = 4;
const INPUTS_DEFAULT = 4;
const OUTPUTS_DEFAULT = 4;
/** How often every tag in the field is read while an ROSpec is active. */
const SCAN_MS_DEFAULT = 100;
const RSSI_DEFAULT_DBM = -55;
/** A client that stops reading is dropped when this much waits for it. */
const UNSENT_BYTES_MAX = 4_194_304;
/** Whole 16-bit words, at most the 31 that a Gen2 tag can hold. */
const EPC_PATTERN = /^(?:[0-9A-F]{4}){1,31}$/;

export interface LlrpSimulatorOptions {
  host?: string;
  /** 0 takes any free port. */
  port: number;
  antennas?: number;
  inputs?: number;
  outputs?: number;
  scanMs?: number;
  /** The highest version that it speaks; 1.0.1 when absent. */
  version?: '1.0.1' | '1.1';
  /** Whether a client may choose which inventoried state (A or B) is read. */
  stateAware?: boolean;
  /** A reader without a clock tells its uptime. */
  utcClock?: boolean;
  /** Milliseconds since the epoch. */
  now?: () => number;
  /** Sees every message that the client sends, before it is answered. */
  onMessage?: (message: AnyMessage) => void;
}

/** Where a tag stands: in front of which antenna (1-based), and how strongly it answers, in dBm. */
export interface TagPosition {
  antenna?: number;
  rssi?: number;
}

/** The physical world around the simulated reader, and what can go wrong with its line. */
export interface LlrpSimulator {
  readonly port: number;
  /** Puts a tag into the field, or moves it. It is read at once and then at every scan. */
  tagEnters(epc: string, position?: TagPosition): void;
  tagLeaves(epc: string): void;
  /** Reads a tag `count` times and reports it now; it need not stand in the field. */
  reads(epc: string, count: number, position?: TagPosition): void;
  /** The levels of the general purpose outputs by their 1-based number. */
  outputs(): Map<number, boolean>;
  onOutput(listener: (port: number, on: boolean) => void): void;
  /** Puts a level on a general purpose input. */
  setInput(port: number, on: boolean): void;
  /** Pulls or plugs the cable of an antenna. */
  setAntenna(antenna: number, connected: boolean): void;
  state(): SimulatorState;
  /** Breaks the client's connection without a word. */
  disconnectClient(): void;
  /** Puts bytes on the client's line as they are. */
  sendBytes(bytes: Uint8Array): void;
  /** A silent reader keeps the connection and sends nothing any more, as behind a pulled plug. */
  setSilent(silent: boolean): void;
  /** Idempotent; resolves when the port is free. */
  close(): Promise<void>;
}

export interface SimulatorState {
  clientConnected: boolean;
  /** An ROSpec is active. */
  reading: boolean;
  /** Clients that were let in since the start. */
  connections: number;
}

/**
 * Starts a simulated LLRP reader on TCP. It speaks to one client at a time, as readers do, and keeps
 * configuration and ROSpec when that client goes. Rejects when the port cannot be taken.
 */
export async function startLlrpSimulator(options: LlrpSimulatorOptions): Promise<LlrpSimulator> {
  const simulator = new SimulatorServer(options);
  await simulator.listen(options.host ?? '127.0.0.1', options.port);
  return simulator;
}

class SimulatorServer implements LlrpSimulator {
  readonly #server: Server;
  readonly #device: SimulatedDevice;
  readonly #antennas: number;
  readonly #scanMs: number;
  readonly #onMessage: (message: AnyMessage) => void;
  readonly #outputListeners: ((port: number, on: boolean) => void)[] = [];
  /** Everyone on the line, also those who are being refused. */
  readonly #sockets = new Set<Socket>();
  #client: Socket | null = null;
  #connections = 0;
  #silent = false;
  #keepAlive: NodeJS.Timeout | undefined;
  #keepAliveMs = 0;
  #scan: NodeJS.Timeout | undefined;
  #closing: Promise<void> | null = null;

  constructor(options: LlrpSimulatorOptions) {
    this.#antennas = options.antennas ?? ANTENNAS_DEFAULT;
    this.#scanMs = options.scanMs ?? SCAN_MS_DEFAULT;
    this.#onMessage = options.onMessage ?? (() => {});
    const hardware = {
      antennas: this.#antennas,
      inputs: options.inputs ?? INPUTS_DEFAULT,
      outputs: options.outputs ?? OUTPUTS_DEFAULT,
      stateAware: options.stateAware ?? false,
      utcClock: options.utcClock ?? true,
      version: options.version === '1.1' ? Version.v1_1 : Version.v1_0_1,
    };
    const outlet = {
      send: (message: AnyMessage): void => this.#send(this.#client, message),
      output: (port: number, on: boolean): void => {
        for (const listener of this.#outputListeners) listener(port, on);
      },
    };
    this.#device = new SimulatedDevice(hardware, outlet, options.now ?? Date.now);
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  listen(host: string, port: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen(port, host, () => {
      this.#server.off('error', reject);
      this.#scan = setInterval(() => this.#device.inventory.scan(), this.#scanMs);
      resolve();
    });
    return promise;
  }

  tagEnters(epc: string, position: TagPosition = {}): void {
    const canonical = canonicalEpc(epc);
    this.#device.inventory.tagEnters(canonical, this.#place(canonical, position));
  }

  tagLeaves(epc: string): void {
    this.#device.inventory.tagLeaves(canonicalEpc(epc));
  }

  reads(epc: string, count: number, position: TagPosition = {}): void {
    const canonical = canonicalEpc(epc);
    this.#device.inventory.read(canonical, this.#place(canonical, position), count);
  }

  outputs(): Map<number, boolean> {
    return new Map(this.#device.config.outputs);
  }

  onOutput(listener: (port: number, on: boolean) => void): void {
    this.#outputListeners.push(listener);
  }

  setInput(port: number, on: boolean): void {
    this.#device.setInput(port, on);
  }

  setAntenna(antenna: number, connected: boolean): void {
    this.#device.setAntenna(antenna, connected);
  }

  state(): SimulatorState {
    return {
      clientConnected: this.#client !== null,
      reading: this.#device.inventory.reading,
      connections: this.#connections,
    };
  }

  disconnectClient(): void {
    this.#client?.destroy();
  }

  sendBytes(bytes: Uint8Array): void {
    this.#client?.write(bytes);
  }

  setSilent(silent: boolean): void {
    this.#silent = silent;
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      clearInterval(this.#scan);
      clearInterval(this.#keepAlive);
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
    return this.#closing;
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    // A broken line is not the reader's business; `close` follows and frees the place.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#client === socket) this.#release();
    });
    if (this.#client !== null) {
      const refusal = this.#device.greeting(ConnectionAttempt.clientConnectionExists);
      this.#send(socket, { ...refusal, version: Version.v1_0_1 });
      this.#send(this.#client, this.#device.greeting(ConnectionAttempt.attemptedAgain));
      socket.end();
      socket.resume();
      return;
    }
    this.#client = socket;
    this.#connections += 1;
    const splitter = new FrameSplitter();
    socket.on('data', (chunk) => this.#receive(socket, splitter, chunk));
    this.#device.connected();
    this.#setKeepAlive();
  }

  #release(): void {
    this.#client = null;
    this.#device.disconnected();
    this.#setKeepAlive();
  }

  #receive(socket: Socket, splitter: FrameSplitter, chunk: Uint8Array): void {
    for (const frame of splitter.push(chunk)) {
      if (this.#client !== socket || socket.writableEnded) return;
      if (!frame.ok) {
        // Junk: the reader says so and hangs up, because it cannot find the next message.
        this.#send(socket, this.#device.errorMessage(0, Status.M_FieldError, frame.error.detail));
        socket.end();
        return;
      }
      const { id, version } = frame.value;
      const decoded = decodeMessage(frame.value);
      if (decoded.ok) this.#onMessage(decoded.value);
      if (!this.#device.speaks(frame.value)) {
        const why = `version ${version} is not spoken on this connection`;
        this.#send(socket, this.#device.errorMessage(id, Status.M_UnsupportedVersion, why));
        continue;
      }
      if (!decoded.ok) {
        this.#send(socket, this.#device.errorMessage(id, Status.M_ParameterError, decoded.error.detail));
        continue;
      }
      this.#device.handle(decoded.value);
      if (decoded.value.name === 'CloseConnection') socket.end();
      this.#setKeepAlive();
    }
  }

  /** Keeps the keepalive timer in step with the configuration and with the client's presence. */
  #setKeepAlive(): void {
    const wanted = this.#client === null ? 0 : this.#device.config.keepaliveMs;
    if (wanted === this.#keepAliveMs) return;
    this.#keepAliveMs = wanted;
    clearInterval(this.#keepAlive);
    if (wanted === 0) return;
    this.#keepAlive = setInterval(() => this.#send(this.#client, this.#device.keepAlive()), wanted);
  }

  #send(socket: Socket | null, message: AnyMessage): void {
    if (socket === null || this.#silent || socket.destroyed || socket.writableEnded) return;
    if (socket.writableLength > UNSENT_BYTES_MAX) socket.destroy();
    else socket.write(encodeMessage(message));
  }

  #place(epc: string, position: TagPosition): { antenna: number; rssi: number } {
    const known = this.#device.inventory.tag(epc);
    const antenna = position.antenna ?? known?.antenna ?? 1;
    if (!Number.isInteger(antenna) || antenna < 1 || antenna > this.#antennas) {
      throw new RangeError(`the reader has antennas 1 to ${this.#antennas}, not ${antenna}`);
    }
    return { antenna, rssi: position.rssi ?? known?.rssi ?? RSSI_DEFAULT_DBM };
  }
}

function canonicalEpc(epc: string): string {
  const canonical = epc.toUpperCase();
  if (!EPC_PATTERN.test(canonical)) throw new RangeError(`'${epc}' is no EPC of whole 16-bit words in hex`);
  return canonical;
}
