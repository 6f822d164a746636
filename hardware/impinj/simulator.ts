import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { tagEvent } from './simulated_event.ts';
import type { ImpinjSimulator, ImpinjSimulatorOptions, TagPosition } from './simulated_world.ts';

const KEEPALIVE_MS_DEFAULT = 30_000;
/** How often every tag in the field is read while a preset runs. */
const SCAN_MS_DEFAULT = 100;
const RSSI_DEFAULT_DBM = -55;
const OUTPUTS = 3;
const BODY_BYTES_MAX = 64 * 1024;

/** A reader with the IoT Device Interface, as far as the driver needs it, on a real HTTP server. */
export async function startImpinjSimulator(options: ImpinjSimulatorOptions): Promise<ImpinjSimulator> {
  const simulator = new Simulator(options);
  await simulator.listen(options.host ?? '127.0.0.1', options.port);
  return simulator;
}

type Answer = (status: number, body?: object) => unknown;

class Simulator implements ImpinjSimulator {
  readonly #options: ImpinjSimulatorOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #streams = new Set<ServerResponse>();
  readonly #field = new Map<string, TagPosition>();
  readonly #outputs = new Map<number, { on: boolean; pulseMs: number | null }>();
  readonly #calls: string[] = [];
  readonly #timers: NodeJS.Timeout[];
  #keepalives = 0;
  #connections = 0;
  #running: string | null = null;
  #interface: 'rest' | 'llrp' = 'rest';
  #password: string | undefined;
  #stalled = false;

  constructor(options: ImpinjSimulatorOptions) {
    this.#options = options;
    this.#password = options.password;
    for (let gpo = 1; gpo <= OUTPUTS; gpo += 1) this.#outputs.set(gpo, { on: false, pulseMs: null });
    const serve = (request: IncomingMessage, response: ServerResponse): void =>
      void this.#serve(request, response);
    this.#server = options.tls === undefined ? createServer(serve) : createSecureServer(options.tls, serve);
    this.#server.on('connection', (socket) => {
      this.#connections += 1;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#timers = [
      setInterval(() => this.#scan(), options.scanMs ?? SCAN_MS_DEFAULT),
      setInterval(() => this.#keepAlive(), options.keepaliveMs ?? KEEPALIVE_MS_DEFAULT),
    ];
  }

  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => resolve());
    });
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  tagEnters(epc: string, position: TagPosition = {}): void {
    this.#field.set(epc, position);
    this.reads(epc, position);
  }

  tagLeaves(epc: string): void {
    this.#field.delete(epc);
  }

  reads(epc: string, { antenna = 1, rssi = RSSI_DEFAULT_DBM }: TagPosition = {}): void {
    if (this.#running === null) return;
    const as = this.#options.epcAs ?? 'both';
    this.#tell('tagInventory', { tagInventoryEvent: tagEvent(epc, as, antenna, rssi, this.#time()) });
  }

  setInput(gpi: number, on: boolean): void {
    const transition = on ? 'low-to-high' : 'high-to-low';
    this.#tell('gpiTransition', { gpiTransitionEvent: { gpi, transition } });
  }

  setAntenna(antenna: number, connected: boolean): void {
    const name = connected ? 'antennaConnected' : 'antennaDisconnected';
    this.#tell(name, { [`${name}Event`]: { antennaPort: antenna } });
  }

  outputs(): Map<number, { on: boolean; pulseMs: number | null }> {
    return new Map(this.#outputs);
  }

  connections(): number {
    return this.#connections;
  }

  keepalives(): number {
    return this.#keepalives;
  }

  calls(): string[] {
    return [...this.#calls];
  }

  state(): { running: string | null; streams: number } {
    return { running: this.#running, streams: this.#streams.size };
  }

  stopByHand(): void {
    this.#run(null);
  }

  setInterface(mode: 'rest' | 'llrp'): void {
    this.#interface = mode;
    if (mode === 'llrp') {
      this.#running = null;
      for (const stream of this.#streams) stream.destroy();
    }
  }

  setPassword(password: string): void {
    this.#password = password;
  }

  sendBytes(bytes: Uint8Array | string): void {
    if (this.#stalled) return;
    for (const stream of this.#streams) stream.write(bytes);
  }

  dropMidLine(): void {
    this.sendBytes(`{"timestamp":"${this.#time()}","eventType":"tagInv`);
    for (const stream of this.#streams) stream.socket?.end();
  }

  closeIdle(): void {
    this.#server.closeIdleConnections();
  }

  setStalled(stalled: boolean): void {
    this.#stalled = stalled;
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    response.socket?.setNoDelay(true);
    if (this.#stalled) return;
    const { method = '', url = '' } = request;
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of request) {
      bytes += (chunk as Buffer).length;
      if (bytes > BODY_BYTES_MAX) return request.destroy();
      chunks.push(chunk as Buffer);
    }
    this.#calls.push(`${method} ${url}`);
    const answer: Answer = (status, body) => {
      response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json' });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    if (!this.#admits(request)) return answer(401, { message: 'Authentication required' });
    const path = url.replace(/^\/api\/v1/, '');
    if (`${method} ${path}` === 'GET /system/rfid/interface')
      return answer(200, { rfidInterface: this.#interface });
    if (this.#interface === 'llrp') return answer(409, { message: 'The reader is in LLRP mode' });
    const preset = /^\/profiles\/inventory\/presets\/([^/]+)\/start$/.exec(path)?.[1];
    if (method === 'POST' && preset !== undefined) return this.#start(decodeURIComponent(preset), answer);
    switch (`${method} ${path}`) {
      case 'GET /status':
        return answer(200, {
          status: this.#running === null ? 'idle' : 'running',
          time: this.#time(),
          serialNumber: '370-00-00-0001',
          ...(this.#running === null ? {} : { activePreset: { id: this.#running, profile: 'inventory' } }),
        });
      case 'POST /profiles/stop':
        this.#run(null);
        return answer(204);
      case 'PUT /device/gpos':
        return this.#setOutputs(Buffer.concat(chunks).toString('utf8'), answer);
      case 'GET /data/stream':
        response.writeHead(200, { 'content-type': 'application/json' });
        response.flushHeaders();
        this.#streams.add(response);
        response.on('close', () => this.#streams.delete(response));
        return;
      default:
        return answer(404, { message: 'No such resource' });
    }
  }

  #admits(request: IncomingMessage): boolean {
    if (this.#options.username === undefined || this.#password === undefined) return true;
    const expected = Buffer.from(`${this.#options.username}:${this.#password}`).toString('base64');
    return request.headers.authorization === `Basic ${expected}`;
  }

  #start(preset: string, answer: Answer): unknown {
    if (!(this.#options.presets ?? ['default']).includes(preset)) {
      return answer(404, { message: 'No such preset' });
    }
    if (this.#running !== null) return answer(409, { message: 'A profile is running' });
    this.#run(preset);
    answer(204);
    return this.#scan();
  }

  #setOutputs(body: string, answer: Answer): unknown {
    const { gpoConfigurations = [] } = JSON.parse(body) as {
      gpoConfigurations?: { gpo: number; state: string; pulseDurationMilliseconds?: number }[];
    };
    if (gpoConfigurations.some(({ gpo }) => !this.#outputs.has(gpo))) {
      return answer(400, { message: `GPOs are 1 to ${OUTPUTS}` });
    }
    for (const { gpo, state, pulseDurationMilliseconds: pulseMs = null } of gpoConfigurations) {
      this.#outputs.set(gpo, { on: state === 'high', pulseMs });
    }
    return answer(204);
  }

  #run(preset: string | null): void {
    if (preset === this.#running) return;
    this.#running = preset;
    const inventoryStatus = preset === null ? 'idle' : 'running';
    this.#tell('inventoryStatus', { inventoryStatusEvent: { inventoryStatus } });
  }

  #keepAlive(): void {
    this.#keepalives += 1;
    this.sendBytes('\r\n');
  }

  #scan(): void {
    for (const [epc, position] of this.#field) this.reads(epc, position);
  }

  #tell(eventType: string, event: object): void {
    const whole = { timestamp: this.#time(), hostname: 'impinj-00-00-01', eventType, ...event };
    if (this.#stalled) return;
    this.#options.onEvent?.(JSON.stringify(whole));
    this.sendBytes(`${JSON.stringify(whole)}\r\n`);
  }

  /** The reader tells nanoseconds. */
  #time(): string {
    return new Date((this.#options.now ?? Date.now)()).toISOString().replace('Z', '000000Z');
  }
}
