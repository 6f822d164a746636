import { connect, createServer, type Server, type Socket } from 'node:net';

/** What one direction of a connection may hold back; more than that and the sender is paused. */
const HELD_BYTES_MAX = 1_048_576;

export interface LineOptions {
  host?: string;
  /** 0 takes any free port. */
  port: number;
  /** Where the line leads. */
  target: { host: string; port: number };
}

/** The internet line of a store, as a TCP proxy: whatever goes over it is passed on byte by byte. */
export interface SimulatedLine {
  readonly port: number;
  /** Breaks every connection at once and refuses new ones until `heal`. */
  cut(): void;
  heal(): void;
  /** Holds every byte back for this many milliseconds, in each direction. */
  delay(ms: number): void;
  state(): { up: boolean; delay_ms: number; connections: number };
  /** Idempotent; resolves when the port is free. */
  close(): Promise<void>;
}

/** Rejects when the port cannot be taken. */
export async function startLineSimulator(options: LineOptions): Promise<SimulatedLine> {
  const line = new Line(options.target);
  await line.listen(options.host ?? '127.0.0.1', options.port);
  return line;
}

class Line implements SimulatedLine {
  readonly #target: LineOptions['target'];
  readonly #server: Server;
  readonly #near = new Set<Socket>();
  #up = true;
  #delayMs = 0;
  #closing: Promise<void> | null = null;

  constructor(target: LineOptions['target']) {
    this.#target = target;
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.#accept(socket));
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
      resolve();
    });
    return promise;
  }

  cut(): void {
    this.#up = false;
    for (const socket of this.#near) socket.resetAndDestroy();
  }

  heal(): void {
    this.#up = true;
  }

  delay(ms: number): void {
    this.#delayMs = ms;
  }

  state(): { up: boolean; delay_ms: number; connections: number } {
    return { up: this.#up, delay_ms: this.#delayMs, connections: this.#near.size };
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#near) socket.destroy();
    });
    return this.#closing;
  }

  #accept(near: Socket): void {
    if (!this.#up) {
      near.on('error', () => {});
      near.resetAndDestroy();
      return;
    }
    const far = connect({ ...this.#target, noDelay: true, allowHalfOpen: true });
    this.#near.add(near);
    // One end that breaks breaks the other; what the reason was is the ends' own business.
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on('error', () => other.resetAndDestroy());
      socket.on('close', () => other.destroy());
    }
    near.on('close', () => this.#near.delete(near));
    this.#carry(near, far);
    this.#carry(far, near);
  }

  /** One direction. Chunks leave in the order they came, also when the delay shrinks meanwhile. */
  #carry(from: Socket, to: Socket): void {
    const held: (Buffer | null)[] = [];
    let heldBytes = 0;
    const forward = (chunk: Buffer | null): void => {
      if (chunk === null) to.end();
      else if (!to.destroyed) to.write(chunk);
    };
    const flow = (): void => {
      if (heldBytes > HELD_BYTES_MAX || to.writableNeedDrain) from.pause();
      else from.resume();
    };
    const release = (): void => {
      const chunk = held.shift();
      if (chunk === undefined) return;
      heldBytes -= chunk?.length ?? 0;
      forward(chunk);
      flow();
    };
    const take = (chunk: Buffer | null): void => {
      if (this.#delayMs === 0 && held.length === 0) {
        forward(chunk);
      } else {
        held.push(chunk);
        heldBytes += chunk?.length ?? 0;
        setTimeout(release, this.#delayMs);
      }
      if (chunk !== null) flow();
    };
    from.on('data', take);
    from.on('end', () => take(null));
    to.on('drain', flow);
  }
}
