import { createExecutionContext, env } from 'cloudflare:test';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Claims } from '../../shared/auth/claims.ts';
import { openShop, type Shop } from '../basket/test/fixture.ts';
import { keysOf } from './keys.ts';
import { app } from './test/document.ts';
import {
  buy,
  call,
  cloudClaims,
  codeOf,
  directly,
  enter,
  expectJson,
  type Guest,
  shopperClaims,
  sign,
} from './test/fixture.ts';
import { signToken, verifyToken } from './token.ts';

const seconds = () => Math.floor(Date.now() / 1000);
const encoded = (value: unknown) =>
  btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const kidOf = (jwk: string) => z.looseObject({ kid: z.string() }).parse(JSON.parse(jwk)).kid;

let shop: Shop;
let guest: Guest;
let order: string;
let basket: string;

beforeAll(async () => {
  shop = await openShop();
  guest = await enter(shop);
  const bought = await buy(guest, { code: 'COLA' });
  order = `/v1/orders/${bought.id}`;
  basket = `/v1/baskets/${bought.basket_id}`;
});

/** The owner's claims: with a good signature each of these tokens would open the order. */
const owner = (more: Partial<Claims> = {}) => shopperClaims(shop, { sub: guest.shopper_id, ...more });
const admin = (more: Partial<Claims> = {}) => cloudClaims('admin', more);

const BAD: [what: string, token: () => Promise<string> | string][] = [
  ['the edge’s key, which makes no admin', () => sign('edge', admin({ iss: 'sesame-edge' }))],
  ['the edge’s key in the cloud’s name', () => sign('edge', admin())],
  ['the cloud’s key, which makes no shopper', () => sign('cloud', owner({ iss: 'sesame-cloud' }))],
  ['the cloud’s key in the edge’s name', () => sign('cloud', owner())],
  ['a shopper in the cloud’s name', () => sign('edge', owner({ iss: 'sesame-cloud' }))],
  ['an admin in the edge’s name', () => sign('cloud', admin({ iss: 'sesame-edge' }))],
  ['the edge’s key under the cloud’s kid', () => sign('edge', admin(), { kid: kidOf(env.CLOUD_KEY) })],
  ['the cloud’s key under the edge’s kid', () => sign('cloud', owner(), { kid: kidOf(env.SIGNING_KEY) })],
  ['a kid that nobody has', () => sign('edge', owner(), { kid: 'another' })],
  ['no kid', () => sign('edge', owner(), { kid: undefined })],
  ['an end in the past', () => sign('edge', owner({ exp: seconds() - 60 }))],
  ['a beginning in the future', () => sign('edge', { ...owner(), nbf: seconds() + 60 })],
  ['another audience', () => sign('edge', { ...owner(), aud: 'sesame-exit' })],
  ['no audience', () => sign('edge', { ...owner(), aud: undefined })],
  ['another issuer', () => sign('edge', { ...owner(), iss: 'somebody' })],
  ['no end', () => sign('edge', { ...owner(), exp: undefined })],
  ['a role that is none', () => sign('cloud', { ...admin(), role: 'root' })],
  ['no tenant', () => sign('cloud', { ...admin(), retailer: undefined })],
  ['a shopper of no store', () => sign('edge', { ...owner(), store: undefined })],
  ['a shopper who is none', () => sign('edge', { ...owner(), sub: 'stf_1' })],
  ['alg none', () => `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(owner())}.`],
  [
    'alg none with a kid',
    () => `${encoded({ alg: 'none', kid: kidOf(env.SIGNING_KEY) })}.${encoded(owner())}.`,
  ],
  [
    'the public key as an HMAC secret',
    async () => {
      const { x } = z.looseObject({ x: z.string() }).parse(JSON.parse(env.SIGNING_KEY));
      return new SignJWT({ ...owner() })
        .setProtectedHeader({ alg: 'HS256', kid: kidOf(env.SIGNING_KEY) })
        .sign(new TextEncoder().encode(x));
    },
  ],
  [
    'other claims under a good signature',
    () => {
      const [header, , signature] = guest.token.split('.');
      return `${header}.${encoded({ ...decodeJwt(guest.token), sub: 'shp_x' })}.${signature}`;
    },
  ],
  ['no signature', () => guest.token.split('.').slice(0, 2).join('.')],
  ['the token twice', () => `${guest.token},${guest.token}`],
  [
    'an exit pass',
    async () =>
      (
        await expectJson(
          z.looseObject({ pass: z.string() }),
          200,
          call('GET', `${order}/exit_pass`, { token: guest.token }),
        )
      ).pass,
  ],
];

describe('a token is refused with', () => {
  it.each(BAD)('%s', async (_, token) => {
    expect(await codeOf(401, call('GET', order, { token: await token() }, directly))).toBe('unauthenticated');
  });

  it.each(['Basic', 'Token', '', 'BearerX'])('the scheme "%s"', async (scheme) => {
    const headers = { authorization: `${scheme} ${guest.token}` };
    expect(await codeOf(401, call('GET', basket, { headers }, directly))).toBe('unauthenticated');
  });
});

describe('a token is taken', () => {
  it('of the edge for its shopper, of the cloud for all others', async () => {
    for (const token of [await sign('edge', owner()), await sign('cloud', admin())])
      expect((await call('GET', order, { token })).status).toBe(200);
  });

  it('whatever the case of the scheme (RFC 9110, section 11.1)', async () => {
    const headers = { authorization: `bearer  ${guest.token}` };
    expect((await call('GET', basket, { headers })).status).toBe(200);
  });

  it('until it ends, also when it was seen before', async () => {
    const keys = await keysOf(env);
    const claims = owner({ iat: 1_000, exp: 2_000 });
    const token = await signToken(claims, keys);
    expect(await verifyToken(token, keys, 2_100_000)).toBeNull();
    expect(await verifyToken(token, keys, 1_999_000)).toEqual(claims);
    expect(await verifyToken(token, keys, 2_004_000)).toEqual(claims);
    expect(await verifyToken(token, keys, 2_005_000)).toBeNull();
    expect(await verifyToken(token, keys, 2_100_000)).toBeNull();
  });

  it('only by keys that are trusted now', async () => {
    const token = await sign('cloud', admin());
    const before = await keysOf(env);
    expect(await verifyToken(token, before, Date.now())).not.toBeNull();
    const withdrawn = await keysOf({ ...env, TRUSTED_KEYS: '{"keys":[]}' });
    expect(await verifyToken(token, withdrawn, Date.now())).toBeNull();
  });
});

describe('the keys', () => {
  const publicHalf = (text: string) => {
    const { kty, crv, x, kid } = z
      .looseObject({ kty: z.string(), crv: z.string(), x: z.string(), kid: z.string() })
      .parse(JSON.parse(text));
    return { kty, crv, x, kid };
  };

  it('that are published are public halves, whatever stands in the secrets', async () => {
    const { jwks } = await keysOf({
      ...env,
      SIGNING_KEY: JSON.stringify({ ...JSON.parse(env.SIGNING_KEY), key_ops: ['sign'], ext: false }),
      TRUSTED_KEYS: JSON.stringify({ keys: [JSON.parse(env.CLOUD_KEY)] }),
    });
    expect(jwks).toEqual({
      keys: [
        { ...publicHalf(env.SIGNING_KEY), alg: 'EdDSA', use: 'sig', iss: 'sesame-edge' },
        { ...publicHalf(env.CLOUD_KEY), alg: 'EdDSA', use: 'sig', iss: 'sesame-cloud' },
      ],
    });
  });

  it('that the edge signed with before its rotation still make shoppers, and nobody else', async () => {
    const shopper = await sign('edge', owner());
    const posing = await sign('edge', admin());
    const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const fresh = { ...(await exportJWK(pair.privateKey)), kid: 'edge-next' };
    const rotated = await keysOf({
      ...env,
      SIGNING_KEY: JSON.stringify(fresh),
      TRUSTED_KEYS: JSON.stringify({
        keys: [publicHalf(env.CLOUD_KEY), { ...publicHalf(env.SIGNING_KEY), iss: 'sesame-edge' }],
      }),
    });
    expect(await verifyToken(shopper, rotated, Date.now())).toMatchObject({ role: 'shopper' });
    expect(await verifyToken(posing, rotated, Date.now())).toBeNull();
    const issuers = rotated.jwks.keys.map(({ kid, ...more }) => [kid, 'iss' in more ? more.iss : null]);
    expect(issuers).toContainEqual(['edge-next', 'sesame-edge']);
    expect(issuers).toContainEqual([publicHalf(env.SIGNING_KEY).kid, 'sesame-edge']);
    expect(issuers).toContainEqual([publicHalf(env.CLOUD_KEY).kid, 'sesame-cloud']);
  });

  it('are each of one service: two that could be confused serve nobody', async () => {
    const ours = publicHalf(env.SIGNING_KEY);
    const cloud = publicHalf(env.CLOUD_KEY);
    for (const trusted of [
      [{ ...cloud, kid: ours.kid }],
      [{ ...ours, kid: 'another' }],
      [cloud, { ...cloud, kid: 'another' }],
    ]) {
      const confused = { ...env, TRUSTED_KEYS: JSON.stringify({ keys: trusted }) };
      await expect(keysOf(confused)).rejects.toThrow('two of the trusted keys');
      const ready = await call('GET', '/readyz', {}, (request) =>
        app.fetch(request, confused, createExecutionContext()),
      );
      expect(await codeOf(503, ready)).toBe('store_unavailable');
    }
  });
});
