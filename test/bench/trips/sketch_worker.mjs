import { DurableObject } from 'cloudflare:workers';

const ITEMS = 1_000;

/** The least that a store's truth costs: items to look up, a sale with its tag, the feed and the outbox. */
export class Store extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    for (const table of [
      'item (code TEXT PRIMARY KEY, name TEXT, price INTEGER)',
      'sale (id TEXT PRIMARY KEY, total INTEGER)',
      'tag (epc TEXT PRIMARY KEY, sold INTEGER)',
      'feed (seq INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT)',
      'outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT)',
    ])
      this.sql.exec(`CREATE TABLE IF NOT EXISTS ${table}`);
    if (this.sql.exec('SELECT 1 FROM item LIMIT 1').toArray().length > 0) return;
    ctx.storage.transactionSync(() => {
      for (let i = 0; i < ITEMS; i++)
        this.sql.exec('INSERT INTO item VALUES (?, ?, ?)', `c${i}`, `Item ${i}`, 100 + i);
    });
  }
  take(code) {
    return this.sql.exec('SELECT name, price FROM item WHERE code = ?', code).toArray()[0];
  }
  sell(id, total, epc) {
    const frame = JSON.stringify({ id, epc });
    this.ctx.storage.transactionSync(() => {
      this.sql.exec('INSERT OR IGNORE INTO sale VALUES (?, ?)', id, total);
      this.sql.exec('INSERT OR REPLACE INTO tag VALUES (?, 1)', epc);
      this.sql.exec('INSERT INTO feed (body) VALUES (?)', frame);
      this.sql.exec('INSERT INTO outbox (body) VALUES (?)', frame);
    });
    for (const socket of this.ctx.getWebSockets()) socket.send(frame);
    return true;
  }
  async fetch() {
    const [client, server] = Object.values(new WebSocketPair());
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }
}

/** The least that a trip costs: a row a line, the whole basket answered, and a mark before the sale. */
export class Basket extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec(
      'CREATE TABLE IF NOT EXISTS line (n INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT, name TEXT, price INTEGER)',
    );
    this.sql.exec('CREATE TABLE IF NOT EXISTS paid (id TEXT PRIMARY KEY)');
  }
  async scan(code) {
    const item = await this.env.STORE.getByName('s').take(code);
    this.sql.exec('INSERT INTO line (code, name, price) VALUES (?, ?, ?)', code, item.name, item.price);
    return this.read();
  }
  read() {
    const lines = this.sql.exec('SELECT * FROM line').toArray();
    return { lines, total: lines.reduce((sum, line) => sum + line.price, 0) };
  }
  async pay(id, epc) {
    this.sql.exec('INSERT OR IGNORE INTO paid VALUES (?)', id);
    return this.env.STORE.getByName('s').sell(id, this.read().total, epc);
  }
}

export default {
  async fetch(request, env) {
    const { pathname, searchParams: of } = new URL(request.url);
    if (pathname === '/noop') return new Response('ok');
    if (pathname === '/socket') return env.STORE.getByName('s').fetch(request);
    const basket = env.BASKET.getByName(of.get('basket'));
    if (pathname === '/scan') return Response.json(await basket.scan(of.get('code')));
    if (pathname === '/basket') return Response.json(await basket.read());
    if (pathname === '/pay') return Response.json(await basket.pay(of.get('id'), of.get('epc')));
    return new Response(null, { status: 404 });
  },
};
