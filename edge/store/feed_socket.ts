import { nextFrame } from '../../shared/feed/batch.ts';
import {
  AgentFrame,
  CLOSE,
  FRAME_ENTRIES_MAX,
  REPORT_BYTES_MAX,
  SNAPSHOT_TAGS_PER_PART,
  type StoreFrame,
} from '../../shared/feed/frames.ts';
import { resumeOf } from '../../shared/feed/resume.ts';
import { sawAgent } from './agents.ts';
import { feedAfter, logOf } from './feed_log.ts';
import { tagStatesAfter } from './ledger.ts';
import { markOf } from './marks.ts';
import { takeReport } from './reports.ts';
import { iso, type Scope } from './scope.ts';

/** Parts that one turn sends, so that commands get in between the parts of a large ledger. */
export const SNAPSHOT_PARTS_PER_TURN = 8;

/** What the store knows of one agent's socket; it stands in the socket's attachment and outlives hibernation. */
export interface FeedSocket {
  agent: string;
  /** Of the hello; a report's id counts within it. */
  journal: string;
  hello: boolean;
  /** Where this connection began: the agent's own cursor, or the head of its snapshot. */
  base: number;
  /** The cursor that the agent will have once it has everything that was sent. */
  sent: number;
  /** The cursor that the agent has for certain; 0 until it acknowledges its snapshot. */
  acked: number;
  /** Set while whole state is on its way: the tags above `after` are still to be sent. */
  snapshot: { head: number; part: number; after: string } | null;
}

export const newFeedSocket = (agent: string): FeedSocket => ({
  agent,
  journal: '',
  hello: false,
  base: 0,
  sent: 0,
  acked: 0,
  snapshot: null,
});

/** What to send, and then either the socket's new state or how to close it. */
export type Reaction =
  | { frames: string[]; socket: FeedSocket }
  | { frames: string[]; socket: null; close: { code: number; reason: string } };

const text = (frame: StoreFrame): string => JSON.stringify(frame);
const bad = (reason: string): Reaction => ({
  socket: null,
  frames: [],
  close: { code: CLOSE.bad_frame, reason },
});

/**
 * What a frame of the agent does, in the caller's transaction. An agent that breaks the protocol is closed:
 * it reconnects, and reconnecting is the only repair.
 */
export function receive(scope: Scope, socket: FeedSocket, message: string | ArrayBuffer): Reaction {
  if (typeof message !== 'string') return bad('binary frame');
  if (new TextEncoder().encode(message).byteLength > REPORT_BYTES_MAX) return bad('frame too large');
  const frame = parseFrame(message);
  if (frame === null) return bad('not a frame of this protocol');
  if (frame.type === 'hello') return onHello(scope, socket, frame);
  if (!socket.hello) return bad('hello comes first');
  if (frame.type === 'ack') return onAck(socket, frame.cursor);
  takeReport(scope, socket, frame);
  return { socket, frames: [text({ type: 'accepted', id: frame.id })] };
}

function parseFrame(message: string): AgentFrame | null {
  try {
    return AgentFrame.safeParse(JSON.parse(message)).data ?? null;
  } catch {
    return null;
  }
}

function onHello(scope: Scope, socket: FeedSocket, hello: Extract<AgentFrame, { type: 'hello' }>): Reaction {
  if (socket.hello) return bad('a second hello');
  if (hello.agent !== socket.agent) {
    const close = { code: CLOSE.forbidden, reason: 'not the agent of this token' };
    return { socket: null, frames: [], close };
  }
  const { head, oldestKept } = logOf(scope.sql);
  const resume = resumeOf(hello, { epoch: scope.epoch, head, oldestKept });
  if (resume === 'unsupported_version') {
    const refused = text({ type: 'refused', code: resume, detail: `version ${hello.v} is not spoken here` });
    return { socket: null, frames: [refused], close: { code: CLOSE.version, reason: resume } };
  }
  const fromLog = resume === 'log';
  const base = fromLog ? hello.cursor : head;
  const acked = fromLog ? hello.cursor : 0;
  sawAgent(scope.sql, { agent: socket.agent, cursor: acked, at: scope.now });
  return {
    socket: {
      agent: socket.agent,
      journal: hello.journal,
      hello: true,
      base,
      sent: base,
      acked,
      snapshot: fromLog ? null : { head, part: 0, after: '' },
    },
    frames: [text({ type: 'welcome', v: hello.v, epoch: scope.epoch, head, resume, now: iso(scope.now) })],
  };
}

function onAck(socket: FeedSocket, cursor: number): Reaction {
  if (cursor > socket.sent) return bad('an ack above what was sent');
  return { socket: { ...socket, acked: Math.max(socket.acked, cursor) }, frames: [] };
}

/** What may be sent now: a turn of the snapshot, then the log as far as the window of unacknowledged entries goes. */
export function advance(scope: Scope, socket: FeedSocket): { socket: FeedSocket; frames: string[] } {
  if (!socket.hello) return { socket, frames: [] };
  const frames: string[] = [];
  let { snapshot, sent } = socket;
  for (let turn = 0; snapshot !== null && turn < SNAPSHOT_PARTS_PER_TURN; turn++) {
    const part = snapshotPart(scope, snapshot);
    frames.push(part.frame);
    snapshot = part.next;
  }
  while (snapshot === null) {
    const acked = Math.max(socket.acked, socket.base);
    const next = nextFrame({ sent, acked }, feedAfter(scope.sql, sent, FRAME_ENTRIES_MAX));
    if (next === null) break;
    frames.push(next.frame);
    sent = next.upTo;
  }
  return { socket: { ...socket, snapshot, sent }, frames };
}

/**
 * One part of the whole state. A tag that changes while the parts are on their way may already show its newer
 * revision; the log after `head` then repeats it, and a revision that is not higher changes nothing.
 */
function snapshotPart(scope: Scope, snapshot: NonNullable<FeedSocket['snapshot']>) {
  const { head, part, after } = snapshot;
  const tags = tagStatesAfter(scope.sql, after, SNAPSHOT_TAGS_PER_PART);
  const last = tags.length < SNAPSHOT_TAGS_PER_PART;
  const frame = text({
    type: 'snapshot',
    part,
    last,
    head,
    tags,
    ...(part === 0 ? { config: scope.config, shelf_version: markOf(scope.sql, 'shelf_version') } : {}),
  });
  return { frame, next: last ? null : { head, part: part + 1, after: tags.at(-1)?.epc ?? after } };
}
