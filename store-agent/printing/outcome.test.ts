import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Rasterizer } from '../../hardware/raster/rasterizer.ts';
import { charsetOf, GENERIC } from '../../shared/receipt/index.ts';
import type { PrintStatus } from '../state/print_jobs.ts';
import { orderId, receiptOf, tempFolder } from '../testing/fixtures.ts';
import { afterOutcome, delayOf, orderPrint, PRINT_GIVE_UP_MS, PRINT_RETRY_MS, reprintOf } from './outcome.ts';
import { type Drawer, type Paper, renderJob } from './render.ts';
import { PrintRequest } from './request.ts';

describe('afterOutcome', () => {
  const job = { attempts: 2, created_at: 0 };
  it('tries again only what is proven not to have printed, and not for ever', () => {
    expect(afterOutcome(job, { result: 'printed' }, 5)).toEqual({
      status: 'printed',
      reason: null,
      detail: null,
    });
    expect(afterOutcome(job, { result: 'doubtful', reason: 'timeout', detail: 'd' }, 5)).toEqual({
      status: 'doubtful',
      reason: 'timeout',
      detail: 'd',
    });
    const failed = { result: 'failed', reason: 'paper_out', detail: 'd' } as const;
    expect(afterOutcome(job, failed, 5)).toEqual({
      status: 'queued',
      reason: 'paper_out',
      detail: 'd',
      retry_at: 5 + 2_000,
    });
    expect(afterOutcome(job, failed, PRINT_GIVE_UP_MS)).toEqual({
      status: 'failed',
      reason: 'paper_out',
      detail: 'd',
    });
  });

  it('waits longer and longer, up to the last step', () => {
    expect([0, 1, 2, 3, 99].map((attempts) => delayOf(PRINT_RETRY_MS, attempts))).toEqual([
      1_000, 1_000, 2_000, 5_000, 30_000,
    ]);
  });
});

describe('orderPrint', () => {
  const statuses: PrintStatus[] = ['waiting', 'queued', 'printing', 'printed', 'failed', 'doubtful'];
  it('never makes an original while another may be on paper or on its way', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...statuses), { maxLength: 6 }),
        fc.boolean(),
        (list, copyAsked) => {
          const wanted = orderPrint(
            list.map((status) => ({ status })),
            copyAsked,
          );
          if (!wanted.make) expect(wanted.job.status).not.toBe('failed');
          else {
            expect(
              list.every((status) => status === 'printed' || status === 'doubtful' || status === 'failed'),
            ).toBe(true);
            if (!wanted.copy) expect(list.every((status) => status === 'failed')).toBe(true);
          }
        },
      ),
      { seed: 2, numRuns: 300 },
    );
  });

  it('makes a copy when asked, unless a job is live', () => {
    expect(orderPrint([{ status: 'printed' }], true)).toEqual({ make: true, copy: true });
    expect(orderPrint([{ status: 'failed' }, { status: 'doubtful' }], false)).toEqual({
      make: false,
      job: { status: 'doubtful' },
    });
    expect(orderPrint([{ status: 'printed' }, { status: 'queued' }], true)).toEqual({
      make: false,
      job: { status: 'queued' },
    });
    expect(orderPrint([], false)).toEqual({ make: true, copy: false });
    expect(reprintOf('doubtful')).toEqual({ allowed: true, copy: true });
    expect(reprintOf('failed')).toEqual({ allowed: true, copy: false });
    expect(reprintOf('printing').allowed).toBe(false);
  });
});

describe('renderJob', () => {
  const receipt = receiptOf(orderId(1), 'EX-1');
  const folder = tempFolder();
  const paper48: Paper = { columns: 48, profile: GENERIC, charset: charsetOf(GENERIC, true) };
  const raster = new Rasterizer({ cacheDir: folder.path, fonts: [], logos: {} });
  const drawer: Drawer = { raster, logos: new Set() };
  afterAll(async () => {
    await raster.close();
    folder.remove();
  });
  const text = async (job: Parameters<typeof renderJob>[0]): Promise<string> => {
    const rendered = await renderJob(job, receipt, paper48, drawer);
    return rendered.ok ? Buffer.from(rendered.value.bytes).toString('latin1') : rendered.error;
  };
  const times = (paper: string, what: string): number => paper.split(what).length - 1;

  it('has one original of a receipt, and one cut a paper', async () => {
    const paper = await text({ kind: 'order', source: null, copies: 3, copy: false });
    expect(times(paper, 'EX-1')).toBeGreaterThanOrEqual(3);
    expect(times(paper, 'COPY')).toBe(2);
    expect(times(paper, '\x1dV')).toBe(3);
    expect(times(await text({ kind: 'order', source: null, copies: 1, copy: true }), 'COPY')).toBe(1);
    const already = {
      kind: 'receipt',
      source: JSON.stringify({ ...receipt, copy: true }),
      copies: 1,
      copy: true,
    } as const;
    expect(times(await text(already), 'COPY')).toBe(1);
  });

  it('prints markup as it is, and says what it cannot read', async () => {
    expect(await text({ kind: 'markup', source: '[C]<b>Hello</b>', copies: 2, copy: false })).toMatch(
      /Hello[\s\S]*Hello/,
    );
    expect(await text({ kind: 'markup', source: '<nope>', copies: 1, copy: false })).toMatch(/markup/);
    const unheld = { kind: 'order', source: null, copies: 1, copy: false } as const;
    expect((await renderJob(unheld, null, paper48, drawer)).ok).toBe(false);
  });
});

describe('PrintRequest', () => {
  it('is for exactly one thing', () => {
    const receipt = receiptOf(orderId(1), 'EX-1');
    for (const body of [
      { order_id: orderId(1) },
      { order_id: orderId(1), copy: true, copies: 2 },
      { receipt },
      { markup: 'x' },
    ]) {
      expect(PrintRequest.safeParse(body).success).toBe(true);
    }
    const wrong = [
      {},
      { order_id: orderId(1), markup: 'x' },
      { markup: '' },
      { markup: 'x', copy: true },
      { order_id: 'ord_1' },
      { markup: 'x', copies: 0 },
      { markup: 'x', more: 1 },
    ];
    for (const body of wrong) expect(PrintRequest.safeParse(body).success).toBe(false);
  });
});
