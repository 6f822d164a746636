import { env, runInDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, it } from 'vitest';
import { directResponseXml, parseRequest } from '../../shared/receipt/epos_xml.ts';
import { CloudPrintJob } from '../../shared/rpc/cloud_print.ts';
import { openShop, retailer, type Shop, shirt } from '../basket/test/fixture.ts';
import { StarOffer } from '../print/cloudprnt.ts';
import { CLOUD_PRINT_SILENCE_MS_MAX } from '../store/print/cloud_jobs.ts';
import { buy, call, cloudToken, codeOf, directly, enter, expectJson, type Reply } from './test/fixture.ts';

const PRINTER = `prn_${crypto.randomUUID()}`;
const SECRET = 'a printer’s 256 random bits';
let shop: Shop;
let staff: string;
let orderId: string;

beforeEach(async () => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(SECRET));
  const secret_sha256 = Array.from(new Uint8Array(digest), (one) => one.toString(16).padStart(2, '0')).join(
    '',
  );
  const device = { id: PRINTER, kind: 'printer', name: 'Bar', username: 'bar', secret_sha256 };
  shop = await openShop({}, { devices: [device] });
  staff = await cloudToken('cashier', { store: shop.store_id });
  orderId = (await buy(await enter(shop), { code: 'COLA' }, { epc: shirt(1) })).id;
});

const basic = (name: string, secret: string): string =>
  `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${name}:${secret}`)))}`;
const path = (end: string, printer = PRINTER) =>
  `/v1/stores/${shop.store_id}/cloud_printers/${printer}/${end}`;
const asPrinter = (
  method: string,
  end: string,
  sent: { body?: unknown; form?: Record<string, string> } = {},
) =>
  call(
    method,
    path(end),
    {
      ...(sent.body === undefined ? {} : { body: sent.body }),
      ...(sent.form === undefined ? {} : { raw: new URLSearchParams(sent.form).toString() }),
      headers: {
        authorization: basic('bar', SECRET),
        ...(sent.form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
    },
    directly,
  );
const ask = (more: Record<string, unknown> = {}, key?: string): Promise<Reply> =>
  call(
    'POST',
    `/v1/stores/${shop.store_id}/cloud_print_jobs`,
    { token: staff, body: { order_id: orderId, printer_id: PRINTER, ...more }, ...(key ? { key } : {}) },
    directly,
  );
const asked = async (more: Record<string, unknown> = {}) => expectJson(CloudPrintJob, 202, ask(more));
const jobNow = (id: string) =>
  expectJson(
    CloudPrintJob,
    200,
    call('GET', `/v1/stores/${shop.store_id}/cloud_print_jobs/${id}`, { token: staff }, directly),
  );
const poll = async (body: Record<string, unknown> = { statusCode: '200%20OK', printingInProgress: false }) =>
  expectJson(StarOffer, 200, asPrinter('POST', 'cloudprnt', { body }));
const fetchJob = (token = '', type = 'application/vnd.star.line') =>
  asPrinter('GET', `cloudprnt?uid=x&mac=00:11:62:00:00:01&type=${encodeURIComponent(type)}&token=${token}`);
const confirm = (token: string, code: string) =>
  asPrinter('DELETE', `cloudprnt?uid=x&code=${encodeURIComponent(code)}&token=${token}`);
/** As if so much time had passed since the printer fetched its job. */
const later = (ms: number) =>
  runInDurableObject(env.STORE.getByName(shop.store_id), (_, state) => {
    state.storage.sql.exec('UPDATE cloud_print_job SET updated_at = updated_at - ?', ms);
  });

describe('Star CloudPRNT', () => {
  it('offers nothing until somebody asks, then the job once, and notes that it is on paper', async () => {
    expect(await poll()).toEqual({ jobReady: false });
    const job = await asked();
    expect(job).toMatchObject({ status: 'queued', copy: false });
    const offer = await poll();
    expect(offer).toMatchObject({ jobReady: true, mediaTypes: ['application/vnd.star.line', 'text/plain'] });
    const fetched = await fetchJob(offer.jobToken);
    expect(fetched.status).toBe(200);
    expect(fetched.headers.get('content-type')).toBe('application/vnd.star.line');
    expect([...fetched.bytes.slice(0, 2)]).toEqual([0x1b, 0x40]);
    expect(new TextDecoder('latin1').decode(fetched.bytes)).toContain('Item COLA');
    expect((await jobNow(job.id)).status).toBe('sent');
    expect(await poll()).toEqual({ jobReady: false });
    expect((await confirm(offer.jobToken ?? '', '200 OK')).status).toBe(200);
    expect((await jobNow(job.id)).status).toBe('printed');
    expect(await poll()).toEqual({ jobReady: false });
    // Asked again, the paper is there; only a copy is another.
    expect((await asked()).id).toBe(job.id);
    const copy = await asked({ copy: true });
    expect(copy).toMatchObject({ status: 'queued', copy: true });
    expect((await fetchJob((await poll()).jobToken, 'text/plain')).text).toContain('COPY');
  });

  it('gives the same job again to a printer whose download broke', async () => {
    await asked();
    const { jobToken } = await poll();
    const [one, two] = [await fetchJob(jobToken), await fetchJob(jobToken)];
    expect(two.bytes).toEqual(one.bytes);
    expect((await fetchJob(jobToken, 'image/png')).status).toBe(415);
    expect((await fetchJob('nosuch')).status).toBe(404);
  });

  it('never gives a job twice after a silence: it is doubtful, until a late word makes it a fact', async () => {
    const job = await asked();
    const { jobToken = '' } = await poll();
    await fetchJob(jobToken);
    await later(CLOUD_PRINT_SILENCE_MS_MAX);
    expect(await poll({ statusCode: '200%20OK', printingInProgress: true })).toEqual({ jobReady: false });
    expect((await jobNow(job.id)).status).toBe('sent');
    expect(await poll()).toEqual({ jobReady: false });
    expect(await jobNow(job.id)).toMatchObject({ status: 'doubtful' });
    expect((await asked()).id).toBe(job.id);
    await confirm(jobToken, '200 OK');
    expect((await jobNow(job.id)).status).toBe('printed');
  });

  it.each([
    ['520 Timeout, client could not download', 'failed'],
    ['511 Media decoding error', 'failed'],
    ['410 Paper out', 'doubtful'],
    ['211 OK Paper low', 'printed'],
    ['OK', 'printed'],
  ])('takes %s as %s', async (code, status) => {
    const job = await asked();
    const { jobToken = '' } = await poll();
    await fetchJob(jobToken);
    await confirm(jobToken, code);
    expect((await jobNow(job.id)).status).toBe(status);
    // What is proven not to be on paper is printed again for the asking, and is no copy.
    const again = await asked();
    expect(again.id === job.id).toBe(status !== 'failed');
    expect(again.copy).toBe(false);
  });

  it('offers nothing to a printer without paper', async () => {
    await asked();
    expect(await poll({ statusCode: '410%20Paper%20out' })).toEqual({ jobReady: false });
    expect((await poll()).jobReady).toBe(true);
  });
});

describe('Epson Server Direct Print', () => {
  const request = () =>
    asPrinter('POST', 'direct_print', { form: { ConnectionType: 'GetRequest', ID: 'x' } });
  const respond = (token: string, response: { success: boolean; code: string; status: number }) =>
    asPrinter('POST', 'direct_print', {
      form: {
        ConnectionType: 'SetResponse',
        ResponseFile: directResponseXml(token, 'local_printer', response),
      },
    });

  it('answers a poll with the job and takes the printer’s word for it', async () => {
    expect((await request()).text).toBe('');
    const job = await asked();
    const answer = await request();
    expect(answer.headers.get('content-type')).toBe('text/xml; charset=utf-8');
    const given = parseRequest(answer.text);
    if (given === null) throw new Error(answer.text);
    expect(given.token).toMatch(/^[0-9a-f]{24}$/);
    expect(new TextDecoder('latin1').decode(given.job)).toContain('Item COLA');
    expect((await request()).text).toBe('');
    await respond(given.token, { success: true, code: '', status: 2 });
    expect((await jobNow(job.id)).status).toBe('printed');
  });

  it('keeps a failure in mid-job as a doubt and a refused document as a failure', async () => {
    for (const [code, status] of [
      ['EPTR_REC_EMPTY', 'doubtful'],
      ['SchemaError', 'failed'],
    ] as const) {
      const job = await asked({ copy: true });
      const { token = '' } = parseRequest((await request()).text) ?? {};
      await respond(token, { success: false, code, status: 0 });
      expect((await jobNow(job.id)).status).toBe(status);
    }
    expect(
      (await asPrinter('POST', 'direct_print', { form: { ConnectionType: 'SetResponse' } })).status,
    ).toBe(422);
  });
});

describe('who may', () => {
  it('knows a printer by its own user name and secret alone', async () => {
    for (const authorization of [
      undefined,
      basic('bar', 'wrong'),
      basic('foo', SECRET),
      'Basic ???',
      `Bearer ${staff}`,
    ]) {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      for (const [method, end] of [
        ['POST', 'cloudprnt'],
        ['GET', 'cloudprnt'],
        ['DELETE', 'cloudprnt'],
      ] as const) {
        const reply = await call(method, path(end), { headers }, directly);
        expect(await codeOf(401, reply)).toBe('unauthenticated');
        expect(reply.headers.get('www-authenticate')).toMatch(/^Basic /);
      }
    }
    const other = `prn_${crypto.randomUUID()}`;
    const headers = { authorization: basic('bar', SECRET) };
    expect((await call('GET', path('cloudprnt', other), { headers }, directly)).status).toBe(401);
  });

  it('prints orders of its own store, on printers of its own store', async () => {
    expect(await codeOf(422, ask({ printer_id: `prn_${crypto.randomUUID()}` }))).toBe('invalid');
    expect(await codeOf(404, ask({ order_id: `ord_${crypto.randomUUID()}` }))).toBe('not_found');
    const foreign = await openShop();
    const order_id = (await buy(await enter(foreign), { code: 'COLA' })).id;
    expect(await codeOf(404, ask({ order_id }))).toBe('not_found');
    const stranger = await cloudToken('cashier', { store: foreign.store_id });
    const url = `/v1/stores/${shop.store_id}/cloud_print_jobs`;
    const body = { order_id: orderId, printer_id: PRINTER };
    expect(await codeOf(404, call('POST', url, { token: stranger, body }, directly))).toBe('not_found');
    expect(retailer).toBe(shop.config.retailer_id);
  });

  it('makes one copy for one key', async () => {
    const [one, two] = [await ask({ copy: true }, 'key-1'), await ask({ copy: true }, 'key-1')];
    expect(two.json).toEqual(one.json);
    expect(two.headers.get('idempotency-replayed')).toBe('true');
  });
});
