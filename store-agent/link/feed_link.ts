import { FEED_VERSION, type StoreFrame } from '../../shared/feed/frames.ts';
import { errorText, type Log } from '../log.ts';
import type { AgentState } from '../state/agent_state.ts';
import { FeedApplier } from './applier.ts';
import { judgeFrame, type Session } from './apply.ts';
import { reconnectDelayMs } from './backoff.ts';
import type { EdgeHttp } from './edge_http.ts';
import { type FeedSocket, openFeedSocket } from './feed_socket.ts';
import { ReportSender } from './report_sender.ts';

export const JWKS_REFRESH_MS = 10 * 60_000;
/** Keys are not fetched again this soon: a forged token must not make us hammer the edge. */
const JWKS_SPACING_MS = 5_000;
const CLOCK_ALERT_MS = 5_000;
/** An edge that welcomes us and drops us in a circle earns an attempt at once only this often. */
const FIRST_RETRY_SPACING_MS = 2_000;

export type LinkState = 'down' | 'syncing' | 'up';

export interface LinkStatus {
  state: LinkState;
  /** UTC, ISO 8601: since when in this state. */
  since: string;
  detail: string;
}

export interface LinkContext {
  agentId: string;
  state: AgentState;
  edge: EdgeHttp;
  now(): number;
  monotonicMs(): number;
  random(): number;
  log: Log;
  onSales: ConstructorParameters<typeof FeedApplier>[1]['onSales'];
  onReceipts(orderIds: string[]): void;
  onConfig(): void;
  /** Anything came from the edge, at this time. */
  onHeard?(atMs: number): void;
  /** The feed named a version of the shelf, and that is on the disk. */
  onShelf(): void;
}

/** The agent's end of the store feed: dials for ever, follows the log, acknowledges what is on disk, reports. */
export class FeedLink {
  readonly #context: LinkContext;
  readonly #applier: FeedApplier;
  readonly #reports: ReportSender;
  readonly #listeners: ((status: LinkStatus) => void)[] = [];
  #status: LinkStatus;
  #socket: FeedSocket | null = null;
  #session: Session = { phase: 'greeting' };
  #attempt = 0;
  #freshAtMs = Number.NEGATIVE_INFINITY;
  #retry: NodeJS.Timeout | null = null;
  #ack: NodeJS.Immediate | null = null;
  #ackedCursor = -1;
  #welcomedHead = 0;
  #heardAtMs: number | null = null;
  #clockOffsetMs = 0;
  #jwksAtMs = Number.NEGATIVE_INFINITY;
  #jwksTimer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(context: LinkContext) {
    this.#context = context;
    this.#status = {
      state: 'down',
      since: new Date(context.now()).toISOString(),
      detail: 'Not connected yet.',
    };
    this.#applier = new FeedApplier(context.state, {
      now: context.now,
      onSales: context.onSales,
      onReceipts: context.onReceipts,
      onConfig: context.onConfig,
      onShelf: context.onShelf,
      onDurable: () => this.#durable(),
    });
    this.#reports = new ReportSender(context.state, context.now, (report) => this.#socket?.send(report));
  }

  start(): void {
    this.#jwksTimer = setInterval(() => void (this.linked() && this.refreshKeys()), JWKS_REFRESH_MS);
    void this.#dial();
  }

  status(): LinkStatus {
    return this.#status;
  }

  /** Whether the edge answers: then asking it makes sense, and silence about a tag means something. */
  linked(): boolean {
    return this.#status.state !== 'down';
  }

  heardAtMs(): number | null {
    return this.#heardAtMs;
  }

  /** How far the edge's clock is ahead of ours, as of this connection or the last one. */
  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  /** Frames that the disk has not taken yet. */
  get waitingForDisk(): number {
    return this.#applier.waiting;
  }

  onStatus(listener: (status: LinkStatus) => void): void {
    this.#listeners.push(listener);
  }

  /** Fetches the public keys and keeps them for the time without a line. True if there are fresh ones. */
  async refreshKeys(): Promise<boolean> {
    const now = this.#context.monotonicMs();
    if (now - this.#jwksAtMs < JWKS_SPACING_MS) return false;
    this.#jwksAtMs = now;
    const document = await this.#context.edge.jwks();
    return document !== null && !this.#closed && this.#context.state.adoptJwks(document);
  }

  close(): void {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    if (this.#jwksTimer !== null) clearInterval(this.#jwksTimer);
    if (this.#ack !== null) {
      clearImmediate(this.#ack);
      this.#sendAck();
    }
    this.#reports.closed();
    this.#socket?.close(1001, 'the agent is stopping');
    this.#socket = null;
  }

  async #dial(): Promise<void> {
    if (this.#closed) return;
    this.#attempt += 1;
    let token: string;
    try {
      token = await this.#context.edge.token();
    } catch (error) {
      this.#lost(null, { code: 0, reason: errorText(error), overloaded: false });
      return;
    }
    if (this.#closed) return;
    this.#session = { phase: 'greeting' };
    const socket = openFeedSocket(
      this.#context.edge.feedUrl,
      token,
      {
        onOpen: () => this.#hello(),
        onHeard: () => {
          this.#heardAtMs = this.#context.now();
          this.#context.onHeard?.(this.#heardAtMs);
        },
        onFrame: (frame) => this.#take(frame),
        onEnd: (end) => this.#lost(socket, end),
      },
      this.#context.monotonicMs,
    );
    this.#socket = socket;
  }

  #hello(): void {
    const { state, agentId } = this.#context;
    this.#applier.forget();
    this.#ackedCursor = -1;
    this.#socket?.send({
      type: 'hello',
      v: FEED_VERSION,
      agent: agentId,
      journal: state.journal,
      epoch: state.epoch,
      cursor: state.cursor,
    });
  }

  #take(frame: StoreFrame): void {
    const { state, log } = this.#context;
    const { session, verdict } = judgeFrame(this.#session, frame, {
      epoch: state.epoch,
      cursor: state.cursor,
    });
    this.#session = session;
    switch (verdict.do) {
      case 'greet':
        this.#greeted(verdict.epoch, verdict.head, verdict.now);
        break;
      case 'apply':
        for (const one of verdict.plan.unread)
          log('warn', 'feed entry skipped', { seq: one.seq, type: one.type, reason: one.reason });
        this.#applier.apply(verdict.plan);
        break;
      case 'stage':
        this.#applier.stage(verdict.part);
        break;
      case 'settle':
        if (verdict.as === 'refused')
          log('warn', 'the edge refused a report', { seq: verdict.id, detail: verdict.why });
        this.#reports.settle(verdict.id, verdict.as);
        break;
      case 'close':
        log('warn', 'closing the feed', { code: verdict.code, reason: verdict.why });
        this.#socket?.close(verdict.code, verdict.why);
        break;
      case 'nothing':
        break;
    }
  }

  #greeted(epoch: string, head: number, edgeNow: string): void {
    const { state, now, monotonicMs, log } = this.#context;
    if (monotonicMs() - this.#freshAtMs >= FIRST_RETRY_SPACING_MS) {
      this.#freshAtMs = monotonicMs();
      this.#attempt = 0;
    }
    this.#welcomedHead = head;
    this.#clockOffsetMs = Date.parse(edgeNow) - now();
    log('info', 'linked to the edge', { epoch, head, cursor: state.cursor });
    this.#setStatus('syncing', 'Catching up with the edge.');
    if (Math.abs(this.#clockOffsetMs) > CLOCK_ALERT_MS)
      state.record('clock', { offset_ms: this.#clockOffsetMs });
    this.#reports.opened();
    void this.refreshKeys();
    this.#caughtUp();
  }

  #durable(): void {
    this.#caughtUp();
    // Many frames that came together are acknowledged once, after all of them are on disk.
    this.#ack ??= setImmediate(() => this.#sendAck());
  }

  #sendAck(): void {
    this.#ack = null;
    const cursor = this.#context.state.cursor;
    if (this.#session.phase !== 'log' || cursor === this.#ackedCursor) return;
    this.#ackedCursor = cursor;
    this.#socket?.send({ type: 'ack', cursor });
  }

  #caughtUp(): void {
    const following = this.#session.phase === 'log' && this.#context.state.epoch === this.#session.epoch;
    if (this.#status.state === 'syncing' && following && this.#context.state.cursor >= this.#welcomedHead) {
      this.#setStatus('up', 'Following the edge.');
    }
  }

  #lost(socket: FeedSocket | null, end: { code: number; reason: string; overloaded: boolean }): void {
    // A socket may end before `openFeedSocket` has returned, but never after its successor was opened.
    if (socket !== null && this.#socket !== null && socket !== this.#socket) return;
    this.#socket = null;
    this.#applier.forget();
    this.#reports.closed();
    if (this.#closed) return;
    const delayMs = reconnectDelayMs(this.#attempt, end.overloaded, this.#context.random());
    if (this.#status.state !== 'down')
      this.#context.log('warn', 'link lost', { code: end.code, reason: end.reason, delay_ms: delayMs });
    this.#setStatus('down', `No link to the edge: ${end.reason || `code ${end.code}`}.`);
    this.#retry = setTimeout(() => void this.#dial(), delayMs);
  }

  #setStatus(state: LinkState, detail: string): void {
    const since =
      this.#status.state === state ? this.#status.since : new Date(this.#context.now()).toISOString();
    if (this.#status.state === state && this.#status.detail === detail) return;
    this.#status = { state, since, detail };
    for (const listener of this.#listeners) listener(this.#status);
  }
}
