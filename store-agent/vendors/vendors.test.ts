import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { unwrap } from '../../shared/result.ts';
import { AgentState } from '../state/agent_state.ts';
import type { VendorDelivery } from '../state/vendor_deliveries.ts';
import { until } from '../testing/agent.ts';
import { orderId, ourEpc, tempFolder } from '../testing/fixtures.ts';
import { type BoxAnswer, type BoxRequest, VendorBox } from '../testing/vendor_box.ts';
import { VendorConfig } from './config.ts';
import { Vendors } from './vendors.ts';

// A busy machine is no reason to fail: time is in the test's hands, and nothing here is about speed.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const REFUSED: BoxAnswer = { status: 400, body: { error: 'not what this box takes' } };
const EPC = /^[0-9A-F]{24}$/;

let folder: ReturnType<typeof tempFolder>;
let state: AgentState;
let vendors: Vendors;
let box: VendorBox;
let nowMs: number;
let rev: number;
let ids: number;
let counts: Map<string, number>;
let logs: string[];

beforeEach(() => {
  folder = tempFolder();
  nowMs = Date.UTC(2026, 6, 1, 10);
  rev = 1;
  ids = 0;
  counts = new Map();
  logs = [];
  state = new AgentState(
    join(folder.path, 'data'),
    () => nowMs,
    () => {},
  );
});
afterEach(async () => {
  await vendors?.close();
  await box?.stop();
  state.close();
  folder.remove();
});

const secret = (name: string, value: string): string => {
  const file = join(folder.path, name);
  writeFileSync(file, `${value}\n`);
  return file;
};

async function open(
  handle: (request: BoxRequest) => BoxAnswer,
  config: Record<string, unknown>,
): Promise<void> {
  box = new VendorBox(handle);
  await openAt(await box.start(), config);
}

async function openAt(base_url: string, config: Record<string, unknown>): Promise<void> {
  vendors = new Vendors({
    vendors: [VendorConfig.parse({ id: 'box', base_url, rate_per_s: 1_000, timeout_ms: 5_000, ...config })],
    state,
    now: () => nowMs,
    newId: () => `vdl_00000000-0000-7000-8000-${String(ids++).padStart(12, '0')}`,
    timezone: () => 'Europe/London',
    log: (level, message) => logs.push(`${level} ${message}`),
    count: (name, labels, by = 1) => {
      const key = [name, ...Object.values(labels)].join(' ');
      counts.set(key, (counts.get(key) ?? 0) + by);
    },
    onHealth: () => {},
  });
  vendors.start();
}

/** The clock of the agent goes on, and what is due by it is done. */
const pass = (ms: number): void => {
  nowMs += ms;
  vendors.kick();
};
const sell = (order: number, ...epcs: string[]): void => {
  state.write((tables) =>
    tables.tags.apply(
      epcs.map((epc) => ({ epc, status: 'sold' as const, rev: rev++, order_id: orderId(order) })),
    ),
  );
};
const takeBack = (...epcs: string[]): void => {
  state.write((tables) =>
    tables.tags.apply(epcs.map((epc) => ({ epc, status: 'unsold' as const, rev: rev++ }))),
  );
};
const deliveries = (): VendorDelivery[] =>
  state.tables.vendorDeliveries.list({}, { above: 0, below: 1e9, oldestFirst: true, limit: 1_000 });
const shown = (): string[] =>
  deliveries().map((one) => `${one.epc.slice(-4)} ${one.to} ${one.status} ${one.code}`);
const all = (status: string) =>
  until(() => expect(deliveries().map((one) => one.status)).toEqual(deliveries().map(() => status)));
const reports = (kind: string) => {
  state.flushRecords();
  return state.tables.journal.pending(0, 100).filter((one) => one.kind === kind);
};
const json = (request: BoxRequest): Record<string, unknown> => JSON.parse(request.body);
const sorted = (value: object): string => Object.keys(value).sort().join(' ');

/** Boxes as the documents describe them, and as we assume them to be where those are silent. */
function nedapBox(held = new Map<string, string>(), token = 'secret') {
  return (request: BoxRequest): BoxAnswer => {
    if (request.headers.authorization !== `Bearer ${token}`) return { status: 401 };
    if (request.path !== '/article-eas-status') return { status: 404 };
    if (request.method === 'GET') {
      const state = held.get(request.query.get('epc') ?? '');
      return state === undefined ? { status: 404 } : { status: 200, body: { disposition: state } };
    }
    if (request.method !== 'PUT' || request.headers['content-type'] !== 'application/json') return REFUSED;
    const body = json(request);
    const items = body['items'];
    if (sorted(body) !== 'items' || !Array.isArray(items) || items.length > 100) return REFUSED;
    for (const item of items) {
      const words = ['retail_sold', 'sellable_accessible'];
      if (sorted(item) !== 'disposition epc' || !EPC.test(item.epc) || !words.includes(item.disposition))
        return REFUSED;
      held.set(item.epc, item.disposition);
    }
    return { status: 200 };
  };
}

function listBox(
  path: string,
  words: [string, string],
  keys = 'epcs status',
  held = new Map<string, string>(),
) {
  return (request: BoxRequest): BoxAnswer => {
    if (request.method !== 'POST' || request.path !== path) return { status: 404 };
    if (request.headers['content-type'] !== 'application/json') return REFUSED;
    const body = json(request);
    const { epcs, status } = body;
    if (sorted(body) !== keys || !Array.isArray(epcs) || epcs.length === 0) return REFUSED;
    if (!words.some((word) => word === status) || !epcs.every((epc) => EPC.test(epc))) return REFUSED;
    for (const epc of epcs) held.set(epc, String(status));
    return { status: 200 };
  };
}

function satoBox(held = new Map<string, string>()) {
  let tokens = 0;
  return (request: BoxRequest): BoxAnswer => {
    if (request.path === '/CoreServices/public/users/sessions' && request.method === 'POST') {
      const known = request.query.get('user') === 'shop & co' && request.query.get('password') === 'p/w?';
      tokens += 1;
      return known ? { status: 200, body: { token: `t${tokens}` } } : { status: 401 };
    }
    if (request.headers.authorization !== `Bearer t${tokens}`) return { status: 401 };
    const epc = /^\/CoreServices\/tags\/([0-9A-F]{24})$/.exec(request.path)?.[1] ?? '';
    if (!EPC.test(epc)) return { status: 404 };
    if (request.method === 'GET') return { status: 200, body: { status: held.get(epc) ?? 'unknown' } };
    if (request.method !== 'PATCH') return { status: 405 };
    const body = json(request);
    const status = String(body['status']);
    const isSale =
      status === 'sold' && sorted(body) === 'readPoint status' && body['readPoint'] === 'check-out';
    const isReturn = status === 'returned' && sorted(body) === 'status';
    const isSellable = status === 'sellable' && sorted(body) === 'status' && held.get(epc) === 'returned';
    if (!isSale && !isReturn && !isSellable) return REFUSED;
    held.set(epc, status);
    return { status: 204 };
  };
}

function soapBox(held = new Map<string, string>()) {
  return (request: BoxRequest): BoxAnswer => {
    const operation = String(request.headers['soapaction']);
    if (request.method !== 'POST' || !/^RFID(Sold|Returned)Tag$/.test(operation)) return REFUSED;
    if (request.headers['content-type'] !== 'text/xml; charset=utf-8') return REFUSED;
    const tags = new RegExp(
      `<soap:Body><${operation}><tags>((?:<tag>[0-9A-F]{24}</tag>)+)</tags></${operation}></soap:Body>`,
    ).exec(request.body)?.[1];
    if (tags === undefined) return REFUSED;
    for (const [, epc] of tags.matchAll(/<tag>(\w+)<\/tag>/g)) held.set(epc ?? '', operation);
    return {
      status: 200,
      body: `<s:Envelope><s:Body><${operation}Response><x:${operation}Result>true</x:${operation}Result></${operation}Response></s:Body></s:Envelope>`,
    };
  };
}

function formBox(held = new Map<string, string>()) {
  return (request: BoxRequest): BoxAnswer => {
    if (request.method !== 'POST' || request.headers['content-type'] !== 'application/x-www-form-urlencoded')
      return REFUSED;
    const form = new URLSearchParams(request.body);
    const list = form.get('epc_list') ?? form.get('returned') ?? '';
    if (form.size !== 2 || form.get('tx_id')?.startsWith('ord_') !== true) return REFUSED;
    const epcs = list.split(',');
    if (!epcs.every((epc) => EPC.test(epc))) return REFUSED;
    for (const epc of epcs) held.set(epc, form.has('epc_list') ? 'sold' : 'returned');
    return { status: 200 };
  };
}

function oauthBox(held = new Map<string, string>(), fails: (epc: string) => boolean = () => false) {
  return (request: BoxRequest): BoxAnswer => {
    if (request.path === '/oauth2/token') {
      const basic = `Basic ${Buffer.from('shop:hush').toString('base64')}`;
      const form = new URLSearchParams(request.body);
      if (request.headers.authorization !== basic || form.get('grant_type') !== 'client_credentials')
        return { status: 401 };
      return { status: 200, body: { access_token: 'access', expires_in: 3_600 } };
    }
    if (request.headers.authorization !== 'Bearer access') return { status: 401 };
    const word = request.path === '/deactivate' ? 'off' : request.path === '/activate' ? 'on' : null;
    const body = json(request);
    const epcs = body['epcs'];
    if (word === null || request.method !== 'POST' || sorted(body) !== 'epcs' || !Array.isArray(epcs))
      return REFUSED;
    const failed = epcs.filter(fails);
    for (const epc of epcs) if (!fails(epc)) held.set(epc, word);
    return { status: 200, body: { succeeded: epcs.filter((epc) => !fails(epc)), failed } };
  };
}

describe('each profile that ships is understood by a box that refuses everything else', () => {
  const files = {
    token: 'secret',
    username: 'shop & co',
    password: 'p/w?',
    client_id: 'shop',
    client_secret: 'hush',
  };
  const generic = ['SOLD', 'UNSOLD'] as [string, string];
  it.each<[string, (held: Map<string, string>) => (request: BoxRequest) => BoxAnswer, string, string]>([
    ['nedap', (held) => nedapBox(held), 'retail_sold', 'sellable_accessible'],
    ['sml', (held) => listBox('/SmartEAS/EpcMgmt/SetEpcTagStatus', generic, undefined, held), ...generic],
    ['keonn', (held) => listBox('/api/gate/', ['sold', 'unsold'], undefined, held), 'sold', 'unsold'],
    ['sato', (held) => satoBox(held), 'sold', 'sellable'],
    ['avery_dennison', (held) => soapBox(held), 'RFIDSoldTag', 'RFIDReturnedTag'],
    ['retail_reload', (held) => formBox(held), 'sold', 'returned'],
    ['oauth2_epc_list', (held) => oauthBox(held), 'off', 'on'],
    ...['generic', 'chainway', 'sensormatic', 'sievert', 'tego'].map(
      (name): [string, (held: Map<string, string>) => (request: BoxRequest) => BoxAnswer, string, string] => [
        name,
        (held) => listBox('/epc-status', generic, 'epcs ref status', held),
        ...generic,
      ],
    ),
  ])('%s', async (profile, handle, sold, unsold) => {
    const held = new Map<string, string>();
    const secrets = Object.fromEntries(
      Object.entries(files).map(([name, value]) => [name, secret(name, value)]),
    );
    await open(handle(held), { profile, secrets });
    sell(1, ourEpc(1), ourEpc(2));
    sell(2, ourEpc(3));
    await all('delivered');
    expect(held).toEqual(new Map([1, 2, 3].map((n) => [ourEpc(n), sold])));
    takeBack(ourEpc(2));
    await until(() => expect(deliveries()).toHaveLength(4));
    await all('delivered');
    expect(held.get(ourEpc(2))).toBe(unsold);
    expect(held.get(ourEpc(1))).toBe(sold);
    expect(vendors.list()).toMatchObject([{ waiting: 0, dead: 0, health: { state: 'online' } }]);
  });
});

describe('what is told', () => {
  it('is each change of a tag once, whoever says it and however often; a tag that is new is none', async () => {
    await open(nedapBox(), { profile: 'nedap', secrets: { token: secret('token', 'secret') } });
    state.write((tables) => tables.tags.apply([{ epc: ourEpc(1), status: 'unsold', rev: rev++ }]));
    const sale = { epc: ourEpc(1), status: 'sold' as const, rev: rev++, order_id: orderId(1) };
    for (let n = 0; n < 3; n++) state.write((tables) => tables.tags.apply([sale]));
    state.write((tables) => tables.tags.sellLocally(orderId(1), [ourEpc(1)], nowMs));
    // An old word about it that arrives late is no news.
    state.write((tables) => tables.tags.apply([{ epc: ourEpc(1), status: 'unsold', rev: 1 }]));
    await all('delivered');
    expect(deliveries()).toMatchObject([
      { key: `${orderId(1)}:${ourEpc(1)}:retail_sold`, to: 'retail_sold' },
    ]);
    takeBack(ourEpc(1));
    expect(deliveries()[1]).toMatchObject({ to: 'sellable_accessible', ref: orderId(1) });
    await all('delivered');
  });

  it('goes in batches no larger than the vendor takes, and over a restart', async () => {
    const held = new Map<string, string>();
    const config = { profile: 'nedap', batch_max: 10, secrets: { token: secret('token', 'secret') } };
    await open(nedapBox(held), config);
    const url = await (async () => {
      await vendors.close();
      const other = new VendorBox(nedapBox(held));
      await box.stop();
      box = other;
      return other.start();
    })();
    // Sold while nothing runs: the list is on disk.
    sell(1, ...Array.from({ length: 25 }, (_, n) => ourEpc(n)));
    expect(deliveries()).toHaveLength(25);
    await openAt(url, config);
    await all('delivered');
    const sizes = box.requests
      .filter((one) => one.method === 'PUT')
      .map((one) => (json(one)['items'] as unknown[]).length);
    expect(sizes).toEqual([10, 10, 5]);
    expect(held.size).toBe(25);
  });
});

describe('what fails', () => {
  const secrets = () => ({ token: secret('token', 'secret') });

  it('is tried again after 1, 5, 30, 120 and 600 seconds, then is dead, reported, and replayed by hand', async () => {
    await open(() => ({ status: 503 }), { profile: 'sml' });
    sell(1, ourEpc(1));
    const tries = () => box.requests.length;
    for (const [n, seconds] of [1, 5, 30, 120, 600].entries()) {
      await until(() => expect(deliveries()).toMatchObject([{ attempts: n + 1, code: 'http_503' }]));
      expect(deliveries()[0]?.due_at).toBe(nowMs + seconds * 1_000);
      pass(seconds * 1_000 - 1);
      expect(tries()).toBe(n + 1);
      pass(1);
    }
    await all('dead');
    expect(tries()).toBe(6);
    expect(reports('vendor.failed')).toMatchObject([
      { data: { vendor: 'box', count: 1, deliveries: [{ epc: ourEpc(1), code: 'http_503' }] } },
    ]);
    expect(vendors.list()).toMatchObject([{ dead: 1, health: { state: 'degraded' } }]);
    const [dead] = deliveries();
    const replay = (id: string) => unwrap(state.write((tables) => vendors.replay(tables, id)));
    expect(replay('vdl_nobody')).toEqual({ ok: false, error: 'not_found' });
    expect(replay(dead?.id ?? '').ok).toBe(true);
    expect(replay(dead?.id ?? '')).toEqual({ ok: false, error: 'not_dead' });
    vendors.kick();
    await until(() => expect(tries()).toBe(7));
  });

  it.each([
    ['a timeout', 'silence', 'timeout'],
    ['a line that breaks', 'lost', 'network'],
    ['408', { status: 408 }, 'http_408'],
    ['425', { status: 425 }, 'http_425'],
    ['429', { status: 429 }, 'http_429'],
    ['500', { status: 500 }, 'http_500'],
  ] as const)('with %s comes again', async (_what, fault, code) => {
    const held = new Map<string, string>();
    await open(nedapBox(held), { profile: 'nedap', secrets: secrets(), timeout_ms: 200 });
    box.faults.push(fault);
    sell(1, ourEpc(1));
    await until(() => expect(deliveries()).toMatchObject([{ status: 'waiting', attempts: 1, code }]));
    pass(1_000);
    await all('delivered');
    expect(held.get(ourEpc(1))).toBe('retail_sold');
  });

  it('waits as long as the vendor asks', async () => {
    await open(nedapBox(), { profile: 'nedap', secrets: secrets() });
    box.faults.push({ status: 429, headers: { 'retry-after': '90' } });
    sell(1, ourEpc(1));
    await until(() => expect(deliveries()[0]?.due_at).toBe(nowMs + 90_000));
  });

  it.each([400, 404, 422, 302])('with %i is not tried again', async (status) => {
    await open(nedapBox(), { profile: 'nedap', secrets: secrets() });
    box.faults.push({ status, headers: { location: 'http://192.0.2.1/' } });
    sell(1, ourEpc(1));
    await all('dead');
    pass(3_600_000);
    expect(box.requests).toHaveLength(1);
    expect(shown()).toEqual([`${ourEpc(1).slice(-4)} retail_sold dead http_${status}`]);
  });

  it('in half a batch is sent again alone', async () => {
    const held = new Map<string, string>();
    let failing = true;
    const bad = ourEpc(2);
    const files = { client_id: secret('id', 'shop'), client_secret: secret('key', 'hush') };
    await open(
      oauthBox(held, (epc) => failing && epc === bad),
      { profile: 'oauth2_epc_list', secrets: files },
    );
    sell(1, ourEpc(1), bad, ourEpc(3));
    await until(() =>
      expect(deliveries().map((one) => one.status)).toEqual(['delivered', 'waiting', 'delivered']),
    );
    failing = false;
    pass(1_000);
    await all('delivered');
    const sent = box.requests.filter((one) => one.path === '/deactivate').map((one) => json(one)['epcs']);
    expect(sent).toEqual([[ourEpc(1), bad, ourEpc(3)], [bad]]);
    expect(held.size).toBe(3);
  });

  it('holds up its own tag and no other: an unsold never overtakes its sold', async () => {
    const held = new Map<string, string>();
    await open(nedapBox(held), { profile: 'nedap', secrets: secrets() });
    box.faults.push({ status: 503 });
    sell(1, ourEpc(1));
    await until(() => expect(deliveries()[0]?.attempts).toBe(1));
    takeBack(ourEpc(1));
    sell(2, ourEpc(2));
    await until(() => expect(held.get(ourEpc(2))).toBe('retail_sold'));
    expect(held.has(ourEpc(1))).toBe(false);
    pass(1_000);
    await all('delivered');
    const told = box.requests
      .slice(1)
      .filter((one) => one.method === 'PUT')
      .flatMap((one) => json(one)['items']);
    expect(told).toEqual([
      { epc: ourEpc(2), disposition: 'retail_sold' },
      { epc: ourEpc(1), disposition: 'retail_sold' },
      { epc: ourEpc(1), disposition: 'sellable_accessible' },
    ]);
  });

  it('is not replayed once something newer has happened to its tag', async () => {
    await open(nedapBox(), { profile: 'nedap', secrets: secrets() });
    box.faults.push({ status: 422 });
    sell(1, ourEpc(1));
    await all('dead');
    takeBack(ourEpc(1));
    await until(() => expect(deliveries()[1]?.status).toBe('delivered'));
    const dead = deliveries()[0]?.id ?? '';
    expect(unwrap(state.write((tables) => vendors.replay(tables, dead)))).toEqual({
      ok: false,
      error: 'superseded',
    });
  });

  it('between two steps goes on with the second', async () => {
    const held = new Map<string, string>();
    const files = { username: secret('user', 'shop & co'), password: secret('password', 'p/w?') };
    await open(satoBox(held), { profile: 'sato', secrets: files });
    sell(1, ourEpc(1));
    await all('delivered');
    takeBack(ourEpc(1));
    await until(() => expect(held.get(ourEpc(1))).toBe('sellable'));
    box.faults.push({ status: 200 });
    sell(2, ourEpc(1));
    await all('delivered');
    // The first step of the way back is taken; the second meets a fault.
    const before = box.requests.length;
    takeBack(ourEpc(1));
    box.faults.push({ status: 204 }, { status: 503 });
    await until(() => expect(deliveries().at(-1)).toMatchObject({ step: 1, attempts: 1 }));
    held.set(ourEpc(1), 'returned');
    pass(1_000);
    await all('delivered');
    expect(box.requests.slice(before).map((one) => json(one)['status'])).toEqual([
      'returned',
      'sellable',
      'sellable',
    ]);
  });

  it('is not taken on trust where the vendor can be asked', async () => {
    const held = new Map<string, string>();
    await open(nedapBox(held), { profile: 'nedap', secrets: secrets() });
    // It says yes and does nothing.
    box.faults.push({ status: 200 });
    sell(1, ourEpc(1));
    await until(() => expect(deliveries()).toMatchObject([{ attempts: 1, code: 'not_confirmed' }]));
    pass(1_000);
    await all('delivered');
    expect(held.get(ourEpc(1))).toBe('retail_sold');
  });
});

describe('credentials', () => {
  it('are fetched anew once when they are refused', async () => {
    const held = new Map<string, string>();
    const files = { username: secret('user', 'shop & co'), password: secret('password', 'p/w?') };
    await open(satoBox(held), { profile: 'sato', secrets: files });
    sell(1, ourEpc(1));
    await all('delivered');
    box.faults.push({ status: 401 });
    sell(2, ourEpc(2));
    await all('delivered');
    expect(box.requests.filter((one) => one.path.endsWith('/sessions'))).toHaveLength(2);
    expect(deliveries()[1]?.attempts).toBe(0);
    expect(vendors.list()).toMatchObject([{ circuitOpen: false }]);
  });

  it('that stay refused open the circuit for five minutes, once told of; a new secret needs no restart', async () => {
    const held = new Map<string, string>();
    const file = secret('token', 'old');
    await open(nedapBox(held, 'new'), { profile: 'nedap', secrets: { token: file } });
    sell(1, ourEpc(1));
    await until(() =>
      expect(vendors.list()).toMatchObject([{ circuitOpen: true, health: { state: 'offline' } }]),
    );
    expect(box.requests).toHaveLength(2);
    sell(2, ourEpc(2));
    pass(299_000);
    pass(1_001);
    await until(() => expect(box.requests).toHaveLength(4));
    await until(() => expect(vendors.list()).toMatchObject([{ circuitOpen: true }]));
    expect(reports('vendor.refused')).toHaveLength(1);
    expect(deliveries().map((one) => one.attempts)).toEqual([0, 0]);
    secret('token', 'new');
    pass(300_001);
    await all('delivered');
    expect(held.size).toBe(2);
    expect(vendors.list()).toMatchObject([{ circuitOpen: false, health: { state: 'online' } }]);
    expect(logs.filter((line) => line.includes('left alone'))).toHaveLength(1);
    expect(logs.filter((line) => line.includes('told of tags again'))).toHaveLength(1);
    for (const one of box.requests) expect(JSON.stringify(logs)).not.toContain(one.headers.authorization);
  });

  it('that are not there leave the vendor alone and the agent well', async () => {
    await open(nedapBox(), { profile: 'nedap', secrets: { token: join(folder.path, 'no such file') } });
    sell(1, ourEpc(1));
    await until(() => expect(vendors.list()).toMatchObject([{ circuitOpen: true, waiting: 1 }]));
    expect(box.requests).toHaveLength(0);
  });
});

describe('at night', () => {
  it('the vendor is asked for the last word on the tags of two days, and told again where it differs', async () => {
    const held = new Map<string, string>();
    await open(nedapBox(held), { profile: 'nedap', secrets: { token: secret('token', 'secret') } });
    sell(1, ourEpc(1));
    await all('delivered');
    pass(50 * 3_600_000);
    sell(2, ourEpc(2), ourEpc(3), ourEpc(4));
    await all('delivered');
    takeBack(ourEpc(4));
    await all('delivered');
    // The vendor has lost one tag, and turned another; the old one is out of reach.
    held.delete(ourEpc(2));
    held.set(ourEpc(4), 'retail_sold');
    held.delete(ourEpc(1));
    await vendors.reconcileAll();
    await until(() => expect(held.get(ourEpc(2))).toBe('retail_sold'));
    await until(() => expect(held.get(ourEpc(4))).toBe('sellable_accessible'));
    await all('delivered');
    expect(held.has(ourEpc(1))).toBe(false);
    expect(reports('vendor.reconciled')).toMatchObject([
      { data: { probed: 3, differences: 2, unanswered: 0 } },
    ]);
  });

  it('a vendor that does not answer is left as it is, and counted', async () => {
    const files = { token: secret('token', 'secret') };
    await open(nedapBox(), { profile: 'nedap', secrets: files });
    sell(1, ourEpc(1));
    await all('delivered');
    box.faults.push({ status: 500 });
    await vendors.reconcileAll();
    expect(reports('vendor.reconciled')).toMatchObject([
      { data: { probed: 0, differences: 0, unanswered: 1 } },
    ]);
    expect(deliveries()).toMatchObject([{ status: 'delivered' }]);
  });
});

describe('a profile of one’s own', () => {
  it('is read from a file, and one that says nothing of a field is refused with its name', async () => {
    const file = join(folder.path, 'profile.json');
    const step = {
      method: 'PUT',
      path: '/t/{{epc}}',
      per: 'item',
      content: 'json',
      body: { on: true, why: '{{to}} {{ref}}' },
    };
    const profile = {
      v: 1,
      vendor: 'own',
      title: 'Own',
      documented: ['/marks'],
      placeholder: [
        '/auth',
        '/words',
        '/batch_max',
        '/timeout_ms',
        '/rate_per_s',
        '/one_order',
        '/verify_after',
      ],
      auth: { type: 'api_key', header: 'X-Key' },
      words: {},
      marks: { retail_sold: [step] },
    };
    writeFileSync(file, JSON.stringify(profile));
    await open(
      (request) => {
        const right = request.headers['x-key'] === 'k' && request.path === `/t/${ourEpc(1)}`;
        return right && request.body === JSON.stringify({ on: true, why: `retail_sold ${orderId(1)}` })
          ? { status: 200 }
          : REFUSED;
      },
      { profile_file: file, secrets: { key: secret('key', 'k') } },
    );
    sell(1, ourEpc(1));
    await all('delivered');
    // It has no words for a tag that comes back: nothing is on the list for it.
    takeBack(ourEpc(1));
    expect(deliveries()).toHaveLength(1);
    await vendors.close();
    writeFileSync(file, JSON.stringify({ ...profile, documented: [] }));
    await openAt('http://127.0.0.1:9', { profile_file: file });
    expect(vendors.list()).toMatchObject([
      { health: { state: 'offline', detail: expect.stringContaining('/marks/retail_sold/0/method') } },
    ]);
  });
});
