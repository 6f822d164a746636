import { createLocalJWKSet, jwtVerify } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ExitPass, type Order } from '../../shared/api/order.ts';
import { EXIT_PASS_TYP, ExitPassClaims } from '../../shared/auth/exit_pass.ts';
import { openShop, type Shop, shirt } from '../basket/test/fixture.ts';
import { buy, call, cloudToken, enter, expectJson, type Guest, orderOf, readOrder } from './test/fixture.ts';

const Jwks = z.strictObject({
  keys: z.array(
    z.strictObject({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.string(),
      kid: z.string(),
      alg: z.literal('EdDSA'),
      use: z.literal('sig'),
      iss: z.enum(['sesame-edge', 'sesame-cloud']),
    }),
  ),
});

let shop: Shop;
let guest: Guest;
let order: Order;
beforeAll(async () => {
  shop = await openShop({ exit_pass_ttl_ms: 600_000 });
  guest = await enter(shop);
  order = await buy(guest, { code: 'COLA' }, { epc: shirt(1) }, { epc: shirt(2) });
});

const passOf = (query = '') =>
  expectJson(ExitPass.strict(), 200, guest.call('GET', `/v1/orders/${order.id}/exit_pass${query}`));

/** What an agent does that holds nothing but the published keys. */
async function verify(pass: string) {
  const reply = await call('GET', '/.well-known/jwks.json');
  expect(reply.headers.get('cache-control')).toBe('public, max-age=300');
  // Each key says which service signs with it; a pass is the edge's.
  const { keys } = await expectJson(Jwks, 200, reply);
  return jwtVerify(pass, createLocalJWKSet({ keys: keys.filter(({ iss }) => iss === 'sesame-edge') }), {
    algorithms: ['EdDSA'],
    audience: 'sesame-exit',
    issuer: 'sesame-edge',
    typ: EXIT_PASS_TYP,
  });
}

describe('the exit pass', () => {
  it('is verified by the published keys alone, and says which tags may leave', async () => {
    const { pass, expires_at, epcs } = await passOf();
    const { payload, protectedHeader } = await verify(pass);
    expect(protectedHeader).toEqual({ alg: 'EdDSA', kid: 'edge-test', typ: EXIT_PASS_TYP });
    const claims = ExitPassClaims.strict().parse(payload);
    expect(claims).toMatchObject({ order: order.id, number: order.number, store: shop.store_id });
    expect(claims.epcs.map(([epc]) => epc).sort()).toEqual([shirt(1), shirt(2)].sort());
    expect(claims.exp - claims.iat).toBe(600);
    expect(new Date(claims.exp * 1_000).toISOString()).toBe(expires_at);
    expect(epcs).toEqual(claims.epcs.map(([epc]) => epc));
  });

  it('stays the same until it is refreshed', async () => {
    const first = await passOf();
    expect(await passOf()).toEqual(first);
    expect(await passOf('?refresh=false')).toEqual(first);
    expect((await readOrder(guest, order.id)).exit_pass).toEqual(first);
    const second = await passOf('?refresh=true');
    expect(second.pass).not.toBe(first.pass);
    const [before, after] = [await verify(first.pass), await verify(second.pass)];
    expect(after.payload.jti).not.toBe(before.payload.jti);
    expect(after.payload['epcs']).toEqual(before.payload['epcs']);
    expect(await passOf()).toEqual(second);
    expect((await readOrder(guest, order.id)).exit_pass).toEqual(second);
  });

  it('is no longer good with one bit changed', async () => {
    const { pass } = await passOf();
    const [header, payload, signature = ''] = pass.split('.');
    const flipped = signature[0] === 'A' ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    await expect(verify(`${header}.${payload}.${flipped}`)).rejects.toThrow('signature');
  });

  it('is the shopper’s: staff and devices read the order without it', async () => {
    for (const role of ['admin', 'cashier', 'agent'] as const) {
      const token = await cloudToken(role, { store: shop.store_id });
      const reply = await call('GET', `/v1/orders/${order.id}`, { token });
      expect(reply.json, role).toMatchObject({ id: order.id, exit_pass: null });
    }
  });
});

describe('an order whose bag is to be checked', () => {
  it('is looked at by staff of its store; then the shopper has a pass that opens', async () => {
    const checked = await openShop({ order: { exit_check: { always: true } } });
    const shopper = await enter(checked);
    const bought = await buy(shopper, { code: 'COLA' }, { epc: shirt(1) });
    expect(bought.verification_status).toBe('pending');
    const path = `/v1/orders/${bought.id}/verification`;
    const verifyOf = async () => {
      const reply = shopper.call('GET', `/v1/orders/${bought.id}/exit_pass`);
      const { pass } = await expectJson(ExitPass, 200, reply);
      return ExitPassClaims.parse((await verify(pass)).payload).verify;
    };
    expect(await verifyOf()).toBe('staff');
    const token = await cloudToken('cashier', { store: checked.store_id });
    expect((await call('POST', path, { token, body: { result: 'failed' } })).status).toBe(422);
    const body = { result: 'verified', counts: { checked: 2, unpaid: 0 } };
    const reviewed = await call('POST', path, { token, body });
    expect(reviewed.json).toMatchObject({ id: bought.id, verification_status: 'verified', exit_pass: null });
    expect(await verifyOf()).toBeUndefined();
  });

  it('that is not paid is given up by staff', async () => {
    const other = await enter(shop);
    const token = await cloudToken('manager', { store: shop.store_id });
    const paid = await call('POST', `/v1/orders/${order.id}/cancel`, { token });
    expect(paid.json).toMatchObject({ code: 'already_paid' });
    const { id: opened } = await orderOf(other, { code: 'COLA' });
    expect((await call('POST', `/v1/orders/${opened}/cancel`, { token })).json).toMatchObject({
      id: opened,
      status: 'cancelled',
    });
  });
});
