import { expect, it } from 'vitest';
import { parseConfig } from './config.ts';

const uuid = '01980000-0000-7000-8000-000000000001';
const good = {
  store_id: `str_${uuid}`,
  agent_id: `agt_${uuid}`,
  edge_url: 'https://edge.example',
  token_file: 'token',
  data_dir: 'data',
  http: { port: 7070 },
  mqtt: { port: 1883 },
};

it('ids that stand twice and ports that two want are listed together with every other mistake', () => {
  const printer = { id: `prn_${uuid}`, name: 'Till', url: 'tcp://192.0.2.1' };
  const text = JSON.stringify({
    ...good,
    edge_url: 'ftp://edge',
    mqtt: { port: 7070, tls: { port: 8883 } },
    gate_http: { port: 8883 },
    readers: [{ data_listen: { port: 8883 } }],
    printers: [printer, printer, { ...printer, url: 'udp://x' }],
    colour: 'blue',
  });
  const config = parseConfig(text, '/etc');
  expect(config.ok).toBe(false);
  const complaints = config.ok ? [] : config.error;
  for (const one of [
    /^edge_url: /,
    /^printers\.2\.url: /,
    /colour/,
    /^printers\.1\.id: .*twice/,
    /^printers\.2\.id: .*twice/,
    /^mqtt\.port: another listener/,
    /^gate_http\.port: another listener/,
    /^readers\.0\.data_listen\.port: another listener/,
  ])
    expect(complaints.filter((complaint) => one.test(complaint))).toHaveLength(1);
});

it('any free port contradicts nothing', () => {
  const text = JSON.stringify({ ...good, http: { port: 0 }, mqtt: { port: 0 } });
  expect(parseConfig(text, '/etc').ok).toBe(true);
});
