import { DurableObject } from 'cloudflare:workers';

/** The least that this machine needs: a no-op, a write in one object, and a write that becomes a frame. */
export class Floor extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, body TEXT)');
  }
  write(body) {
    this.ctx.storage.sql.exec('INSERT INTO entry (body) VALUES (?)', body);
    for (const socket of this.ctx.getWebSockets()) socket.send(body);
    return true;
  }
  async fetch() {
    const [client, server] = Object.values(new WebSocketPair());
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }
}

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (url.pathname === '/noop') return new Response('ok');
    const object = env.FLOOR.getByName(url.searchParams.get('object') ?? 'one');
    if (url.pathname === '/socket') return object.fetch(request);
    await object.write(url.searchParams.get('body') ?? '');
    return new Response('ok');
  },
};
