import { describe, expect, it } from 'vitest';
import { addressFault, FulfilmentTarget } from './target.ts';

describe('the address of a receiver', () => {
  it.each([
    'https://pos.example.com/in',
    'https://pos.example.com:8443/in?store=1',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
    'https://172.15.0.1/',
    'https://100.63.0.1/',
  ])('may be %s', (url) => {
    expect(addressFault(url, false)).toBeNull();
  });

  it.each([
    'http://pos.example.com/',
    'ftp://pos.example.com/',
    'javascript:alert(1)',
    'pos.example.com',
    'https://user:secret@pos.example.com/',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://pos/',
    'https://till.local/',
    'https://db.internal/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.0.0.1/',
    'https://0177.0.0.1/',
    'https://0.0.0.0/',
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://172.31.255.255/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[2002:7f00:1::]/',
    'https://[2001:db8::1]/',
  ])('is not %s', (url) => {
    expect(addressFault(url, false)).not.toBeNull();
  });

  it('may be of the same machine in a demo, and still holds no credentials', () => {
    expect(addressFault('http://127.0.0.1:9000/', true)).toBeNull();
    expect(addressFault('http://a:b@127.0.0.1:9000/', true)).not.toBeNull();
    expect(addressFault('file:///etc/hosts', true)).toBe('only https');
  });
});

it('a target takes the document that its kind carries', () => {
  const target = {
    key: 'pos',
    kind: 'http_xml',
    url: 'https://pos.example.com/',
    secret_ref: 'FULFILMENT_POS',
  };
  expect(FulfilmentTarget.parse({ ...target, document: 'poslog_xml' })).toMatchObject({
    gate_on: 'completed',
    active: true,
    settings: { training: false, every_min: 1_440 },
  });
  for (const wrong of [
    { document: 'csv' },
    { document: 'poslog_xml', secret_ref: 'SIGNING_KEY' },
    { document: 'poslog_xml', key: 'POS 1' },
    { document: 'poslog_xml', colour: 'red' },
  ])
    expect(FulfilmentTarget.safeParse({ ...target, ...wrong }).success, JSON.stringify(wrong)).toBe(false);
});
