import { connect, type Socket } from 'node:net';
import { err, ok, type Result } from '../../shared/result.ts';

/** A TCP connection to a reader, or a sentence about why there is none. Nagle's delay is off. */
export function openSocket(
  host: string,
  port: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Result<Socket, string>> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, noDelay: true });
    const settle = (result: Result<Socket, string>): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.off('connect', connected);
      if (result.ok) socket.off('error', failed);
      else {
        // The listener stays on a socket that failed: a late second error must not go unheard.
        socket.destroy();
      }
      resolve(result);
    };
    const connected = (): void => settle(ok(socket));
    const failed = (error: Error): void => settle(err(`${error.message}.`));
    const abort = (): void => settle(err('The driver was closed.'));
    const timer = setTimeout(() => settle(err(`No answer within ${timeoutMs} ms.`)), timeoutMs);
    signal.addEventListener('abort', abort);
    socket.on('connect', connected);
    socket.on('error', failed);
    if (signal.aborted) abort();
  });
}
