import { type IncomingMessage, request, type ServerResponse } from 'node:http';

/** Headers of one hop only (RFC 9110, section 7.6.1): each side of a proxy has its own. */
const HOP_HEADERS = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
];

/** Passes a request on to a service on this machine and streams its answer back, also one that never ends. */
export function passOn(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: { host: string; port: number },
): void {
  const { method, url, headers } = incoming;
  const onward = request({ ...target, method, path: url, headers: withoutHopHeaders(headers) }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, withoutHopHeaders(answer.headers));
    // An event stream has no first byte for a while: its head alone tells the page that it is there.
    outgoing.flushHeaders();
    answer.pipe(outgoing);
    answer.on('error', () => outgoing.destroy());
  });
  onward.on('error', () => {
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(502, { 'content-type': 'text/plain' }).end('The store agent does not answer.\n');
  });
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}

function withoutHopHeaders<T extends object>(headers: T): T {
  const kept = { ...headers };
  for (const name of HOP_HEADERS) Reflect.deleteProperty(kept, name);
  return kept;
}
