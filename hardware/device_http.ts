import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { err, ok, type Result } from '../shared/result.ts';
import { reasonOf } from './health.ts';

/** An answer longer than this is no answer of a device. */
const ANSWER_BYTES_MAX = 256 * 1024;

/** Where a device serves HTTP, and how its certificate is known. */
export interface HttpPlace {
  /** Without a trailing slash, such as "https://192.0.2.10". */
  base: string;
  /** The device's own certificate (PEM). Readers sign their own, for no name that an installer uses. */
  certificate?: string;
  /** Connections that are kept between calls; without it each call makes its own. */
  agent?: HttpAgent | HttpsAgent;
}

export interface HttpCall {
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  /** Value of the Authorization header. */
  authorization?: string | null;
  body?: unknown;
  /** Sent as it stands, in place of JSON. */
  text?: { type: string; body: string; headers?: Readonly<Record<string, string>> };
}

export interface HttpAnswer {
  status: number;
  text: string;
}

/** Why no answer came. A status other than 2xx is an answer. */
export interface HttpFailure {
  code: 'unreachable' | 'timeout' | 'aborted' | 'too_long';
  detail: string;
  /** It broke on a connection that was kept from an earlier call. */
  stale?: boolean;
}

/** A handshake for each command would be most of the time until a siren sounds. */
const CONNECTIONS_MAX = 4;

/** The same place with connections that are kept; `letGo` ends them. */
export function keepConnections(place: HttpPlace): HttpPlace {
  const options = { keepAlive: true, noDelay: true, maxSockets: CONNECTIONS_MAX };
  const agent = place.base.startsWith('https:') ? new HttpsAgent(options) : new HttpAgent(options);
  return { ...place, agent };
}

export function letGo(place: HttpPlace): void {
  place.agent?.destroy();
}

/**
 * Asks once, and once more where a kept connection broke: the device had closed it in the moment that it was
 * used. Every call of a driver sets something to a value, so saying it twice is saying it once.
 */
export async function callHttp(
  place: HttpPlace,
  call: HttpCall,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Result<HttpAnswer, HttpFailure>> {
  const answer = await ask(place, call, timeoutMs, signal);
  if (answer.ok || answer.error.stale !== true) return answer;
  const { agent: _kept, ...fresh } = place;
  return ask(fresh, call, timeoutMs, signal);
}

function ask(
  place: HttpPlace,
  call: HttpCall,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Result<HttpAnswer, HttpFailure>> {
  const { promise, resolve } = Promise.withResolvers<Result<HttpAnswer, HttpFailure>>();
  const request = send(place, call, (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > ANSWER_BYTES_MAX) settle(err({ code: 'too_long', detail: 'The answer has no end.' }));
    });
    response.on('error', (error) => settle(err({ code: 'unreachable', detail: `${reasonOf(error)}.` })));
    response.on('end', () =>
      settle(ok({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') })),
    );
  });
  const settle = bind(request, timeoutMs, signal, resolve);
  return promise;
}

/** Asks for a stream without an end: resolves with its first word, and the body goes on. */
export function openHttpStream(
  place: HttpPlace,
  call: HttpCall,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Result<IncomingMessage, HttpFailure>> {
  const { promise, resolve } = Promise.withResolvers<Result<IncomingMessage, HttpFailure>>();
  const request = send(place, call, (response) => {
    response.socket.setNoDelay(true);
    settle(ok(response));
  });
  const settle = bind(request, timeoutMs, signal, resolve);
  return promise;
}

function bind<T>(
  request: ClientRequest,
  timeoutMs: number,
  signal: AbortSignal,
  resolve: (result: Result<T, HttpFailure>) => void,
): (result: Result<T, HttpFailure>) => void {
  const settle = (result: Result<T, HttpFailure>): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    if (!result.ok) request.destroy();
    resolve(result);
  };
  const abort = (): void => settle(err({ code: 'aborted', detail: 'The driver was closed.' }));
  const timer = setTimeout(
    () => settle(err({ code: 'timeout', detail: `No answer within ${timeoutMs} ms.` })),
    timeoutMs,
  );
  signal.addEventListener('abort', abort);
  // The listener stays: a late second error must not go unheard.
  request.on('error', (error) =>
    settle(err({ code: 'unreachable', detail: `${reasonOf(error)}.`, stale: request.reusedSocket })),
  );
  if (signal.aborted) abort();
  return settle;
}

function send(
  place: HttpPlace,
  call: HttpCall,
  onResponse: (response: IncomingMessage) => void,
): ClientRequest {
  const url = new URL(place.base + call.path);
  const body = call.text?.body ?? (call.body === undefined ? null : JSON.stringify(call.body));
  const type = call.text?.type ?? 'application/json';
  const options = {
    method: call.method,
    agent: place.agent ?? (false as const),
    headers: {
      accept: type,
      ...(typeof call.authorization === 'string' ? { authorization: call.authorization } : {}),
      ...(body === null ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
      ...call.text?.headers,
    },
  };
  const { certificate } = place;
  const request =
    url.protocol === 'https:'
      ? requestHttps(
          url,
          certificate === undefined
            ? options
            : // The certificate itself is the identity, so the name in it says nothing more.
              { ...options, ca: certificate, checkServerIdentity: () => undefined },
          onResponse,
        )
      : requestHttp(url, options, onResponse);
  request.setNoDelay(true);
  request.end(body ?? undefined);
  return request;
}
