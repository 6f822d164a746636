import { describe, expect, it } from 'vitest';
import { BasketPolicy } from '../config/basket_policy.ts';
import { OrderPolicy } from '../config/order_policy.ts';
import { PaymentPolicy } from '../config/payment_policy.ts';
import { RefundPolicy } from '../config/refund_policy.ts';
import { DEFAULT_SCAN_POLICY } from '../config/scan_policy.ts';
import { OfflinePolicy } from '../offline/limits.ts';
import { SAMPLE_RECEIPT } from '../receipt/receipt.fixture.ts';
import {
  AgentFrame,
  CLOSE,
  FEED_VERSION,
  FEED_VERSIONS_SPOKEN,
  Feed,
  FeedEntry,
  FRAME_ENTRIES_MAX,
  PING,
  PONG,
  StoreFrame,
  UnknownEntry,
} from './frames.ts';

const AT = '2026-07-01T10:00:00.000Z';
const UUID = '01890000-0000-7000-8000-000000000001';
const EPC = '303415C0C8000000000004D2';

const config = {
  v: 1,
  version: 3,
  store_id: `str_${UUID}`,
  retailer_id: `ret_${UUID}`,
  name: 'High Street',
  address_lines: ['1 High Street'],
  tax_number: 'GB 999 9999 73',
  currency: 'GBP',
  timezone: 'Europe/London',
  prices_include_tax: true,
  tax_rounding: 'line',
  tax_codes: [{ code: 'standard', levels: [{ id: 'vat', name: 'VAT', rate_ppm: 200_000 }] }],
  order_prefix: 'HS',
  company_prefixes: ['9520000'],
  gateways: [
    { gateway: 'test', account_key: `${UUID}.0123456789abcdef`, environment: 'test', methods: ['card'] },
  ],
  devices: [
    { id: `gat_${UUID}`, kind: 'gate', name: 'Gate 1', username: 'gate-1', secret_sha256: '0'.repeat(64) },
  ],
  receipt_footer: ['Thank you'],
  policies: {
    reservation_ttl_ms: 1_800_000,
    basket_ttl_ms: 86_400_000,
    checkout_ttl_ms: 900_000,
    exit_pass_ttl_ms: 600_000,
    unknown_tag: 'alarm',
    offline_unsold: 'alarm',
    ask_edge_ms: 150,
    grace_ms: 0,
    gates: {},
    auto_print: false,
    offline: OfflinePolicy.parse({}),
    scan: DEFAULT_SCAN_POLICY,
    basket: BasketPolicy.parse({}),
    order: OrderPolicy.parse({}),
    payment: PaymentPolicy.parse({}),
    refund: RefundPolicy.parse({}),
  },
  demo: true,
};
const sold = {
  epc: EPC,
  status: 'sold',
  rev: 7,
  item_id: `itm_${UUID}`,
  name: 'Shirt',
  order_id: `ord_${UUID}`,
};
const unsold = { epc: EPC, status: 'unsold', rev: 8 };

const ENTRIES = {
  sale: {
    seq: 5,
    at: AT,
    type: 'sale',
    order_id: `ord_${UUID}`,
    number: 'HS100042',
    tags: [sold],
    receipt: SAMPLE_RECEIPT,
  },
  tags: { seq: 6, at: AT, type: 'tags', tags: [unsold] },
  config: { seq: 7, at: AT, type: 'config', config },
  shelf: { seq: 8, at: AT, type: 'shelf', version: 12 },
};

/** One of each frame as it stands on the wire: what an agent or an edge of this version has learned to read. */
const FROM_AGENT = {
  'hello, for the first time': {
    type: 'hello',
    v: 1,
    agent: `agt_${UUID}`,
    journal: UUID,
    epoch: null,
    cursor: 0,
  },
  'hello again': { type: 'hello', v: 1, agent: `agt_${UUID}`, journal: UUID, epoch: UUID, cursor: 41 },
  ack: { type: 'ack', cursor: 42 },
  'report of an alarm': {
    type: 'report',
    id: 1,
    at: AT,
    kind: 'gate.alarm',
    data: { gate_id: `gat_${UUID}`, epcs: [EPC] },
  },
  'report of nothing more': { type: 'report', id: 2, at: AT, kind: 'clock', data: {} },
};
const FROM_STORE = {
  'welcome to the log': { type: 'welcome', v: 1, epoch: UUID, head: 42, resume: 'log', now: AT },
  'welcome to a snapshot': { type: 'welcome', v: 1, epoch: UUID, head: 0, resume: 'snapshot', now: AT },
  'first part of a snapshot': {
    type: 'snapshot',
    part: 0,
    last: false,
    head: 42,
    tags: [sold, unsold],
    config,
    shelf_version: 12,
  },
  'last part of a snapshot': { type: 'snapshot', part: 1, last: true, head: 42, tags: [] },
  feed: { type: 'feed', after: 4, entries: Object.values(ENTRIES) },
  accepted: { type: 'accepted', id: 1 },
  'refused hello': { type: 'refused', code: 'unsupported_version', detail: 'version 9 is not spoken here' },
  'refused report': { type: 'refused', code: 'invalid', detail: 'x', id: 2 },
  pong: { type: 'pong' },
};

describe('frames that are spoken', () => {
  it.each(Object.entries(FROM_AGENT))('the agent’s %s', (_, frame) => {
    expect(AgentFrame.parse(JSON.parse(JSON.stringify(frame)))).toEqual(frame);
  });

  it.each(Object.entries(FROM_STORE))('the store’s %s', (_, frame) => {
    expect(StoreFrame.parse(JSON.parse(JSON.stringify(frame)))).toEqual(frame);
  });

  it('the entries of the log', () => {
    for (const entry of Object.values(ENTRIES)) expect(FeedEntry.parse(entry)).toEqual(entry);
  });

  it('ping and pong, byte for byte: the platform compares texts', () => {
    expect(PING).toBe(JSON.stringify({ type: 'ping' }));
    expect(PONG).toBe(JSON.stringify({ type: 'pong' }));
    expect(StoreFrame.parse(JSON.parse(PONG))).toEqual({ type: 'pong' });
  });

  it('the version that is spoken, and the one before it once there is one', () => {
    expect(FEED_VERSIONS_SPOKEN).toContain(FEED_VERSION);
    for (const v of FEED_VERSIONS_SPOKEN) expect([FEED_VERSION, FEED_VERSION - 1]).toContain(v);
  });
});

describe('an entry of a type that this build does not know', () => {
  const future = { seq: 9, at: AT, type: 'refund', order_id: 'x', nested: { deep: [1, null, 'é'] } };

  it('comes through a frame whole, among those that are known', () => {
    const frame = { type: 'feed', after: 7, entries: [ENTRIES.shelf, future] };
    expect(Feed.parse(frame)).toEqual(frame);
    expect(UnknownEntry.parse(future)).toEqual(future);
    expect(FeedEntry.safeParse(future).success).toBe(false);
  });

  it('still has its seq and its time, which count', () => {
    for (const lacking of [
      { ...future, seq: undefined },
      { ...future, at: 'yesterday' },
      { ...future, seq: 0 },
    ])
      expect(Feed.safeParse({ type: 'feed', after: 7, entries: [lacking] }).success).toBe(false);
  });
});

describe('what is no frame', () => {
  it.each([
    ['nothing', null],
    ['a text', 'hello'],
    ['a list', []],
    ['no type', { v: 1 }],
    ['a type that nobody says', { type: 'goodbye' }],
    ['a frame of the other side', FROM_STORE.accepted],
    ['a hello without a cursor', { ...FROM_AGENT['hello again'], cursor: undefined }],
    ['a cursor below nothing', { ...FROM_AGENT['hello again'], cursor: -1 }],
    ['half a cursor', { type: 'ack', cursor: 1.5 }],
    ['an agent with too long a name', { ...FROM_AGENT['hello again'], agent: 'x'.repeat(129) }],
    ['a report without a number', { ...FROM_AGENT['report of an alarm'], id: 0 }],
    ['a report of something else', { ...FROM_AGENT['report of an alarm'], kind: 'gossip' }],
    ['a report at no time', { ...FROM_AGENT['report of an alarm'], at: '1 July' }],
    ['a report whose data are no object', { ...FROM_AGENT['report of an alarm'], data: [] }],
  ])('is refused from an agent: %s', (_, frame) => {
    expect(AgentFrame.safeParse(frame).success).toBe(false);
  });

  it.each([
    ['a frame of the agent', FROM_AGENT.ack],
    [
      'a tag whose EPC is not canonical',
      { ...FROM_STORE['last part of a snapshot'], tags: [{ ...sold, epc: EPC.toLowerCase() }] },
    ],
    [
      'a tag of a status that is none',
      { ...FROM_STORE['last part of a snapshot'], tags: [{ ...sold, status: 'lost' }] },
    ],
    [
      'a tag that was never revised',
      { ...FROM_STORE['last part of a snapshot'], tags: [{ ...sold, rev: 0 }] },
    ],
    [
      'too many entries',
      { type: 'feed', after: 0, entries: Array(FRAME_ENTRIES_MAX + 1).fill(ENTRIES.shelf) },
    ],
    ['another way to resume', { ...FROM_STORE['welcome to the log'], resume: 'maybe' }],
  ])('is refused from a store: %s', (_, frame) => {
    expect(StoreFrame.safeParse(frame).success).toBe(false);
  });
});

it('every close code is a private one (RFC 6455, section 7.4.2) and says one thing', () => {
  const codes = Object.values(CLOSE);
  expect(new Set(codes).size).toBe(codes.length);
  for (const code of codes) {
    expect(code).toBeGreaterThanOrEqual(4_000);
    expect(code).toBeLessThan(5_000);
  }
});
