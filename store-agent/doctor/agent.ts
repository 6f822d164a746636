import { z } from 'zod';
import type { AgentConfig } from '../config.ts';
import { reachable } from '../reachable.ts';
import { type DeviceWord, deviceFinding } from './devices.ts';
import type { Finding } from './finding.ts';

const CALL_TIMEOUT_MS = 2_000;
/** More than this waits only when the edge has not been reached for long. */
const BACKLOG_WARNING = 100;

const Health = z.looseObject({
  disk: z.string(),
  disk_detail: z.string(),
  link: z.looseObject({ state: z.string(), since: z.string(), detail: z.string() }),
  devices: z.array(
    z.looseObject({ id: z.string(), kind: z.string(), state: z.string(), detail: z.string().nullable() }),
  ),
});
const Sync = z.looseObject({ backlog: z.number(), oldest_unsynced_ms: z.number() });

/** What a running agent says of itself, or null where none answers. */
export async function askAgent({ host, port }: AgentConfig['http']): Promise<Finding[] | null> {
  const url = `http://${reachable(host)}:${port}`;
  const get = async (path: string): Promise<unknown> =>
    (await fetch(`${url}${path}`, { signal: AbortSignal.timeout(CALL_TIMEOUT_MS) })).json();
  let health: z.infer<typeof Health>;
  let sync: z.infer<typeof Sync>;
  try {
    health = Health.parse(await get('/healthz'));
    sync = Sync.parse(await get('/syncz'));
  } catch {
    return null;
  }
  const part = 'agent' as const;
  const { disk, disk_detail, link, devices } = health;
  return [
    { part, state: 'ok', says: `runs at ${url}.` },
    disk === 'ok'
      ? { part, name: 'disk', state: 'ok', says: disk_detail }
      : { part, name: 'disk', state: 'wrong', says: disk_detail, advice: 'Make room on the disk.' },
    link.state === 'up'
      ? { part, name: 'link', state: 'ok', says: `up since ${link.since}.` }
      : {
          part,
          name: 'link',
          state: 'wrong',
          says: `${link.state} since ${link.since}: ${link.detail}`,
          advice: 'The shop goes on; look at what is said of the edge and the token above.',
        },
    sync.backlog < BACKLOG_WARNING
      ? { part, name: 'backlog', state: 'ok', says: `${sync.backlog} reports wait for the edge.` }
      : {
          part,
          name: 'backlog',
          state: 'warning',
          says: `${sync.backlog} reports wait for the edge, the oldest for ${Math.round(sync.oldest_unsynced_ms / 1000)} s.`,
          advice: 'They go up by themselves once the link is up.',
        },
    ...devices.map(({ id, kind, state, detail }) => {
      const word: DeviceWord = { id, kind, state, detail: detail ?? '' };
      return deviceFinding(word);
    }),
  ];
}
