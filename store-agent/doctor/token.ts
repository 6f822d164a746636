import { readFile, stat } from 'node:fs/promises';
import { decodeJwt } from 'jose';
import { Claims } from '../../shared/auth/claims.ts';
import type { AgentConfig } from '../config.ts';
import { errorText } from '../log.ts';
import type { Finding } from './finding.ts';

const DAY_S = 24 * 3_600;
const EXPIRES_SOON_DAYS = 30;
/** Anybody but the owner. */
const OTHERS_MODE = 0o077;
const ENROL =
  'Ask an administrator for an enrolment code and run: npm run agent -- enrol --config FILE --code CODE';

/** The agent's token as its own claims tell it; whether the edge takes it is the edge's to say. */
export async function lookAtToken(
  config: Pick<AgentConfig, 'token_file' | 'agent_id' | 'store_id'>,
  nowMs: number,
): Promise<{ findings: Finding[]; text: string | null }> {
  const part = 'token' as const;
  const wrong = (says: string) => ({ findings: [{ part, state: 'wrong' as const, says, advice: ENROL }] });
  let text: string;
  let mode: number;
  try {
    text = (await readFile(config.token_file, 'utf8')).trim();
    ({ mode } = await stat(config.token_file));
  } catch (error) {
    return { ...wrong(`cannot be read: ${errorText(error)}.`), text: null };
  }
  const claims = claimsOf(text);
  if (claims === null) return { ...wrong(`${config.token_file} holds no token.`), text: null };
  if (claims.role !== 'agent' || claims.sub !== config.agent_id)
    return { ...wrong(`is for ${claims.role} ${claims.sub}, not for ${config.agent_id}.`), text };
  if (claims.store !== config.store_id)
    return { ...wrong(`is for the store ${claims.store ?? 'of nobody'}.`), text };
  const days = Math.floor((claims.exp - nowMs / 1000) / DAY_S);
  if (days < 0) return { ...wrong('has expired.'), text };
  const findings: Finding[] = [
    days < EXPIRES_SOON_DAYS
      ? { part, state: 'warning', says: `expires in ${days} days.`, advice: ENROL }
      : { part, state: 'ok', says: `good for ${days} days.` },
  ];
  if (process.platform !== 'win32' && (mode & OTHERS_MODE) !== 0)
    findings.push({
      part,
      state: 'warning',
      says: 'others on this machine may read it.',
      advice: `chmod 600 ${config.token_file}`,
    });
  return { findings, text };
}

function claimsOf(text: string): Claims | null {
  try {
    const parsed = Claims.safeParse(decodeJwt(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
