import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { nextFrame } from '../../shared/feed/batch.ts';
import { AgentFrame, CLOSE, PING, PONG, type Report, TagState } from '../../shared/feed/frames.ts';
import { resumeOf } from '../../shared/feed/resume.ts';
import type { OfflineSale } from '../../shared/offline/document.ts';
import type { ReceiptDocument } from '../../shared/receipt/index.ts';
import { ITEM, receiptOf, STORE, storeConfig } from './fixtures.ts';
import { OfflineBooks } from './offline_books.ts';
import { shelfPage, type TestShelf, testShelf } from './shelf.ts';
import { type PassChange, Signer, type TokenChange } from './signer.ts';

const TAGS_PER_PART = 7;

interface Line {
  socket: WebSocket;
  sent: number;
  acked: number;
  following: boolean;
}

/**
 * A small real edge for tests: the ledger of one store, its feed over WebSocket, the few HTTP routes that an
 * agent calls, and the keys. Everything that goes wrong in a test goes wrong here.
 */
export class TestEdge {
  epoch = 'epoch-1';
  config: StoreConfig = storeConfig();
  readonly ledger = new Map<string, TagState>();
  readonly receipts = new Map<string, ReceiptDocument>();
  readonly reports = new Map<number, Report>();
  /** Every frame goes through here; a test may drop, double or change it. */
  mangle: (frame: string) => string[] = (frame) => [frame];
  /** What a route answers instead of the truth, or null. */
  httpFault: ((path: string) => number | null) | null = null;
  /** Does what is asked, and the answer never arrives. */
  answerLost: ((path: string) => boolean) | null = null;
  /** Takes requests and never answers. */
  httpHangs = false;
  /** Tags whose basket is being paid for at this moment. */
  readonly paying = new Set<string>();
  readonly httpCalls: string[] = [];
  readonly hellos: { epoch: string | null; cursor: number }[] = [];
  /** The last cursor that any agent acknowledged. */
  acked = 0;
  acceptReports = true;
  readonly books = new OfflineBooks();
  /** The shelf that sells, and in what portions it is given out. */
  shelf: TestShelf = testShelf(3);
  shelfPageItems = 500;
  answerPings = true;
  /** The edge's clock against ours. */
  clockAheadMs = 0;
  #log: { seq: number; json: string }[] = [];
  #head = 0;
  #rev = 0;
  readonly #lines = new Set<Line>();
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #signer = new Signer();
  #port = 0;

  constructor() {
    this.#http = createServer((request, response) => void this.#serve(request, response));
    this.books.onSale = (sale) => this.#sellOffline(sale);
    this.#http.on('upgrade', (request, socket, head) => {
      this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#accept(ws));
    });
  }

  /** Listens; the second time on the same port, as an edge that comes back. */
  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#http.listen(this.#port, '127.0.0.1', () => resolve()));
    const address = this.#http.address();
    this.#port = typeof address === 'object' && address !== null ? address.port : 0;
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get head(): number {
    return this.#head;
  }

  get connections(): number {
    return this.#lines.size;
  }

  async stop(): Promise<void> {
    this.dropAll();
    await new Promise<void>((resolve) => {
      this.#http.close(() => resolve());
      this.#http.closeAllConnections();
    });
  }

  dropAll(): void {
    for (const line of this.#lines) line.socket.terminate();
    this.#lines.clear();
  }

  closeAll(code: number): void {
    for (const line of this.#lines) line.socket.close(code);
    this.#lines.clear();
  }

  sendRaw(text: string): void {
    for (const line of this.#lines) line.socket.send(text);
  }

  /** Unsold tags come into the store, or sold ones come back. */
  stock(epcs: string[], name = 'Scarf'): void {
    const tags = epcs.map((epc) => this.#change(epc, { status: 'unsold', name }));
    this.#append({ type: 'tags', tags });
  }

  sell(order: string, epcs: string[], number = `EX-${this.#head + 1}`): void {
    const tags = epcs.map((epc) => this.#change(epc, { status: 'sold', order_id: order }));
    const receipt = receiptOf(order, number);
    this.receipts.set(order, receipt);
    this.#append({ type: 'sale', order_id: order, number, tags, receipt });
  }

  /** A sale whose entry does not leave, so that only the pass tells of it. */
  sellUnheard(order: string, epcs: string[]): [string, number][] {
    return epcs.map((epc) => [epc, this.#change(epc, { status: 'sold', order_id: order }).rev]);
  }

  configure(config: StoreConfig): void {
    this.config = config;
    this.#append({ type: 'config', config });
  }

  /** Any entry at all, also of types that do not exist. */
  append(entry: Record<string, unknown> & { type: string }): void {
    this.#append(entry);
  }

  /** The log forgets what came before, so that an agent behind it needs a snapshot. */
  truncate(): void {
    this.#log = [];
  }

  /** The object lost its storage and was restored: another epoch, the cursor begins anew. */
  rebirth(epoch: string): void {
    this.epoch = epoch;
    this.#log = [];
    this.#head = 0;
    this.dropAll();
  }

  token(role: string, change: TokenChange = {}): Promise<string> {
    return this.#signer.token(role, change);
  }

  exitPass(order: string, epcs: [string, number][], change: PassChange = {}): Promise<string> {
    return this.#signer.exitPass(order, epcs, change);
  }

  jwks(): { keys: Record<string, unknown>[] } {
    return this.#signer.jwks();
  }

  #change(epc: string, change: { status: 'sold' | 'unsold'; name?: string; order_id?: string }): TagState {
    this.#rev += 1;
    const known = this.ledger.get(epc);
    const name = change.name ?? known?.name;
    const tag = TagState.parse({
      epc,
      status: change.status,
      rev: this.#rev,
      item_id: ITEM,
      ...(name === undefined ? {} : { name }),
      ...(change.order_id === undefined ? {} : { order_id: change.order_id }),
    });
    this.ledger.set(epc, tag);
    return tag;
  }

  #append(entry: Record<string, unknown>): void {
    this.#head += 1;
    this.#log.push({
      seq: this.#head,
      json: JSON.stringify({ seq: this.#head, at: new Date().toISOString(), ...entry }),
    });
    for (const line of this.#lines) this.#pump(line);
  }

  #accept(socket: WebSocket): void {
    const line: Line = { socket, sent: 0, acked: 0, following: false };
    this.#lines.add(line);
    socket.on('close', () => this.#lines.delete(line));
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const text = String(data);
      if (text === PING) {
        if (this.answerPings) socket.send(PONG);
        return;
      }
      const frame = AgentFrame.parse(JSON.parse(text));
      if (frame.type === 'hello') this.#welcome(line, frame);
      else if (frame.type === 'ack') {
        if (frame.cursor > line.sent) throw new Error(`acknowledged ${frame.cursor}, sent ${line.sent}`);
        line.acked = Math.max(line.acked, frame.cursor);
        this.acked = frame.cursor;
        this.#pump(line);
      } else if (this.acceptReports) {
        this.reports.set(frame.id, frame);
        socket.send(JSON.stringify({ type: 'accepted', id: frame.id }));
      }
    });
  }

  #welcome(line: Line, hello: { v: number; epoch: string | null; cursor: number }): void {
    this.hellos.push({ epoch: hello.epoch, cursor: hello.cursor });
    const oldestKept = this.#log[0]?.seq ?? this.#head + 1;
    const resume = resumeOf(hello, { epoch: this.epoch, head: this.#head, oldestKept });
    if (resume === 'unsupported_version') {
      line.socket.close(CLOSE.version);
      return;
    }
    const now = new Date(Date.now() + this.clockAheadMs).toISOString();
    this.#send(
      line,
      JSON.stringify({ type: 'welcome', v: 1, epoch: this.epoch, head: this.#head, resume, now }),
    );
    line.sent = resume === 'log' ? hello.cursor : this.#head;
    line.acked = line.sent;
    if (resume === 'snapshot') this.#snapshot(line);
    line.following = true;
    this.#pump(line);
  }

  #snapshot(line: Line): void {
    const tags = [...this.ledger.values()];
    const parts = Math.max(1, Math.ceil(tags.length / TAGS_PER_PART));
    for (let part = 0; part < parts; part++) {
      const some = tags.slice(part * TAGS_PER_PART, (part + 1) * TAGS_PER_PART);
      const first = part === 0 ? { config: this.config, shelf_version: this.shelf.version } : {};
      this.#send(
        line,
        JSON.stringify({
          type: 'snapshot',
          part,
          last: part === parts - 1,
          head: this.#head,
          tags: some,
          ...first,
        }),
      );
    }
  }

  #pump(line: Line): void {
    if (!line.following) return;
    for (;;) {
      const next = nextFrame(
        line,
        this.#log.filter((entry) => entry.seq > line.sent),
      );
      if (next === null) return;
      line.sent = next.upTo;
      this.#send(line, next.frame);
    }
  }

  #send(line: Line, frame: string): void {
    for (const one of this.mangle(frame)) line.socket.send(one);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    this.httpCalls.push(path);
    if (this.httpHangs) return;
    const fault = this.httpFault?.(path) ?? null;
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const [status, body] =
      fault !== null
        ? [fault, {}]
        : request.method === 'POST'
          ? this.#post(path, JSON.parse(text), String(request.headers['idempotency-key'] ?? ''))
          : this.#answer(path);
    if (this.answerLost?.(path) === true) {
      response.destroy();
      return;
    }
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  }

  #post(path: string, body: unknown, key: string): [number, unknown] {
    if (path === `/v1/stores/${STORE}/number_leases`) return this.books.lease(body, key);
    if (path === `/v1/stores/${STORE}/offline_transactions`) return this.books.upload(body);
    return [404, {}];
  }

  /** The sale of a till stands in the ledger, and the feed says so under the till's own order id. */
  #sellOffline({ order_id, number, lines, receipt }: OfflineSale): void {
    const tags = lines.flatMap(({ epc }) =>
      epc === undefined ? [] : [this.#change(epc, { status: 'sold', order_id })],
    );
    this.#append({ type: 'sale', order_id, number: number.text, tags, receipt });
  }

  /** A newer shelf is published. */
  publishShelf(shelf: TestShelf): void {
    this.shelf = shelf;
    this.#append({ type: 'shelf', version: shelf.version });
  }

  #answer(path: string): [number, unknown] {
    const { pathname, searchParams } = new URL(path, 'http://edge');
    if (pathname === `/v1/stores/${STORE}/shelf`)
      return shelfPage(this.shelf, searchParams, this.shelfPageItems);
    if (path === '/.well-known/jwks.json') return [200, this.jwks()];
    const epc = new RegExp(`^/v1/stores/${STORE}/tags/([0-9A-F]+)$`).exec(path)?.[1];
    if (epc !== undefined) {
      const tag = this.ledger.get(epc) ?? { epc, status: 'unknown', rev: 0 };
      return [200, this.paying.has(epc) ? { ...tag, paying: true } : tag];
    }
    const order = /^\/v1\/orders\/(ord_[\w-]+)\/receipt\?format=json$/.exec(path)?.[1];
    const receipt = order === undefined ? undefined : this.receipts.get(order);
    return receipt === undefined ? [404, {}] : [200, receipt];
  }
}
