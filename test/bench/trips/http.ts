import { Agent, request } from 'node:http';

/** Connections that stay open, so that a figure holds the call and not its handshake; the same for every side. */
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

export interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

export function send(
  url: string,
  { method = 'GET', headers = {}, body }: Sent = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
