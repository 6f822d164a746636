import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { until } from '../testing/agent.ts';
import { ORDER, PrintBench, type QueueRun } from '../testing/print_bench.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: PrintBench;
beforeEach(async () => {
  bench = await PrintBench.open();
});
afterEach(() => bench.close());

describe('a death in the middle', () => {
  it('has "printing" on the disk before the first byte, and leaves a doubt that is not sent again', async () => {
    let atFirstByte = '';
    const one: QueueRun = bench.run({
      print: () => {
        atFirstByte = one.state.tables.printJobs
          .inStatus('printing')
          .map((job) => job.id)
          .join();
        return new Promise(() => {});
      },
    });
    one.hold(ORDER, 'EX-1');
    const job = one.submit({ order_id: ORDER });
    const behind = one.submit({ markup: '[L]behind<cut/>' });
    await until(() => expect(atFirstByte).toBe(job.id));
    await one.kill();

    const again = bench.run();
    await again.becomes(behind, 'printed');
    expect(again.state.tables.printJobs.get(job.id)).toMatchObject({ status: 'doubtful', attempts: 1 });
    expect(bench.printed()).toHaveLength(1);
    expect(bench.printed()[0]).toContain('behind');
    expect(again.state.tables.journal.pending(0, 10).map((report) => report.data['result'])).toContain(
      'doubtful',
    );
  });

  it.each([1, 60, 200, 400])('after %i bytes of the job prints no second original', async (bytes) => {
    bench.simulator.freezeAfter(bytes);
    const one = bench.run();
    one.hold(ORDER, 'EX-1');
    const job = one.submit({ order_id: ORDER });
    await until(() => expect(bench.simulator.jobBytes()).toBeGreaterThanOrEqual(bytes));
    await one.kill();
    bench.simulator.thaw();
    const again = bench.run();
    await again.becomes(job, 'doubtful');
    const last = again.submit({ markup: '[L]last<cut/>' });
    await again.becomes(last, 'printed');
    const paper = `${bench.printed().join('\n')}${bench.simulator.uncut()}`;
    expect(paper.split('EX-1').length - 1).toBeLessThanOrEqual(1);
  });
});

describe('a full disk', () => {
  const shrink = (one: QueueRun): void => {
    const pages = Number(one.state.database.prepare('PRAGMA page_count').get()?.['page_count']);
    one.state.database.exec(`PRAGMA max_page_count = ${pages}`);
    // A row that does not fit any more makes every write inside the same transaction fail with it.
    one.state.database.exec(
      "CREATE TEMP TRIGGER full BEFORE UPDATE OF status ON print_job BEGIN INSERT INTO receipt VALUES ('full', 'x', hex(zeroblob(200000)), 0); END",
    );
  };
  const grow = (one: QueueRun): void => {
    one.state.database.exec('DROP TRIGGER full; PRAGMA max_page_count = 100000');
    one.state.retryDisk();
  };

  it('lets no byte leave that it could not note', async () => {
    let sent = 0;
    const one = bench.run({
      print: async () => {
        sent += 1;
        return sent === 1
          ? { result: 'failed', reason: 'paper_out', detail: 'No paper.' }
          : { result: 'printed' };
      },
    });
    const job = one.submit({ markup: '[L]noted<cut/>' });
    await until(() =>
      expect(one.state.tables.printJobs.get(job.id)).toMatchObject({ status: 'queued', attempts: 1 }),
    );
    shrink(one);
    // The second attempt finds the disk full.
    await until(() => expect(one.state.disk.state).toBe('full'));
    expect(sent).toBe(1);
    grow(one);
    await one.becomes(job, 'printed');
    expect(sent).toBe(2);
  });

  it('keeps an outcome until it can be written', async () => {
    let finish = (): void => {};
    const one = bench.run({
      print: () => new Promise((resolve) => (finish = () => resolve({ result: 'printed' }))),
    });
    const job = one.submit({ markup: '[L]x<cut/>' });
    await one.becomes(job, 'printing');
    shrink(one);
    finish();
    await until(() => expect(one.state.disk.state).toBe('full'));
    expect(one.statusOf(job)).toBe('printing');
    grow(one);
    await one.becomes(job, 'printed');
  });
});
