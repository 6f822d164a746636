import { CLOSE } from '../../shared/feed/frames.ts';
import { sawAgent } from './agents.ts';
import { advance, type FeedSocket, newFeedSocket, type Reaction } from './feed_socket.ts';
import type { Scope } from './scope.ts';

/** RFC 6455 section 7.4: codes below 3000 belong to the protocol, and only this one of them may be sent. */
const NORMAL_CLOSURE = 1000;
const APPLICATION_CODES_FROM = 3000;

/** The agents' sockets of one object. Glue: what a frame means and what is sent next stands in feed_socket.ts. */
export class FeedHub {
  readonly #ctx: DurableObjectState;
  readonly #scope: () => Scope;

  constructor(ctx: DurableObjectState, scope: () => Scope) {
    this.#ctx = ctx;
    this.#scope = scope;
  }

  /** Takes an agent's upgrade. It has one socket: an older one is most likely dead without knowing it. */
  accept(agent: string): Response {
    for (const { ws } of this.#live(agent)) {
      this.forget(ws);
      ws.close(CLOSE.replaced, 'replaced');
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.#ctx.acceptWebSocket(server, [agent]);
    server.serializeAttachment(newFeedSocket(agent));
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Lets go of the agents that a new configuration does not name: a revoked device hears nothing more. */
  keepOnly(agents: ReadonlySet<string>): void {
    for (const { ws, socket } of this.#live()) {
      if (agents.has(socket.agent)) continue;
      this.forget(ws);
      ws.close(CLOSE.forbidden, 'revoked');
    }
  }

  /** Does what the answer to an agent's frame says. */
  react(ws: WebSocket, reaction: Reaction): void {
    this.#send(ws, reaction.frames);
    if (reaction.socket === null) {
      this.forget(ws);
      ws.close(reaction.close.code, reaction.close.reason);
      return;
    }
    ws.serializeAttachment(reaction.socket);
    this.#advance(ws, reaction.socket);
  }

  /** Sends every agent what its window allows. */
  push(): void {
    for (const { ws, socket } of this.#live()) this.#advance(ws, socket);
  }

  /** The agent has closed: the platform leaves our half of the closing handshake to us. */
  closed(ws: WebSocket, code: number): void {
    this.forget(ws);
    if (ws.readyState === WebSocket.CLOSED) return;
    ws.close(code >= APPLICATION_CODES_FROM ? code : NORMAL_CLOSURE);
  }

  /** Remembers how far the agent was; whatever still comes from this socket counts no more. */
  forget(ws: WebSocket): void {
    const socket = socketOf(ws);
    if (socket !== null) this.#note(socket);
    ws.serializeAttachment(null);
  }

  /** Writes down how far the connected agents are, before the log is pruned. */
  noteAll(): void {
    for (const { socket } of this.#live()) this.#note(socket);
  }

  /** The cursors of the agents that are connected now. */
  cursors(): Map<string, number> {
    const greeted = this.#live().filter(({ socket }) => socket.hello);
    return new Map(greeted.map(({ socket }) => [socket.agent, socket.acked]));
  }

  #live(agent?: string): { ws: WebSocket; socket: FeedSocket }[] {
    return this.#ctx.getWebSockets(agent).flatMap((ws) => {
      const socket = ws.readyState === WebSocket.OPEN ? socketOf(ws) : null;
      return socket === null ? [] : [{ ws, socket }];
    });
  }

  #advance(ws: WebSocket, socket: FeedSocket): void {
    const step = advance(this.#scope(), socket);
    if (step.frames.length === 0) return;
    ws.serializeAttachment(step.socket);
    this.#send(ws, step.frames);
    if (step.socket.snapshot !== null) this.#ctx.waitUntil(this.#continueSnapshot(ws));
  }

  /** The next turn of a long snapshot, after the commands that wait. */
  async #continueSnapshot(ws: WebSocket): Promise<void> {
    await scheduler.wait(0);
    const socket = ws.readyState === WebSocket.OPEN ? socketOf(ws) : null;
    if (socket?.snapshot) this.#advance(ws, socket);
  }

  /** A socket that breaks must not break the command that pushes: its agent says hello again. */
  #send(ws: WebSocket, frames: readonly string[]): void {
    try {
      for (const frame of frames) ws.send(frame);
    } catch {
      ws.serializeAttachment(null);
    }
  }

  #note({ agent, hello, acked }: FeedSocket): void {
    const { sql, now } = this.#scope();
    if (hello) sawAgent(sql, { agent, cursor: acked, at: now });
  }
}

/** The state of a socket, or null once it was forgotten. */
export function socketOf(ws: WebSocket): FeedSocket | null {
  return ws.deserializeAttachment();
}
