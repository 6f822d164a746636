import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { testAccount } from './fake/attempt.ts';
import { gatewayOf } from './registry.ts';

const ORIGIN = 'https://edge.example';
const at = (gateway: string, settings = {}) =>
  testAccount(gateway, { secret_ref: 'GATEWAY_OF_TEST', base_url: 'https://provider.example', settings });
const withSecret = (secret: unknown) => ({
  ...env,
  GATEWAY_OF_TEST: typeof secret === 'string' ? secret : JSON.stringify(secret),
});

describe('the adapter of an account', () => {
  it.each([
    ['checkout', { secret_key: 'sk_1', webhook_key: 'w' }, {}],
    ['quickpay', { api_key: 'a', private_key: 'p' }, {}],
    ['paypal', { client_id: 'c', client_secret: 's' }, { webhook_id: 'W1' }],
    ['generic_card', { secret: 's' }, {}],
    ['airtel_money', { client_id: 'c', client_secret: 's' }, { country: 'KE' }],
    ['upi', { key_id: 'k', key_secret: 's', webhook_secret: 'w' }, {}],
    ['upi_generic', { webhook_secret: 'a secret of a shop' }, { vpa: 'shop@bank', payee_name: 'Shop' }],
    [
      'mpesa',
      { consumer_key: 'k', consumer_secret: 's', passkey: 'p', callback_key: 'a key of a shop.' },
      { shortcode: '174379' },
    ],
  ])('%s is made of its settings and its secret, and of nothing less', (gateway, secret, settings) => {
    expect(gatewayOf(withSecret(secret), at(gateway, settings), ORIGIN)?.id).toBe(gateway);
    expect(gatewayOf(withSecret({}), at(gateway, settings), ORIGIN)).toBeNull();
  });

  it('is none where the secret is no object of texts, and the log names only the secret’s name', () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(gatewayOf(withSecret('not JSON: hush'), at('generic_card'), ORIGIN)).toBeNull();
    expect(gatewayOf(withSecret({ secret: 7 }), at('generic_card'), ORIGIN)).toBeNull();
    expect(JSON.stringify(said.mock.calls)).toContain('GATEWAY_OF_TEST');
    expect(JSON.stringify(said.mock.calls)).not.toContain('hush');
    said.mockRestore();
  });

  it('is none of a gateway that nobody wrote', () => {
    expect(gatewayOf(withSecret({ secret: 's' }), at('carrier_pigeon'), ORIGIN)).toBeNull();
  });
});
