import { createConnection, type Socket } from 'node:net';
import { err, ok, type Result } from '../../shared/result.ts';
import { type Reply, ReplyReader } from './replies.ts';
import { type StatusRequest, statusRequest } from './status.ts';

export type SessionFault = 'unreachable' | 'timeout' | 'disconnected';
export interface SessionError {
  readonly reason: SessionFault;
  readonly detail: string;
}

/** How long the printer's side may keep the line after we have said goodbye. */
const GOODBYE_MS = 1_000;

/**
 * Opens the one connection to the printer; the caller closes it before it opens another. The signal cuts the
 * line at once, in the middle of whatever it carries.
 */
export function connectSession(
  host: string,
  port: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Result<Session, SessionError>> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, noDelay: true, signal });
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
    const fail = (why: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(err({ reason: 'unreachable', detail: `Nothing prints at ${host}:${port}: ${why}.` }));
    };
    const refused = (error: Error) => fail(error.message);
    socket.once('error', refused);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', refused);
      resolve(ok(new Session(socket)));
    });
  });
}

interface Waiter {
  accept(reply: Reply): boolean;
  settle(outcome: Result<Reply, SessionError>): void;
}

/** One TCP connection to a printer. Replies carry no names, so one question stands at a time. */
export class Session {
  readonly #socket: Socket;
  readonly #reader = new ReplyReader();
  #waiter: Waiter | null = null;
  #gone: string | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      for (const byte of chunk) this.#hear(byte);
    });
    socket.on('error', (error) => this.#end(error.message));
    socket.on('end', () => this.#end('the printer hung up'));
    socket.on('close', () => this.#end('the connection closed'));
  }

  /** False once the line is known to be dead: nothing written now could reach the printer. */
  get alive(): boolean {
    return this.#gone === null;
  }

  /** DLE EOT n → its one byte. */
  async ask(n: StatusRequest, timeoutMs: number): Promise<Result<number, SessionError>> {
    const reply = await this.#exchange(statusRequest(n), (one) => one.kind === 'status', timeoutMs);
    if (!reply.ok) return reply;
    return reply.value.kind === 'status' ? ok(reply.value.byte) : this.#lost('timeout', 'a stray reply');
  }

  /** Sends a command that the printer answers in its turn, so the answer proves what was sent before it. */
  expect(command: Uint8Array, kind: Reply['kind'], timeoutMs: number): Promise<Result<Reply, SessionError>> {
    return this.#exchange(command, (one) => one.kind === kind, timeoutMs);
  }

  /** Resolves when the operating system has taken every byte: not yet proof that the printer has. */
  send(bytes: Uint8Array, timeoutMs: number): Promise<Result<null, SessionError>> {
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => resolve(this.#lost('timeout', 'the printer stopped taking data')),
        timeoutMs,
      );
      this.#socket.write(bytes, (error) => {
        clearTimeout(timer);
        resolve(error ? this.#lost('disconnected', error.message) : ok(null));
      });
    });
  }

  /** Says goodbye and waits until the line is down, because many printers serve one connection alone. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.closed) {
        resolve();
        return;
      }
      const timer = setTimeout(() => this.#socket.destroy(), GOODBYE_MS);
      this.#socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      this.#socket.end();
    });
  }

  #exchange(
    request: Uint8Array,
    accept: Waiter['accept'],
    timeoutMs: number,
  ): Promise<Result<Reply, SessionError>> {
    if (this.#gone !== null) return Promise.resolve(this.#lost('disconnected', this.#gone));
    return new Promise((resolve) => {
      const settle = (outcome: Result<Reply, SessionError>) => {
        clearTimeout(timer);
        if (this.#waiter === waiter) this.#waiter = null;
        resolve(outcome);
      };
      const silent = () => settle(this.#lost('timeout', `no answer within ${timeoutMs} ms`));
      // An answer that came while this process was busy is read before the printer is called silent.
      const timer = setTimeout(() => setImmediate(silent), timeoutMs);
      const waiter: Waiter = { accept, settle };
      this.#waiter = waiter;
      this.#socket.write(request);
    });
  }

  #hear(byte: number): void {
    const reply = this.#reader.push(byte);
    // Unasked replies are dropped: automatic status of a printer that was told to send it by someone else.
    if (reply !== null && this.#waiter?.accept(reply) === true) this.#waiter.settle(ok(reply));
  }

  #end(why: string): void {
    this.#gone ??= why;
    this.#waiter?.settle(this.#lost('disconnected', why));
  }

  #lost(reason: SessionFault, why: string): { ok: false; error: SessionError } {
    return err({ reason, detail: `The printer was lost: ${why}.` });
  }
}
