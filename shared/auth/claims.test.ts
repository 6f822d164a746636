import { describe, expect, it } from 'vitest';
import { Claims, Role } from './claims.ts';

const UUID = '01890000-0000-7000-8000-000000000001';
const claims = {
  iss: 'sesame-cloud',
  aud: 'sesame',
  sub: `stf_${UUID}`,
  role: 'manager',
  retailer: `ret_${UUID}`,
  store: `str_${UUID}`,
  iat: 1_780_000_000,
  exp: 1_780_003_600,
  jti: 'a',
};

describe('the claims of a token', () => {
  it('are read as they stand, without what nobody asked for', () => {
    expect(Claims.parse(claims)).toEqual(claims);
    expect(Claims.parse({ ...claims, scope: 'everything', admin: true })).toEqual(claims);
  });

  it('may be of the whole retailer and without a number', () => {
    const { store: _store, jti: _jti, ...whole } = claims;
    expect(Claims.parse(whole)).toEqual(whole);
  });

  it.each(Role.options)('may be those of a %s', (role) => {
    expect(Claims.parse({ ...claims, role }).role).toBe(role);
  });

  it.each(['iss', 'aud', 'sub', 'role', 'retailer', 'iat', 'exp'])('are none without %s', (name) => {
    expect(Claims.safeParse({ ...claims, [name]: undefined }).success).toBe(false);
    expect(Claims.safeParse({ ...claims, [name]: null }).success).toBe(false);
  });

  it.each([
    ['another issuer', { iss: 'sesame' }],
    ['another audience', { aud: 'sesame-exit' }],
    ['several audiences', { aud: ['sesame', 'other'] }],
    ['an empty subject', { sub: '' }],
    ['an endless subject', { sub: 'x'.repeat(129) }],
    ['a role that is none', { role: 'root' }],
    ['a list of roles', { role: ['admin'] }],
    ['a tenant that is none', { retailer: 'ret_1' }],
    ['a store that is none', { store: '*' }],
    ['another’s prefix', { store: `ret_${UUID}` }],
    ['no store in words', { store: null }],
    ['an end in words', { exp: '1780003600' }],
    ['an end between seconds', { exp: 1.5 }],
    ['an endless number', { jti: 'x'.repeat(65) }],
  ])('are none with %s', (_, more) => {
    expect(Claims.safeParse({ ...claims, ...more }).success).toBe(false);
  });
});
