import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EposSimulator, startEposSimulator } from '../../hardware/epos/simulator.ts';
import { type EscposSimulator, startEscposSimulator } from '../../hardware/escpos/simulator.ts';
import { decodeSymbols } from '../../hardware/raster/testing/decode.ts';
import { RENDERER_IS_HERE } from '../../hardware/raster/testing/raster.ts';
import { startTestAgent, type TestAgent, until } from '../testing/agent.ts';
import { TestEdge } from '../testing/edge.ts';
import { orderId, PRINTER, receiptOf, storeConfig, tempFolder } from '../testing/fixtures.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const BAR = PRINTER.replace('0000-7000', '0001-7000');
let edge: TestEdge;
let till: EscposSimulator;
let bar: EposSimulator;
let folder: ReturnType<typeof tempFolder>;
let agent: TestAgent;

beforeEach(async () => {
  edge = await new TestEdge().start();
  edge.config = storeConfig({ policies: { ask_edge_ms: 0 } });
  till = await startEscposSimulator({ host: '127.0.0.1', port: 0 });
  bar = await startEposSimulator({ host: '127.0.0.1', port: 0 });
  folder = tempFolder();
  writeFileSync(join(folder.path, 'crest.png'), greyPng(16, 16));
  agent = await startTestAgent(edge, folder.path, {
    printers: [
      {
        id: PRINTER,
        name: 'Till',
        url: `tcp://127.0.0.1:${till.port}`,
        profile: 'epson',
        drawer_open_level: 'low',
      },
      {
        id: BAR,
        name: 'Bar',
        url: `epos+http://127.0.0.1:${bar.port}?devid=local_printer`,
        profile: 'epson',
      },
    ],
    print_logos: { crest: 'crest.png' },
  });
  await until(() => expect(agent.state.jwks).not.toBeNull());
});
afterEach(async () => {
  await agent.stop();
  await till.close();
  await bar.close();
  await edge.stop();
  folder.remove();
});

async function printed(body: Record<string, unknown>): Promise<{ id: string; detail?: string }> {
  const made = await agent.call('POST', '/v1/print_jobs', { body });
  expect(made.status, made.text).toBe(202);
  const path = `/v1/print_jobs/${made.json.id}`;
  await until(async () => expect((await agent.call('GET', path)).json.status).toBe('printed'));
  return (await agent.call('GET', path)).json;
}

describe.skipIf(!RENDERER_IS_HERE)('what is beyond the printer', () => {
  const receipt = {
    ...receiptOf(orderId(7), 'EX-7'),
    language: 'ar',
    lines: [{ ...receiptOf(orderId(7), 'EX-7').lines[0], name: 'وشاح حرير' }],
    qr: 'https://shop.example/r/7',
  };

  it('comes out as pictures, on either printer, and the paper says the same in every preview', async () => {
    for (const [printer_id, slips] of [
      [PRINTER, () => till.receipts().map((one) => one.slip)],
      [BAR, () => bar.slips()],
    ] as const) {
      const headers = { authorization: `Bearer ${await edge.token('kiosk')}` };
      const job = await printed({ receipt, printer_id });
      expect(job.detail).toBeUndefined();
      const paper = slips().at(-1);
      expect(paper?.rows.filter((row) => row.kind === 'image').length).toBeGreaterThan(5);
      const preview = (format: string) =>
        fetch(`${agent.url}/v1/print_jobs/${job.id}/preview?format=${format}`, { headers });
      const text = await (await preview('text')).text();
      expect(text).toContain('وشاح حرير');
      expect(text).toContain('EX-7');
      const svg = await preview('svg');
      expect(svg.headers.get('content-type')).toBe('image/svg+xml');
      expect(await svg.text()).toMatch(/^<svg /);
      const png = await preview('png');
      expect(png.headers.get('content-type')).toBe('image/png');
      const found = await decodeSymbols(new Uint8Array(await png.arrayBuffer()));
      expect(found).toEqual([{ format: 'QRCode', text: receipt.qr }]);
    }
    expect(till.findings()).toEqual([]);
  });

  it('and a logo of the store is dithered: half grey is half ink', async () => {
    await printed({ markup: '[C]<img>crest</img>\n[C]Shop\n<cut/>' });
    const image = till
      .receipts()
      .at(-1)
      ?.slip.rows.find((row) => row.kind === 'image');
    if (image?.kind !== 'image') throw new Error('no picture');
    expect([image.widthBytes, image.heightDots]).toEqual([2, 16]);
    const dots = image.bits.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
    expect(dots).toBeGreaterThan(96);
    expect(dots).toBeLessThan(160);
    const refused = await agent.call('POST', '/v1/print_jobs', { body: { markup: '<img>nobody</img>' } });
    expect(refused.json.errors[0].code).toBe('bad_markup');
  });
});

describe('the cash drawer', () => {
  const kick = (id = PRINTER, options = {}) => agent.call('POST', `/v1/printers/${id}/drawer_kicks`, options);

  it('opens, says so, and the journal keeps who asked', async () => {
    const before = await agent.call('GET', `/v1/printers/${PRINTER}`);
    expect(before.json).toMatchObject({ profile: 'epson', status: { drawer: 'closed', paper: 'ok' } });
    const opened = await kick();
    expect(opened.status).toBe(201);
    expect(opened.json).toMatchObject({ result: 'printed', status: { drawer: 'open' } });
    expect(till.drawerKicks()).toBe(1);
    const told = () => [...edge.reports.values()].find((one) => one.kind === 'drawer');
    await until(() => expect(told()?.data).toMatchObject({ printer_id: PRINTER, result: 'printed' }));
    expect(told()?.data['asked_by']).toMatch(/\w/);
    till.closeDrawer();
    expect((await agent.call('GET', `/v1/printers/${PRINTER}`)).json.status.drawer).toBe('closed');
  });

  it('opens without paper and with an open cover', async () => {
    till.setPaper('out');
    expect((await kick()).status).toBe(201);
    till.setPaper('ok');
    till.setCover('open');
    expect((await kick()).status).toBe(201);
    expect(till.drawerKicks()).toBe(2);
  });

  it('opens once for one key, and not where there is no printer', async () => {
    const headers = { 'idempotency-key': 'once' };
    const [one, two] = [await kick(PRINTER, { headers }), await kick(PRINTER, { headers })];
    expect(two.json).toEqual(one.json);
    expect(till.drawerKicks()).toBe(1);
    expect((await kick(`prn_${crypto.randomUUID()}`)).status).toBe(404);
    await till.refuse();
    expect((await kick()).status).toBe(409);
    const agentToken = await edge.token('agent');
    expect((await kick(PRINTER, { token: agentToken })).status).toBe(403);
  });
});

/** A PNG of one even grey: signature, header, one deflated block, end (W3C PNG, section 11). */
function greyPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const rows = Buffer.concat(
    Array.from({ length: height }, () => Buffer.from([0, ...Array(width).fill(128)])),
  );
  const chunk = (type: string, body: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    const check = Buffer.alloc(4);
    check.writeUInt32BE(crc32(named) >>> 0);
    return Buffer.concat([length, named, check]);
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([signature, ...parts]);
}
