import type { Socket } from 'node:net';
import { err, ok, type Result } from '../../shared/result.ts';
import { judge, type RequestFailure, timeout } from './answer.ts';
import type { CodecError } from './codec/error.ts';
import { type Frame, type LlrpVersion, Version } from './codec/frame.ts';
import {
  type AnyMessage,
  decodeMessage,
  encodeMessage,
  type MessageNode,
  message,
  type RequestName,
} from './codec/message.ts';
import { type AnyParameter, findParameter } from './codec/parameter.ts';
import { FrameSplitter } from './codec/splitter.ts';
import { MESSAGES } from './codec/tables.generated.ts';
import { decodeTagReports, type TagReport } from './codec/tag-report.ts';

/** Messages that wait for a reader whose socket is full; beyond it the link is given up. */
const OUTGOING_MESSAGES_MAX = 256;

/** Why a connection is over. `malformed`: the stream lost step; `silent`: the keepalives stayed away. */
export interface CloseReason {
  code: 'malformed' | 'silent' | 'congested' | 'lost' | 'closed_here';
  detail: string;
}

interface ConnectionHandlers {
  reports(reports: TagReport[]): void;
  keepAlive(): void;
  /** Whatever else came that answers no request. */
  unsolicited(message: AnyMessage): void;
  /** A whole frame whose body cannot be read; the stream goes on behind it. */
  malformed(error: CodecError, frame: Frame): void;
}

/** Status and, where the reader tells its uptime, when that began (milliseconds since the epoch). */
interface Greeting {
  status: number;
  readerStartMs: number | null;
}

interface Pending {
  responseType: number;
  settle(result: Result<AnyMessage, RequestFailure>): void;
}

/** One LLRP connection over an open socket: frames, acknowledgements, requests matched by message id. */
export class LlrpConnection {
  /** Resolves once, when the socket is gone. */
  readonly closed: Promise<CloseReason>;
  /** What is written into the header of what is sent; readers answer in either version. */
  version: LlrpVersion = Version.v1_0_1;
  readonly #socket: Socket;
  readonly #handlers: ConnectionHandlers;
  readonly #now: () => number;
  readonly #splitter = new FrameSplitter();
  readonly #pending = new Map<number, Pending>();
  readonly #greeting = Promise.withResolvers<Greeting>();
  #greeted = false;
  #outgoing: Uint8Array[] = [];
  #nextId = 1;
  #reason: CloseReason | null = null;
  #watchdog: NodeJS.Timeout | null = null;
  #framesReceived = 0;

  constructor(socket: Socket, handlers: ConnectionHandlers, now: () => number) {
    this.#socket = socket;
    this.#handlers = handlers;
    this.#now = now;
    const { promise, resolve } = Promise.withResolvers<CloseReason>();
    this.closed = promise;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('drain', () => this.#flush());
    socket.on('error', (error) => this.destroy({ code: 'lost', detail: `${error.message}.` }));
    socket.on('end', () => {
      const cut = this.#splitter.end();
      this.destroy({
        code: 'lost',
        detail: `The reader hung up${cut === null ? '' : ' in the middle of a message'}.`,
      });
    });
    socket.on('close', () => {
      this.destroy({ code: 'lost', detail: 'The connection broke.' });
      resolve(this.#reason ?? { code: 'lost', detail: 'The connection broke.' });
    });
  }

  /** The reader's first word: a READER_EVENT_NOTIFICATION with a ConnectionAttemptEvent. */
  async greeting(timeoutMs: number): Promise<Result<Greeting, RequestFailure>> {
    const { promise, resolve } = Promise.withResolvers<Result<Greeting, RequestFailure>>();
    const timer = setTimeout(() => resolve(err(timeout('its greeting', timeoutMs))), timeoutMs);
    this.#greeting.promise.then((greeting) => resolve(ok(greeting)));
    this.closed.then((reason) => resolve(err({ code: 'closed', detail: reason.detail })));
    const result = await promise;
    clearTimeout(timer);
    return result;
  }

  /** Sends a request and answers with the parameters of its response, whose LLRPStatus is a success. */
  async request<N extends RequestName>(
    name: N,
    fields: MessageNode<N>['fields'],
    parameters: AnyParameter[],
    timeoutMs: number,
  ): Promise<Result<AnyParameter[], RequestFailure>> {
    const answer = await this.ask(name, fields, parameters, timeoutMs);
    if (!answer.ok) return answer;
    return ok(answer.value.name === 'raw' ? [] : answer.value.parameters);
  }

  /** The same with the whole response. */
  ask<N extends RequestName>(
    name: N,
    fields: MessageNode<N>['fields'],
    parameters: AnyParameter[],
    timeoutMs: number,
  ): Promise<Result<AnyMessage, RequestFailure>> {
    const id = this.#takeId();
    // Written through the union: the compiler cannot relate a generic node to its member.
    const sent = message<RequestName>(name, id, fields, parameters, this.version) as AnyMessage;
    return this.#send(sent, MESSAGES[`${name}Response`].type, name, timeoutMs);
  }

  /** Sends a vendor's message; the answer is another one, or an ERROR_MESSAGE. */
  askVendor(
    fields: MessageNode<'CustomMessage'>['fields'],
    timeoutMs: number,
  ): Promise<Result<AnyMessage, RequestFailure>> {
    const sent = message('CustomMessage', this.#takeId(), fields, [], this.version);
    return this.#send(sent, MESSAGES.CustomMessage.type, `vendor ${fields.VendorID}`, timeoutMs);
  }

  #send(
    sent: AnyMessage,
    responseType: number,
    what: string,
    timeoutMs: number,
  ): Promise<Result<AnyMessage, RequestFailure>> {
    if (this.#reason !== null) return Promise.resolve(err({ code: 'closed', detail: this.#reason.detail }));
    const { promise, resolve } = Promise.withResolvers<Result<AnyMessage, RequestFailure>>();
    const timer = setTimeout(() => settle(err(timeout(`an answer to ${what}`, timeoutMs))), timeoutMs);
    const settle = (result: Result<AnyMessage, RequestFailure>): void => {
      clearTimeout(timer);
      this.#pending.delete(sent.id);
      resolve(result);
    };
    this.#pending.set(sent.id, { responseType, settle });
    this.#write(encodeMessage(sent));
    return promise;
  }

  /** Asks for the events and reports that the reader may hold back; no answer follows. */
  enableEventsAndReports(): void {
    this.#write(encodeMessage(message('EnableEventsAndReports', this.#takeId(), {}, [], this.version)));
  }

  /** From now on the link counts as dead when no whole frame comes for `silenceMs`. */
  watch(silenceMs: number): void {
    if (this.#watchdog !== null || this.#reason !== null) return;
    this.#watchdog = setTimeout(() => {
      // A process that stood still has frames waiting in its socket: they are read before judging.
      const before = this.#framesReceived;
      setImmediate(() => {
        if (this.#framesReceived > before) this.#watchdog?.refresh();
        else this.destroy({ code: 'silent', detail: `The reader has been silent for ${silenceMs} ms.` });
      });
    }, silenceMs);
  }

  /** Ends the connection now. The first reason given stands. */
  destroy(reason: CloseReason): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    if (this.#watchdog !== null) clearTimeout(this.#watchdog);
    this.#outgoing = [];
    for (const pending of [...this.#pending.values()]) {
      pending.settle(err({ code: 'closed', detail: reason.detail }));
    }
    this.#socket.destroy();
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId = id === 0xffff_ffff ? 1 : id + 1;
    return id;
  }

  #receive(chunk: Uint8Array): void {
    const results = this.#splitter.push(chunk);
    // Acknowledgements go first: a listener below may write, and the reader counts the time until its ack.
    for (const one of results) {
      if (one.ok && one.value.type === MESSAGES.KeepAlive.type) this.#acknowledge(one.value.id);
    }
    for (const one of results) {
      if (this.#reason !== null) return;
      if (!one.ok) {
        const detail = `The reader sent bytes that are no LLRP message (${one.error.code}: ${one.error.detail}).`;
        this.destroy({ code: 'malformed', detail });
        return;
      }
      this.#framesReceived += 1;
      this.#watchdog?.refresh();
      this.#dispatch(one.value);
    }
  }

  #dispatch(frame: Frame): void {
    if (frame.type === MESSAGES.ROAccessReport.type) {
      const reports = decodeTagReports(frame.payload);
      if (reports.ok) this.#handlers.reports(reports.value);
      else this.#handlers.malformed(reports.error, frame);
      return;
    }
    if (frame.type === MESSAGES.KeepAlive.type) {
      this.#handlers.keepAlive();
      return;
    }
    const pending = this.#pending.get(frame.id);
    const answers =
      pending !== undefined &&
      (frame.type === pending.responseType || frame.type === MESSAGES.ErrorMessage.type);
    const decoded = decodeMessage(frame);
    if (!decoded.ok) {
      if (answers) pending.settle(err({ code: 'malformed', detail: decoded.error.detail }));
      this.#handlers.malformed(decoded.error, frame);
      return;
    }
    if (answers) {
      pending.settle(judge(decoded.value));
      return;
    }
    if (decoded.value.name === 'ReaderEventNotification') this.#greet(decoded.value.parameters);
    this.#handlers.unsolicited(decoded.value);
  }

  #greet(parameters: AnyParameter[]): void {
    if (this.#greeted) return;
    const data = findParameter(parameters, 'ReaderEventNotificationData')?.parameters ?? [];
    const attempt = findParameter(data, 'ConnectionAttemptEvent');
    if (attempt === undefined) return;
    this.#greeted = true;
    const uptime = findParameter(data, 'Uptime');
    const readerStartMs =
      uptime === undefined ? null : this.#now() - Math.floor(Number(uptime.fields.Microseconds) / 1000);
    this.#greeting.resolve({ status: attempt.fields.Event, readerStartMs });
  }

  #acknowledge(id: number): void {
    if (this.#reason !== null) return;
    const bytes = encodeMessage(message('KeepAliveAck', id, {}, [], this.version));
    if (this.#socket.writableNeedDrain) this.#outgoing.unshift(bytes);
    else this.#socket.write(bytes);
  }

  #write(bytes: Uint8Array): void {
    if (this.#reason !== null) return;
    if (!this.#socket.writableNeedDrain && this.#outgoing.length === 0) {
      this.#socket.write(bytes);
      return;
    }
    this.#outgoing.push(bytes);
    if (this.#outgoing.length > OUTGOING_MESSAGES_MAX) {
      this.destroy({ code: 'congested', detail: 'The reader takes no more messages.' });
    }
  }

  #flush(): void {
    while (this.#outgoing.length > 0 && !this.#socket.writableNeedDrain) {
      const bytes = this.#outgoing.shift();
      if (bytes !== undefined) this.#socket.write(bytes);
    }
  }
}
