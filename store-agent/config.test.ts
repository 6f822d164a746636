import { describe, expect, it } from 'vitest';
import { Pulse } from '../hardware/pulse.ts';
import { unwrap } from '../shared/result.ts';
import { parseConfig } from './config.ts';
import { createLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { AGENT, GATE, PRINTER, READER, STORE } from './testing/fixtures.ts';

const minimal = {
  store_id: STORE,
  agent_id: AGENT,
  edge_url: 'https://edge.example/',
  token_file: 'token',
  data_dir: '/var/lib/agent',
  http: { port: 0 },
  mqtt: { port: 1883 },
};

describe('parseConfig', () => {
  it('fills in what goes without saying and reads paths from the file’s folder', () => {
    const reader = { id: READER, url: 'llrp://reader.example', gate_id: GATE };
    const printer = { id: PRINTER, name: 'Receipts', url: 'tcp://[::1]:9101', columns: 32 };
    const config = unwrap(
      parseConfig(
        JSON.stringify({ ...minimal, readers: [reader], printers: [printer], floor_dir: '../floor' }),
        '/etc/agent',
      ),
    );
    expect(config).toMatchObject({
      edge_url: 'https://edge.example',
      token_file: '/etc/agent/token',
      data_dir: '/var/lib/agent',
      floor_dir: '/etc/floor',
      http: { host: '127.0.0.1', port: 0 },
      readers: [{ url: { host: 'reader.example', port: 5084 }, outputs: {} }],
      printers: [{ url: { host: '::1', port: 9101 }, columns: 32 }],
      scanners: [],
      lines: [],
    });
  });

  it('knows a reader by the scheme of its address, and its secrets by the files that hold them', () => {
    const reader = (url: string, more: object = {}) => ({ id: READER, url, gate_id: GATE, ...more });
    const parse = (one: object) => parseConfig(JSON.stringify({ ...minimal, readers: [one] }), '/etc/agent');
    const files = { credentials_file: 'reader.json', certificate_file: 'reader.pem', preset: 'gate' };
    expect(unwrap(parse(reader('impinj+https://reader.example:8443', files))).readers).toMatchObject([
      {
        url: { protocol: 'impinj', base: 'https://reader.example:8443' },
        credentials_file: '/etc/agent/reader.json',
        certificate_file: '/etc/agent/reader.pem',
        preset: 'gate',
      },
    ]);
    const zebra = reader('zebra+mqtt://broker.example:1884/store/gate%201/', { mode: 'keep' });
    expect(unwrap(parse(zebra)).readers[0]?.url).toEqual({
      protocol: 'zebra_mqtt',
      base: 'mqtt://broker.example:1884',
      topic: 'store/gate 1',
    });
    const posting = reader('zebra+https://fx9600.example', { data_listen: { host: '0.0.0.0', port: 7_080 } });
    expect(unwrap(parse(posting)).readers[0]).toMatchObject({
      url: { protocol: 'zebra_http', base: 'https://fx9600.example' },
      data_listen: { host: '0.0.0.0', port: 7_080 },
    });
    const llrp = {
      session: 1,
      tag_population: 16,
      transmit_power_dbm: 27.5,
      dual_target: true,
      version: '1.1',
    };
    expect(unwrap(parse(reader('llrp://reader.example', { llrp }))).readers[0]).toMatchObject({ llrp });
    const events = { events_url: 'mqtts://broker.example/store/events', events_credentials_file: 'b.json' };
    expect(unwrap(parse(reader('impinj+http://reader.example', events))).readers[0]).toMatchObject({
      events_url: { base: 'mqtts://broker.example', topic: 'store/events' },
      events_credentials_file: '/etc/agent/b.json',
    });
    for (const wrong of [
      reader('llrp://reader.example', { events_url: 'mqtt://broker.example/x' }),
      reader('impinj+http://reader.example', { events_url: 'mqtt://broker.example/' }),
      reader('impinj+http://reader.example', { events_credentials_file: 'b.json' }),
      reader('zebra+http://fx9600.example'),
      reader('zebra+mqtt://broker.example'),
      reader('zebra+mqtt://broker.example/store/+'),
      reader('zebra+mqtt://broker.example/store%zz'),
      reader('zebra+mqtt://broker.example/store', { data_listen: { port: 1 } }),
      reader('llrp://reader.example', { mode: 'keep' }),
      reader('impinj://reader.example'),
      reader('impinj+http://root:secret@reader.example'),
      reader('impinj+http://reader.example/path'),
      reader('impinj+https://reader.example', { llrp: { session: 1 } }),
      reader('llrp://reader.example', { llrp: { session: 4 } }),
      reader('llrp+http://reader.example'),
      reader('llrp://reader.example', { preset: 'gate' }),
      reader('llrp://reader.example', { credentials_file: 'x' }),
      reader('impinj+http://reader.example', { certificate_file: 'x' }),
      reader('impinj+http://reader.example', { password: 'x' }),
    ]) {
      expect(parse(wrong), JSON.stringify(wrong)).toMatchObject({ ok: false });
    }
  });

  it('knows scanners by the way they are read, and lines by chip, name and role', () => {
    const parse = (more: object) => parseConfig(JSON.stringify({ ...minimal, ...more }), '/etc/agent');
    const line = { id: 'l', kind: 'gpio', chip: 'pinctrl-bcm2711', line: 'RELAY1', gate_id: GATE };
    const path = '/dev/input/by-id/usb-scanner-event-kbd';
    const scanners = [
      { id: 'a', kind: 'hid' },
      { id: 'b', kind: 'wedge', path, layout: 'de', terminators: ['tab'] },
      { id: 'c', kind: 'serial', path: '/dev/ttyACM0', baud: 9_600 },
    ];
    const lines = [
      { ...line, role: 'lamp.green' },
      { ...line, id: 'm', line: 4, role: 'presence' },
    ];
    const config = unwrap(parse({ scanners, lines }));
    expect(config.scanners).toMatchObject(scanners);
    expect(config.lines).toEqual([
      { ...line, role: 'lamp.green', active_low: false, fail_safe: 'off' },
      { ...line, id: 'm', line: 4, role: 'presence', active_low: false },
    ]);
    const noChip: Partial<typeof line> = { ...line };
    delete noChip.chip;
    for (const wrong of [
      { lines: [{ ...noChip, role: 'alarm' }] },
      { lines: [{ ...line, role: 'presence', fail_safe: 'on' }] },
      { lines: [{ ...line, role: 'siren' }] },
      { scanners: [{ id: 'a', kind: 'wedge', path: 'event7' }] },
      { scanners: [{ id: 'a', kind: 'wedge', path, terminators: [] }] },
      { scanners: [{ id: 'a', kind: 'serial' }] },
    ]) {
      expect(parse(wrong), JSON.stringify(wrong)).toMatchObject({ ok: false });
    }
  });

  it('lists every complaint at once', () => {
    const wrong = {
      ...minimal,
      edge_url: 'ftp://x',
      agent_id: GATE,
      http: { port: 70_000 },
      readers: [{ id: READER, url: 'http://x', gate_id: GATE }],
      colour: 'red',
    };
    const complaints = parseConfig(JSON.stringify(wrong), '/');
    expect(complaints.ok).toBe(false);
    if (complaints.ok) return;
    expect(complaints.error.map((line) => line.split(':')[0]).sort()).toEqual([
      '(whole file)',
      'agent_id',
      'edge_url',
      'http.port',
      'readers.0.url',
    ]);
  });

  it('refuses two devices with one id and text that is no JSON', () => {
    const printer = { id: PRINTER, name: 'x', url: 'tcp://x' };
    expect(parseConfig(JSON.stringify({ ...minimal, printers: [printer, printer] }), '/')).toMatchObject({
      ok: false,
      error: [expect.stringContaining('printers.1.id')],
    });
    expect(parseConfig('{', '/')).toMatchObject({ ok: false, error: [expect.stringContaining('not JSON')] });
  });
});

describe('the log', () => {
  const lines: string[] = [];
  const log = createLog(
    (line) => lines.push(line),
    () => 0,
  );

  it('writes one JSON line with allowed fields only, and no token whatever way it came', () => {
    const token = `${'a'.repeat(20)}.${'b'.repeat(20)}.${'c'.repeat(20)}`;
    log('warn', `refused ${token}`, {
      code: 7,
      detail: `bearer ${token}`,
      authorization: token,
      password: 'p',
      err: new Error('x\ny'),
      count: undefined,
    });
    log('debug', 'unheard');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.split('\n')).toHaveLength(2);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'warn',
      time: '1970-01-01T00:00:00.000Z',
      msg: 'refused [token]',
      code: 7,
      detail: 'bearer [token]',
      err: 'Error: x\ny',
    });
  });
});

describe('metrics', () => {
  it('are well-formed text with cumulative buckets', () => {
    const metrics = new Metrics();
    metrics.count('sesame_gate_decisions_total', { decision: 'open' });
    metrics.count('sesame_gate_decisions_total', { decision: 'open' }, 2);
    metrics.count('sesame_prints_total', { result: 'a"b\\c\nd' });
    for (const seconds of [0.000_02, 0.000_2, 0.3, 9]) metrics.decisionTook(seconds);
    const text = metrics.render({
      sesame_tags: 5,
      sesame_device_up: [{ labels: { device: 'x' }, value: 1 }],
    });
    expect(text).toContain('sesame_gate_decisions_total{decision="open"} 3\n');
    expect(text).toContain('sesame_prints_total{result="a\\"b\\\\c\\nd"} 1\n');
    expect(text).toContain('sesame_tags 5\n');
    const buckets = [...text.matchAll(/_bucket\{le="[^"]+"\} (\d+)/g)].map((match) => Number(match[1]));
    expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
    expect(buckets.at(-1)).toBe(4);
    expect(buckets.at(-2)).toBe(3);
    for (const line of text.trimEnd().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) sesame_\w+ .+|sesame_\w+(\{.*\})? -?[\d.e+-]+)$/);
  });
});

describe('a pulse', () => {
  it('switches on once and off once, however often it is given', async () => {
    const seen: boolean[] = [];
    const pulse = new Pulse((on) => seen.push(on), 20);
    for (let n = 0; n < 5; n++) pulse.give();
    expect(seen).toEqual([true]);
    await expect.poll(() => seen).toEqual([true, false]);
    pulse.give();
    pulse.end();
    pulse.end();
    expect(seen).toEqual([true, false, true, false]);
  });

  it('reads what a printer speaks off its address', () => {
    const urlOf = (url: string) => {
      const parsed = parseConfig(
        JSON.stringify({ ...minimal, printers: [{ id: PRINTER, name: 'x', url }] }),
        '/',
      );
      return parsed.ok ? parsed.value.printers[0]?.url : parsed.error.join();
    };
    expect(urlOf('tcp://till')).toEqual({ protocol: 'escpos', host: 'till', port: 9100 });
    expect(urlOf('epos+https://bar')).toEqual({
      protocol: 'epos',
      base: 'https://bar',
      devid: 'local_printer',
    });
    expect(urlOf('epos+http://bar:8080?devid=kitchen_1')).toEqual({
      protocol: 'epos',
      base: 'http://bar:8080',
      devid: 'kitchen_1',
    });
    for (const wrong of [
      'tcp://till?devid=x',
      'epos://bar',
      'http://bar',
      'epos+http://u:p@bar',
      'epos+http://bar?a=b',
    ])
      expect(urlOf(wrong), wrong).toMatch(/^printers\.0\.url: expected tcp/);
  });
});
