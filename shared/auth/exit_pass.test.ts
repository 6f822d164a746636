import { describe, expect, it } from 'vitest';
import { BASKET_LINES_MAX } from '../basket/limits.ts';
import { Claims } from './claims.ts';
import { EXIT_PASS_TYP, ExitPassClaims } from './exit_pass.ts';

const UUID = '01890000-0000-7000-8000-000000000001';
const EPC = '303415C0C8000000000004D2';
const pass = {
  iss: 'sesame-edge',
  aud: 'sesame-exit',
  jti: UUID,
  order: `ord_${UUID}`,
  number: 'HS100042',
  store: `str_${UUID}`,
  epcs: [
    [EPC, 7],
    [`${EPC}0123`, 8],
  ],
  iat: 1_780_000_000,
  exp: 1_780_000_600,
};

describe('the claims of an exit pass', () => {
  it('are read as they stand', () => {
    expect(ExitPassClaims.parse(pass)).toEqual(pass);
    expect(ExitPassClaims.parse({ ...pass, epcs: [] }).epcs).toEqual([]);
  });

  it('hold the tags of the largest basket', () => {
    const full = Array(BASKET_LINES_MAX).fill([EPC, 1]);
    expect(ExitPassClaims.safeParse({ ...pass, epcs: full }).success).toBe(true);
    expect(ExitPassClaims.safeParse({ ...pass, epcs: [...full, [EPC, 1]] }).success).toBe(false);
  });

  it.each([
    ['another issuer', { iss: 'sesame-cloud' }],
    ['the audience of a token', { aud: 'sesame' }],
    ['a number that can be guessed', { jti: '1' }],
    ['an order that is none', { order: 'ord_1' }],
    ['a store that is none', { store: `ord_${UUID}` }],
    ['an EPC that is not canonical', { epcs: [[EPC.toLowerCase(), 7]] }],
    ['half a word of an EPC', { epcs: [[`${EPC}01`, 7]] }],
    ['an EPC that is too short', { epcs: [[EPC.slice(4), 7]] }],
    ['an EPC without its revision', { epcs: [[EPC]] }],
    ['a bare EPC', { epcs: [EPC] }],
    ['no revision yet', { epcs: [[EPC, 0]] }],
    ['more than a pair', { epcs: [[EPC, 7, 'free']] }],
    ['no end', { exp: undefined }],
  ])('are none with %s', (_, more) => {
    expect(ExitPassClaims.safeParse({ ...pass, ...more }).success).toBe(false);
  });
});

it('an exit pass is no token and a token no exit pass', () => {
  expect(EXIT_PASS_TYP).toBe('exit-pass+jwt');
  expect(Claims.safeParse({ ...pass, sub: 'x', role: 'admin', retailer: `ret_${UUID}` }).success).toBe(false);
});
