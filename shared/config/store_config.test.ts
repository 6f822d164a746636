import { describe, expect, it } from 'vitest';
import { OfflinePolicy } from '../offline/limits.ts';
import { BasketPolicy } from './basket_policy.ts';
import { OrderPolicy } from './order_policy.ts';
import { PaymentPolicy } from './payment_policy.ts';
import { RefundPolicy } from './refund_policy.ts';
import { DEFAULT_SCAN_POLICY } from './scan_policy.ts';
import { StoreConfig, StorePolicies } from './store_config.ts';

const UUID = '01890000-0000-7000-8000-000000000001';
const device = {
  id: `gat_${UUID}`,
  kind: 'gate',
  name: 'Gate 1',
  username: 'gate-1',
  secret_sha256: '0'.repeat(64),
};
const gateway = {
  gateway: 'test',
  account_key: `${UUID}.0123456789abcdef`,
  environment: 'test',
  methods: ['card'],
};
const config = {
  v: 1,
  version: 1,
  store_id: `str_${UUID}`,
  retailer_id: `ret_${UUID}`,
  name: 'High Street',
  address_lines: [],
  currency: 'GBP',
  timezone: 'Europe/London',
  prices_include_tax: true,
  tax_rounding: 'line',
  tax_codes: [],
  order_prefix: 'HS',
  company_prefixes: ['952000', '952000012345'],
  gateways: [gateway],
  devices: [device],
  receipt_footer: [],
  policies: {},
  demo: false,
};

describe('the configuration of a store', () => {
  it('takes a policy that nobody set from here', () => {
    expect(StoreConfig.parse(config)).toEqual({
      ...config,
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
    });
  });

  it('read again is the same: what was filled in stays', () => {
    const once = StoreConfig.parse(config);
    expect(StoreConfig.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });

  it.each([
    ['of another shape', { v: 2 }],
    ['before the first version', { version: 0 }],
    ['of no store', { store_id: `ret_${UUID}` }],
    ['of no tenant', { retailer_id: undefined }],
    ['in no currency', { currency: 'gbp' }],
    ['with an order prefix that fills the number', { order_prefix: 'x'.repeat(13) }],
    ['with a company prefix that is too short', { company_prefixes: ['12345'] }],
    ['with a company prefix that is too long', { company_prefixes: ['1234567890123'] }],
    ['with a webhook address that can be guessed', { gateways: [{ ...gateway, account_key: 'short' }] }],
    ['with a gateway of no environment', { gateways: [{ ...gateway, environment: 'demo' }] }],
    ['with a device of no kind', { devices: [{ ...device, kind: 'drone' }] }],
    ['with a device without a name to sign in', { devices: [{ ...device, username: '' }] }],
    ['with a secret that is no digest', { devices: [{ ...device, secret_sha256: 'secret' }] }],
    ['with a secret in upper case', { devices: [{ ...device, secret_sha256: 'A'.repeat(64) }] }],
    ['with a range of numbers that falls', { policies: { order: { numbers: { order: { lo: 9, hi: 9 } } } } }],
    ['with a draw above a million', { policies: { order: { exit_check: { rate_ppm: 1_000_001 } } } }],
    ['with a negative tax', { tax_codes: [{ code: 'x', levels: [{ id: 'a', name: 'A', rate_ppm: -1 }] }] }],
    [
      'with half a part per million',
      { tax_codes: [{ code: 'x', levels: [{ id: 'a', name: 'A', rate_ppm: 0.5 }] }] },
    ],
    ['without policies', { policies: undefined }],
  ])('is none %s', (_, more) => {
    expect(StoreConfig.safeParse({ ...config, ...more }).success).toBe(false);
  });
});

describe('a policy', () => {
  it.each([
    { reservation_ttl_ms: 99 },
    { basket_ttl_ms: 99 },
    { checkout_ttl_ms: 99 },
    { exit_pass_ttl_ms: 999 },
    { exit_pass_ttl_ms: 600_001 },
    { ask_edge_ms: -1 },
    { ask_edge_ms: 2_001 },
    { reservation_ttl_ms: 100.5 },
    { unknown_tag: 'open' },
    { offline_unsold: 'ignore' },
    { auto_print: 'yes' },
  ])('is bounded: %o', (policy) => {
    expect(StorePolicies.safeParse(policy).success).toBe(false);
  });

  it('may be set at its bounds', () => {
    const bounds = {
      reservation_ttl_ms: 100,
      exit_pass_ttl_ms: 600_000,
      ask_edge_ms: 0,
      offline_unsold: 'open',
    };
    expect(StorePolicies.parse(bounds)).toMatchObject(bounds);
  });
});
