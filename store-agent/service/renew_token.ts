import { decodeJwt } from 'jose';
import { z } from 'zod';
import { errorText, type Log } from '../log.ts';
import { writeTokenFile } from './token_file.ts';

const DAY_MS = 24 * 3_600_000;
/** Early enough that weeks without a line, or a store that nobody publishes, do no harm. */
const RENEW_BEFORE_MS = 60 * DAY_MS;
const LOOK_EVERY_MS = DAY_MS / 4;
const CALL_TIMEOUT_MS = 15_000;

const IssuedToken = z.looseObject({ token: z.string().min(1) });

export interface TokenRenewalContext {
  /** Null: this agent was not told where the cloud is, and its token is a person's care. */
  cloudUrl: string | null;
  agentId: string;
  tokenFile: string;
  /** The token in use. */
  token(): Promise<string>;
  now(): number;
  log: Log;
}

/** Whether a token is so near its end that a new one should be fetched. */
export const isDue = (token: string, nowMs: number): boolean => {
  const { exp } = decodeJwt(token);
  return exp !== undefined && exp * 1000 - nowMs < RENEW_BEFORE_MS;
};

/** Looks now and then at the agent's own token and fetches a new one in time. Answers how to stop. */
export function keepTokenFresh(context: TokenRenewalContext): () => void {
  if (context.cloudUrl === null) return () => {};
  const look = (): void => void renewWhenDue(context);
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}

/** True when a new token was fetched and kept. What goes wrong is said in the log and tried again later. */
export async function renewWhenDue(context: TokenRenewalContext): Promise<boolean> {
  const { cloudUrl, agentId, tokenFile, now, log } = context;
  try {
    const token = await context.token();
    if (cloudUrl === null || !isDue(token, now())) return false;
    const response = await fetch(`${cloudUrl}/v1/devices/${agentId}/tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      redirect: 'error',
    });
    if (response.status !== 201) throw new Error(`the cloud answers ${response.status}`);
    const issued = IssuedToken.parse(await response.json());
    await writeTokenFile(tokenFile, issued.token);
    log('info', 'the token was renewed');
    return true;
  } catch (error) {
    log('warn', 'the token could not be renewed', { err: errorText(error) });
    return false;
  }
}
