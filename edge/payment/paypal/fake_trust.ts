import { z } from 'zod';
import type { FakeControl } from '../fake/control.ts';
import { base64Of, bytesOf, hexOf, hmac } from '../hmac.ts';

/** How the fake of PayPal knows its callers, and how they know its messages. */
export interface FakeAccount {
  client_id: string;
  client_secret: string;
  webhook_id: string;
  now(): number;
}

const TOKEN_SECONDS = 32_400;

export class FakeTokens {
  readonly #until = new Map<string, number>();
  readonly #account: FakeAccount;

  constructor(account: FakeAccount) {
    this.#account = account;
  }

  signIn(headers: Headers, body: string, ctl: FakeControl): Response {
    const { client_id, client_secret, now } = this.#account;
    const basic = `Basic ${base64Of(bytesOf(`${client_id}:${client_secret}`))}`;
    if (headers.get('authorization') !== basic || body !== 'grant_type=client_credentials') {
      ctl.refuse('invalid_client');
      return Response.json({ error: 'invalid_client' }, { status: 401 });
    }
    const token = `A21${crypto.randomUUID()}`;
    this.#until.set(token, now() + TOKEN_SECONDS * 1_000);
    return Response.json({ access_token: token, token_type: 'Bearer', expires_in: TOKEN_SECONDS });
  }

  holds(headers: Headers): boolean {
    const token = /^Bearer (.+)$/.exec(headers.get('authorization') ?? '')?.[1] ?? '';
    return (this.#until.get(token) ?? 0) >= this.#account.now();
  }

  /** Takes every token back before its time. */
  revoke(): void {
    this.#until.clear();
  }
}

export const INVALID_TOKEN = (): Response =>
  Response.json({ error: 'invalid_token', error_description: 'Token signature failed' }, { status: 401 });

const VerifyRequest = z.strictObject({
  transmission_id: z.string().max(50),
  transmission_time: z.iso.datetime(),
  transmission_sig: z.string().max(500),
  cert_url: z.url().max(500),
  auth_algo: z.string().max(100),
  webhook_id: z.string().max(50),
  webhook_event: z.record(z.string(), z.unknown()),
});

export async function transmissionOf(account: FakeAccount, body: string, nowMs: number) {
  const id = `t${hexOf(await hmac('transmission', body)).slice(0, 32)}`;
  const time = new Date(nowMs).toISOString();
  return {
    'paypal-transmission-id': id,
    'paypal-transmission-time': time,
    'paypal-transmission-sig': await signatureOf(account, id, time, body),
    'paypal-cert-url': 'https://api.paypal.example/certs/1',
    'paypal-auth-algo': 'SHA256withRSA',
  };
}

/** Null: no such question. The message in it has to be what was sent, byte for byte. */
export async function verification(
  account: FakeAccount,
  json: unknown,
  body: string,
): Promise<Response | null> {
  const parsed = VerifyRequest.safeParse(json);
  if (!parsed.success) return null;
  const { transmission_id, transmission_time, transmission_sig, webhook_id } = parsed.data;
  const event = body.slice(body.indexOf('"webhook_event":') + '"webhook_event":'.length, -1);
  const holds =
    webhook_id === account.webhook_id &&
    transmission_sig === (await signatureOf(account, transmission_id, transmission_time, event));
  return Response.json({ verification_status: holds ? 'SUCCESS' : 'FAILURE' });
}

/** Stands for the certificate, which only PayPal has. */
async function signatureOf(account: FakeAccount, id: string, time: string, body: string): Promise<string> {
  return `s${hexOf(await hmac(account.client_secret, `${id}|${time}|${account.webhook_id}|${body}`))}`;
}
