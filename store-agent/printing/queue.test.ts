import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ok, unwrap } from '../../shared/result.ts';
import { until } from '../testing/agent.ts';
import { orderId, receiptOf, storeConfig } from '../testing/fixtures.ts';
import { ORDER, PrintBench } from '../testing/print_bench.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: PrintBench;
beforeEach(async () => {
  bench = await PrintBench.open();
});
afterEach(() => bench.close());

describe('the print queue', () => {
  it('prints an order once, however often it is asked for, and again only as a copy', async () => {
    const one = bench.run();
    one.hold(ORDER, 'EX-1');
    const jobs = [
      one.submit({ order_id: ORDER }),
      one.submit({ order_id: ORDER }),
      one.submit({ order_id: ORDER, copy: true }),
    ];
    expect(new Set(jobs.map((job) => job.id)).size).toBe(1);
    const [job] = jobs;
    if (job === undefined) throw new Error('no job');
    await one.becomes(job, 'printed');
    expect(one.submit({ order_id: ORDER })).toMatchObject({ id: job.id, status: 'printed' });
    const copy = one.submit({ order_id: ORDER, copy: true });
    await one.becomes(copy, 'printed');
    expect(bench.printed()).toHaveLength(2);
    expect(bench.printed()[0]).toContain('EX-1');
    expect(bench.printed()[0]).not.toContain('COPY');
    expect(bench.printed()[1]).toContain('COPY');
    expect(one.jobs.filter((j) => j.id === job.id).map((j) => j.status)).toEqual([
      'queued',
      'queued',
      'queued',
      'printing',
      'printed',
      'printed',
    ]);
    const reports = one.state.tables.journal.pending(0, 10);
    expect(reports.map((report) => [report.kind, report.data['result'], report.data['copy']])).toEqual([
      ['print', 'printed', false],
      ['print', 'printed', true],
    ]);
  });

  it('prints receipts and markup in the order they came', async () => {
    const one = bench.run();
    const jobs = [
      one.submit({ markup: '[L]first<cut/>' }),
      one.submit({ receipt: receiptOf(ORDER, 'EX-2') }),
      one.submit({ markup: '[L]third<cut/>', copies: 2 }),
    ];
    await until(() =>
      expect(jobs.map((job) => one.statusOf(job))).toEqual(['printed', 'printed', 'printed']),
    );
    expect(bench.printed().map((text) => /first|EX-2|third/.exec(text)?.[0])).toEqual([
      'first',
      'EX-2',
      'third',
      'third',
    ]);
    expect(bench.simulator.connections().most).toBe(1);
  });

  it('tries a proven failure again by itself, and prints it once', async () => {
    bench.simulator.setPaper('out');
    const one = bench.run();
    const job = one.submit({ markup: '[L]patient<cut/>' });
    await until(() =>
      expect(one.state.tables.printJobs.get(job.id)).toMatchObject({
        status: 'queued',
        reason: 'paper_out',
        attempts: 1,
      }),
    );
    bench.simulator.setPaper('ok');
    await one.becomes(job, 'printed');
    expect(bench.printed()).toHaveLength(1);
  });

  it('leaves a doubt alone until someone asks', async () => {
    const one = bench.run();
    one.hold(ORDER, 'EX-1');
    bench.simulator.dropAfter(40);
    const job = one.submit({ order_id: ORDER });
    await one.becomes(job, 'doubtful');
    const next = one.submit({ markup: '[L]next<cut/>' });
    await one.becomes(next, 'printed');
    expect(one.statusOf(job)).toBe('doubtful');
    expect(one.submit({ order_id: ORDER }).id).toBe(job.id);
    const again = unwrap(unwrap(one.state.write((tables) => one.queue.reprint(tables, job.id))));
    expect(again).toMatchObject({ copy: true, reprint_of: job.id, status: 'queued' });
    one.queue.submitted(again);
    await one.becomes(again, 'printed');
    expect(bench.printed().at(-1)).toContain('COPY');
    expect(unwrap(one.state.write((tables) => one.queue.reprint(tables, 'prj_nobody')))).toEqual({
      ok: false,
      error: { code: 'not_found' },
    });
  });

  it('treats a driver that throws as a doubt', async () => {
    const one = bench.run({ print: () => Promise.reject(new Error('bug')) });
    const job = one.submit({ markup: 'x' });
    await until(() =>
      expect(one.state.tables.printJobs.get(job.id)).toMatchObject({
        status: 'doubtful',
        detail: 'Error: bug',
      }),
    );
  });
});

describe('an order that is not here yet', () => {
  it('waits, is bench.fetched, and prints', async () => {
    const one = bench.run();
    const job = one.submit({ order_id: ORDER });
    expect(job.status).toBe('waiting');
    await until(() => expect(bench.fetched.length).toBeGreaterThan(0));
    expect(one.statusOf(job)).toBe('waiting');
    bench.receiptAnswer = ok(receiptOf(ORDER, 'EX-9'));
    await one.becomes(job, 'printed');
    expect(bench.printed()[0]).toContain('EX-9');
    expect(bench.fetched.every((order) => order === ORDER)).toBe(true);
  });

  it('prints when its sale comes by the feed, also one that came before a restart', async () => {
    const one = bench.run();
    const job = one.submit({ order_id: ORDER });
    one.hold(ORDER, 'EX-1');
    await one.kill();
    const again = bench.run();
    await again.becomes(job, 'printed');
    const other = again.submit({ order_id: orderId(2) });
    again.hold(orderId(2), 'EX-2');
    again.queue.receiptsArrived([orderId(2)]);
    await again.becomes(other, 'printed');
    expect(bench.printed()).toHaveLength(2);
  });
});

describe('a store that prints by itself', () => {
  const sale = (order: string, at: number) => [{ order_id: order, at: new Date(at).toISOString() }];
  it('makes one job an order, only for sales of now, only where the policy says so', () => {
    const one = bench.run();
    const auto = (order: string, at: number) =>
      one.state.write((tables) => one.queue.autoPrint(tables, sale(order, at)));
    auto(orderId(1), Date.now());
    one.state.adoptConfig(storeConfig({ policies: { auto_print: true } }));
    auto(orderId(2), Date.now());
    auto(orderId(2), Date.now());
    auto(orderId(3), Date.now() - 3_600_000);
    expect(one.state.tables.printJobs.inStatus('waiting').map((job) => job.order_id)).toEqual([orderId(2)]);
  });
});
