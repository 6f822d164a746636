import type { AgentConfig } from '../config.ts';
import { errorText } from '../log.ts';
import type { Finding } from './finding.ts';

const CALL_TIMEOUT_MS = 5_000;
const CLOCK_WARNING_MS = 5_000;
/** Beyond this tokens and exit passes are refused. */
const CLOCK_WRONG_MS = 30_000;
/** A tag of the company prefix that GS1 keeps for examples: a question that changes nothing. */
const NOBODYS_EPC = '3034000000000000000000FF';
const SYNCHRONISE = 'Let the machine keep its clock by NTP: timedatectl set-ntp true';

/** Whether the edge is there, takes the token, and agrees with this machine on the time. */
export async function lookAtEdge(
  { edge_url, store_id }: Pick<AgentConfig, 'edge_url' | 'store_id'>,
  token: string | null,
  now: () => number,
): Promise<Finding[]> {
  const part = 'edge' as const;
  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${edge_url}${path}`, { headers, signal: AbortSignal.timeout(CALL_TIMEOUT_MS), redirect: 'error' });
  const began = now();
  let ready: Response;
  try {
    ready = await get('/readyz');
    await ready.body?.cancel();
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? `: ${errorText(error.cause)}` : '';
    return [
      {
        part,
        state: 'wrong',
        says: `no answer from ${edge_url} (${errorText(error)}${cause}).`,
        advice: 'Check the line to the internet, the name service and edge_url. The shop goes on without.',
      },
    ];
  }
  const tookMs = now() - began;
  const answered: Finding = ready.ok
    ? { part, state: 'ok', says: `${edge_url} answers in ${tookMs} ms.` }
    : { part, state: 'wrong', says: `${edge_url} answers ${ready.status}.`, advice: 'Check edge_url.' };
  const findings = [answered, ...clockOf(ready.headers.get('date'), began + tookMs / 2)];
  if (!ready.ok || token === null) return findings;
  try {
    const tag = await get(`/v1/stores/${store_id}/tags/${NOBODYS_EPC}`, { authorization: `Bearer ${token}` });
    await tag.body?.cancel();
    if (tag.status === 401 || tag.status === 403)
      findings.push({
        part,
        state: 'wrong',
        says: `refuses the token (${tag.status}).`,
        advice: 'Enrol again, or publish the store after the device was made or rotated.',
      });
    else findings.push({ part, state: 'ok', says: 'takes the token.' });
  } catch (error) {
    findings.push({ part, state: 'wrong', says: `stopped answering: ${errorText(error)}.` });
  }
  return findings;
}

/** By the `Date` of an answer (RFC 9110, section 6.6.1), which counts whole seconds. */
function clockOf(date: string | null, atMs: number): Finding[] {
  const edgeMs = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(edgeMs)) return [];
  const offMs = Math.abs(atMs - edgeMs);
  const part = 'clock' as const;
  if (offMs <= CLOCK_WARNING_MS) return [{ part, state: 'ok', says: 'agrees with the edge.' }];
  const says = `is ${Math.round(offMs / 1000)} s away from the edge's.`;
  return [{ part, state: offMs > CLOCK_WRONG_MS ? 'wrong' : 'warning', says, advice: SYNCHRONISE }];
}
