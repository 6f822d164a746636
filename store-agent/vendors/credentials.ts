import { readFileSync } from 'node:fs';
import { at, type Exchange } from '../../shared/eas/judge.ts';
import type { EasProfile } from '../../shared/eas/profile.ts';
import { buildRequest, type EasRequest } from '../../shared/eas/request.ts';
import { fillText, UnknownPlaceholder } from '../../shared/eas/template.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { errorText } from '../log.ts';

/** A token is renewed so long before it ends. */
const TOKEN_MARGIN_MS = 30_000;
const TOKEN_LIFE_MS_DEFAULT = 300_000;

/** `refused`: the vendor, or our own configuration, says no. `unreachable`: nobody answered. */
export type CredentialFailure = { code: 'refused' | 'unreachable'; detail: string };

export interface CredentialContext {
  profile: EasProfile;
  /** Files by name; read anew at each refresh, so that a rotated secret needs no restart. */
  secrets: Readonly<Record<string, string>>;
  now(): number;
  send(request: EasRequest): Promise<Exchange>;
}

/** What a vendor wants to see before it listens: from a file, or fetched with what is in files. */
export class Credentials {
  readonly #context: CredentialContext;
  #held: { headers: Record<string, string>; untilMs: number } | null = null;

  constructor(context: CredentialContext) {
    this.#context = context;
  }

  /** What was held is of no use any more. */
  forget(): void {
    this.#held = null;
  }

  secrets(): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.#context.secrets).map(([name, file]) => [name, readFileSync(file, 'utf8').trim()]),
    );
  }

  async headers(): Promise<Result<Record<string, string>, CredentialFailure>> {
    if (this.#held !== null && this.#held.untilMs > this.#context.now()) return ok(this.#held.headers);
    try {
      const fetched = await this.#fetch();
      if (fetched.ok) this.#held = fetched.value;
      return fetched.ok ? ok(fetched.value.headers) : fetched;
    } catch (error) {
      // A file that is not there, or a name that no file was given for.
      if (!(error instanceof UnknownPlaceholder) && !(error instanceof Error && 'code' in error)) throw error;
      return err({ code: 'refused', detail: errorText(error) });
    }
  }

  async #fetch(): Promise<Result<{ headers: Record<string, string>; untilMs: number }, CredentialFailure>> {
    const { auth } = this.#context.profile;
    const secrets = this.secrets();
    const secret = (name: string): string =>
      fillText(`{{secret.${name}}}`, { [`secret.${name}`]: secrets[name] ?? missing(name) });
    const forEver = (headers: Record<string, string>) => ok({ headers, untilMs: Number.POSITIVE_INFINITY });
    const basic = (user: string, password: string): string =>
      `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    switch (auth.type) {
      case 'none':
        return forEver({});
      case 'basic':
        return forEver({ authorization: basic(secret('username'), secret('password')) });
      case 'bearer':
        return forEver({ authorization: `Bearer ${secret('token')}` });
      case 'api_key':
        return forEver({ [auth.header.toLowerCase()]: secret('key') });
      case 'oauth2_client_credentials': {
        const [id, key] = [secret('client_id'), secret('client_secret')];
        const form = new URLSearchParams({ grant_type: 'client_credentials' });
        if (auth.scope !== undefined) form.set('scope', auth.scope);
        if (auth.client_in === 'body') {
          form.set('client_id', id);
          form.set('client_secret', key);
        }
        const exchange = await this.#context.send({
          method: 'POST',
          path: auth.token_url,
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            accept: 'application/json',
            // RFC 6749 section 2.3.1: both parts are form-encoded first.
            ...(auth.client_in === 'basic'
              ? { authorization: basic(encodeURIComponent(id), encodeURIComponent(key)) }
              : {}),
          },
          body: form.toString(),
        });
        return tokenOf(exchange, '/access_token', this.#context.now(), (token) => ({
          authorization: `Bearer ${token}`,
        }));
      }
      case 'session': {
        const exchange = await this.#context.send(
          buildRequest(this.#context.profile, auth.login, [], secrets),
        );
        return tokenOf(exchange, auth.token, this.#context.now(), (token) => ({
          [auth.header.toLowerCase()]: fillText(auth.value, { token }),
        }));
      }
    }
  }
}

function missing(name: string): never {
  throw new UnknownPlaceholder(`no file is given for the secret ${name}`);
}

function tokenOf(
  exchange: Exchange,
  pointer: string,
  nowMs: number,
  headersOf: (token: string) => Record<string, string>,
): Result<{ headers: Record<string, string>; untilMs: number }, CredentialFailure> {
  if (exchange.kind !== 'answer') return err({ code: 'unreachable', detail: exchange.kind });
  const { status, body } = exchange;
  if (status >= 500 || status === 408 || status === 429)
    return err({ code: 'unreachable', detail: `sign-in answered ${status}` });
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    json = undefined;
  }
  const token = at(json, pointer);
  if (status >= 300 || typeof token !== 'string' || token === '')
    return err({ code: 'refused', detail: `sign-in answered ${status}` });
  const life = at(json, '/expires_in');
  const lifeMs = typeof life === 'number' && life > 0 ? life * 1_000 : TOKEN_LIFE_MS_DEFAULT;
  return ok({ headers: headersOf(token), untilMs: nowMs + Math.max(1_000, lifeMs - TOKEN_MARGIN_MS) });
}
