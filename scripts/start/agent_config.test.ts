import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DeviceId, RetailerId, StoreId } from '../../shared/ids/index.ts';
import { parseConfig } from '../../store-agent/config.ts';
import { type DemoFile, readDemoFile, writeDemoFile } from '../demo/demo_file.ts';
import { writeAgentConfig } from './agent_config.ts';
import { demoKeys } from './keys.ts';

const uuid = (n: number): string => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const device = (prefix: string, n: number) => ({
  id: DeviceId.parse(`${prefix}_${uuid(n)}`),
  username: `${prefix}${n}`,
  password: 'secret',
});
const DEMO: DemoFile = {
  retailer_id: RetailerId.parse(`ret_${uuid(1)}`),
  store_id: StoreId.parse(`str_${uuid(2)}`),
  currency: 'GBP',
  staff: {
    admin: { email: 'a', password: 'p' },
    manager: { email: 'm', password: 'p' },
    cashier: { email: 'c', password: 'p' },
  },
  gate: device('gat', 3),
  lane: device('gat', 4),
  reader_gate: device('gat', 5),
  reader: device('rdr', 6),
  printer: device('prn', 7),
  agent: { id: DeviceId.parse(`agt_${uuid(8)}`), token: 'agent token' },
  kiosk: { id: DeviceId.parse(`ksk_${uuid(9)}`), token: 'kiosk token' },
  service_token: 'service token',
  samples: { codes: [], promoted_codes: [], epcs: [], foreign_epcs: [] },
};
const PORTS = { edge: 1, cloud: 2, agent: 3, mqtt: 4, line: 5, floor: 6, llrp: 7, printer: 8, terminal: 9 };

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'sesame-config-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const isPrivate = (name: string): boolean => (statSync(join(data, name)).mode & 0o077) === 0;

test('the store agent reads the configuration that the demo writes, and reaches the edge over the line', () => {
  const places = {
    data,
    root: join(data, 'project'),
    reader: { host: '::1', port: 5084 },
    printer: { host: 'printer.local', port: 9101 },
  };
  const path = writeAgentConfig(places, DEMO, { ports: PORTS, floor_is_fixed: false });
  const config = parseConfig(readFileSync(path, 'utf8'), data);
  if (!config.ok) throw new Error(config.error.join('\n'));
  expect(config.value).toMatchObject({
    store_id: DEMO.store_id,
    agent_id: DEMO.agent.id,
    edge_url: 'http://127.0.0.1:5',
    http: { host: '127.0.0.1', port: 3 },
    mqtt: { host: '127.0.0.1', port: 4 },
    readers: [{ id: DEMO.reader.id, gate_id: DEMO.reader_gate.id, url: { host: '::1', port: 5084 } }],
    printers: [{ id: DEMO.printer.id, url: { host: 'printer.local', port: 9101 } }],
  });
  expect(readFileSync(config.value.token_file, 'utf8').trim()).toBe('agent token');
  expect(isPrivate('agent.json') && isPrivate('agent.token')).toBe(true);
});

test('keys and the demo’s secrets are the owner’s alone and stay the same', () => {
  const keys = demoKeys(data);
  expect(demoKeys(data)).toEqual(keys);
  expect(keys.edge.public).not.toHaveProperty('d');
  expect(keys.edge.private.kid).not.toBe(keys.cloud.private.kid);
  expect(readDemoFile(data)).toBeNull();
  writeDemoFile(data, DEMO);
  expect(readDemoFile(data)).toEqual(DEMO);
  expect(isPrivate('keys.json') && isPrivate('demo.json')).toBe(true);
});
