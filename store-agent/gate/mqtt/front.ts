import { readFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import type { DeviceCredential } from '../../../shared/config/store_config.ts';
import { Admission } from '../../bus/admission.ts';
import { deviceOf } from '../../bus/credentials.ts';
import { CONNECT_PACKET_BYTES_MAX, CONNECT_TIMEOUT_MS, CONNECTIONS_MAX } from '../../bus/limits.ts';
import { limitsFor, PublishRate } from '../../bus/publish_rate.ts';
import type { Topics } from '../../bus/topics.ts';
import type { GateDecision } from '../../exit/judge.ts';
import { GateLine } from './gate_line.ts';
import { PacketSplitter, readConnect } from './packets.ts';

export interface FrontContext {
  topics: Topics;
  /** The gates of the current configuration. */
  gates(): readonly DeviceCredential[];
  monotonicMs(): number;
  onReads(gateId: string, payload: string): void;
  /** A gate said more than it may. */
  onDropped(gateId: string): void;
  /** A connection of the broker's: the stream begins with its first byte. */
  openBroker(remote: string): Duplex;
}

/** The same broker behind TLS, on a port of its own; both files are PEM. */
export interface MqttTls {
  port: number;
  certificate_file: string;
  key_file: string;
}

/**
 * The one MQTT port of the store. Reads who connects, serves gates on this thread, and carries every other
 * device to the broker, so that none of them stands in a gate's way.
 */
export class MqttFront {
  readonly #context: FrontContext;
  readonly #server: Server;
  #secure: Server | null = null;
  readonly #sockets = new Set<Socket>();
  readonly #admission = new Admission(Date.now);
  readonly #lines = new Map<string, GateLine>();
  readonly #rates = new Map<string, PublishRate>();

  private constructor(context: FrontContext) {
    this.#context = context;
    this.#server = createServer({ noDelay: true, keepAlive: true }, (socket) => this.#accept(socket));
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  /** Rejects when a port cannot be taken, or the certificate cannot be used. */
  static async listen(
    context: FrontContext,
    { host, port, tls }: { host: string; port: number; tls?: MqttTls | undefined },
  ): Promise<MqttFront> {
    const front = new MqttFront(context);
    await listening(front.#server, host, port);
    if (tls === undefined) return front;
    try {
      const [cert, key] = await Promise.all([readFile(tls.certificate_file), readFile(tls.key_file)]);
      front.#secure = createTlsServer(
        { cert, key, minVersion: 'TLSv1.2', handshakeTimeout: CONNECT_TIMEOUT_MS, noDelay: true },
        (socket) => front.#accept(socket),
      );
      // A handshake that fails is its client's affair.
      front.#secure.on('tlsClientError', () => {});
      front.#secure.maxConnections = CONNECTIONS_MAX;
      await listening(front.#secure, host, tls.port);
    } catch (error) {
      await front.close();
      throw error;
    }
    return front;
  }

  get port(): number {
    return portOf(this.#server);
  }

  /** 0 without TLS. */
  get tlsPort(): number {
    return this.#secure === null ? 0 : portOf(this.#secure);
  }

  deliver(gateId: string, decision: GateDecision): void {
    this.#lines.get(gateId)?.deliver(decision);
  }

  /** A new configuration: a gate that is not in it any more, or has another secret, has to go. */
  devicesChanged(): void {
    const gates = this.#context.gates();
    for (const line of this.#lines.values()) {
      const { id, username, secret_sha256 } = line.gate;
      const is = gates.find((one) => one.id === id);
      if (is?.username !== username || is.secret_sha256 !== secret_sha256) line.close();
    }
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#secure?.close();
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #accept(socket: Socket): void {
    const remote = socket.remoteAddress ?? '';
    // A connection that breaks is no news here; whoever owns it hears its end.
    socket.on('error', () => {});
    const admitted = this.#admission.admit(remote);
    if (typeof admitted === 'string') {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    const timer = setTimeout(() => socket.destroy(), CONNECT_TIMEOUT_MS);
    socket.on('close', () => {
      clearTimeout(timer);
      admitted.ended();
      this.#sockets.delete(socket);
    });
    const splitter = new PacketSplitter(CONNECT_PACKET_BYTES_MAX);
    const peek = (chunk: Buffer): void => {
      splitter.push(chunk);
      // What is no CONNECT is told so by its first byte, and not read any further.
      if ((splitter.rest()[0] ?? 0x10) !== 0x10) {
        socket.destroy();
        return;
      }
      const packet = splitter.take();
      if (packet === null) socket.destroy();
      if (packet === null || packet === undefined) return;
      socket.off('data', peek);
      clearTimeout(timer);
      admitted.known();
      const connect = readConnect(packet);
      const gate =
        connect?.username == null || connect.clientId !== connect.username
          ? null
          : deviceOf(this.#context.gates(), connect.username, connect.password ?? undefined);
      const broker = this.#context.openBroker(remote);
      if (gate === null || connect === null) this.#carry(socket, broker, [packet.raw, splitter.rest()]);
      else
        this.#serve(
          gate,
          new GateLine(
            socket,
            broker,
            { connect: packet.raw, splitter },
            {
              gate,
              topics: this.#context.topics,
              keepaliveS: connect.keepaliveS,
              rate: this.#rateOf(gate.id),
              monotonicMs: this.#context.monotonicMs,
              onReads: (payload) => this.#context.onReads(gate.id, payload),
              onDropped: () => this.#context.onDropped(gate.id),
            },
          ),
        );
    };
    socket.on('data', peek);
  }

  /** A gate that comes back has not earned a fresh allowance with it. */
  #rateOf(gateId: string): PublishRate {
    const rate = this.#rates.get(gateId) ?? new PublishRate(limitsFor('gate'));
    this.#rates.set(gateId, rate);
    return rate;
  }

  #serve(gate: DeviceCredential, line: GateLine): void {
    // A client id is served once; the newer connection counts (section 3.1.4).
    this.#lines.get(gate.id)?.close();
    this.#lines.set(gate.id, line);
    line.onClose(() => {
      if (this.#lines.get(gate.id) === line) this.#lines.delete(gate.id);
    });
  }

  #carry(socket: Socket, broker: Duplex, first: readonly Buffer[]): void {
    for (const bytes of first) if (bytes.length > 0) broker.write(bytes);
    socket.pipe(broker).pipe(socket);
    socket.on('close', () => broker.destroy());
    broker.on('close', () => socket.destroy());
    broker.on('error', () => socket.destroy());
  }
}

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const listening = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
