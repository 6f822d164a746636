import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DeviceId } from '../../../shared/ids/index.ts';
import { NUMBER_VALUE_MAX, type NumberLease } from '../../../shared/offline/lease.ts';
import { unwrap } from '../../../shared/result.ts';
import { single } from '../sql.ts';
import { type Bench, onBench } from '../test/fixture.ts';
import { closeLease, leaseNumbers, OPEN_LEASES_MAX, openLeases, recordNumber } from './leases.ts';

const device = (n: number) => DeviceId.parse(`ksk_00000000-0000-7000-8000-${String(n).padStart(12, '0')}`);
const kiosk = (n: number) => ({
  id: device(n),
  kind: 'kiosk',
  name: `K${n}`,
  username: device(n),
  secret_sha256: '0'.repeat(64),
});
const devices = { devices: [kiosk(1), kiosk(2), { ...kiosk(3), kind: 'printer' }] };

const lease = (bench: Bench, n = 1, count = 50) =>
  bench.run((scope) => leaseNumbers(scope, { agent: 'agt_1', device_id: device(n), count }));
const leased = (bench: Bench, n = 1, count = 50): NumberLease => unwrap(lease(bench, n, count));

it('leases blocks one after the other, each device its own series, under a name of its own', () =>
  onBench((bench) => {
    expect(leased(bench)).toMatchObject({
      epoch: 0,
      from: 1,
      to: 50,
      register: 1,
      last_seq: 0,
      last_digest: null,
    });
    expect(leased(bench, 2, 7)).toMatchObject({ epoch: 0, from: 1, to: 7, register: 2 });
    expect(leased(bench, 1, 3)).toMatchObject({ from: 51, to: 53, register: 1 });
  }, devices));

it('leases nothing to what is no kiosk or agent of this store', () =>
  onBench((bench) => {
    for (const n of [3, 9]) expect(lease(bench, n)).toEqual({ ok: false, error: { code: 'unknown_device' } });
    expect(single(bench.sql, 'SELECT count(*) AS n FROM number_lease')).toEqual({ n: 0 });
  }, devices));

it('stops a device that asks for more than it uses', () =>
  onBench((bench) => {
    for (let n = 0; n < OPEN_LEASES_MAX; n++) leased(bench, 1, 1);
    expect(lease(bench)).toEqual({ ok: false, error: { code: 'too_many_leases' } });
    expect(lease(bench, 2).ok).toBe(true);
    const [first] = openLeases(bench.sql);
    bench.run((scope) => closeLease(scope, { lease_id: first?.lease_id ?? '' }));
    expect(lease(bench, 1, 1).ok).toBe(true);
  }, devices));

it('ends a block where the series wraps, and counts the epoch', () =>
  onBench((bench) => {
    leased(bench);
    bench.sql.exec(`UPDATE series SET cur = ? WHERE series = ?`, NUMBER_VALUE_MAX - 2, `device:${device(1)}`);
    expect(leased(bench)).toMatchObject({ epoch: 0, from: NUMBER_VALUE_MAX - 1, to: NUMBER_VALUE_MAX });
    expect(leased(bench)).toMatchObject({ epoch: 1, from: 1, to: 50 });
  }, devices));

it('makes voids of what is left, and keeps a sale that comes after all', () =>
  onBench((bench) => {
    const { lease_id, device_id, epoch } = leased(bench, 1, 5);
    const number = (value: number) => ({ device_id, epoch, value });
    bench.run((scope) => recordNumber(scope, number(1), 'sale', 'ord_1'));
    const close = (unused_from?: number) =>
      bench.run((scope) =>
        closeLease(scope, { lease_id, ...(unused_from === undefined ? {} : { unused_from }) }),
      );
    expect(unwrap(close(4))).toMatchObject({ recorded: 3, closed: false });
    expect(openLeases(bench.sql)).toMatchObject([{ lease_id, recorded: 3 }]);
    expect(unwrap(close())).toMatchObject({ recorded: 5, closed: true });
    expect(unwrap(close())).toMatchObject({ recorded: 5, closed: true });
    expect(openLeases(bench.sql)).toEqual([]);

    expect(bench.run((scope) => recordNumber(scope, number(3), 'sale', 'ord_3'))).toMatchObject({
      record: 'void',
    });
    expect(bench.run((scope) => recordNumber(scope, number(3), 'void', 'late'))).toMatchObject({
      record: 'sale',
    });
    const records = bench.sql.exec<{ record: string }>('SELECT record FROM leased_number ORDER BY value');
    expect(records.map(({ record }) => record)).toEqual(['sale', 'void', 'sale', 'void', 'void']);
    expect(bench.run((scope) => closeLease(scope, { lease_id: 'lea_x' }))).toMatchObject({ ok: false });
  }, devices));

/** Leasing, selling, voiding, closing and losing the disk in any order: no number twice, none without a record. */
it('gives every number once and knows what became of each, under any commands', async () => {
  const command = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('lease' as const),
        n: fc.integer({ min: 1, max: 2 }),
        count: fc.integer({ min: 1, max: 9 }),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({ do: fc.constant('sell' as const), n: fc.integer({ min: 1, max: 2 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('lose' as const), n: fc.integer({ min: 1, max: 2 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('near_end' as const), n: fc.integer({ min: 1, max: 2 }) }),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 3, maxLength: 40 }), (commands) =>
      onBench((bench) => {
        /** What the shop's disk knows: its blocks and the next number in each. */
        const disks = new Map<number, { lease: NumberLease; next: number }[]>();
        const given = new Set<string>();
        for (const step of commands) {
          const disk = disks.get(step.n) ?? [];
          if (step.do === 'lose') disks.delete(step.n);
          else if (step.do === 'near_end')
            bench.sql.exec(
              `UPDATE series SET cur = max(cur, hi - 2) WHERE series = ?`,
              `device:${device(step.n)}`,
            );
          else if (step.do === 'lease') {
            const got = lease(bench, step.n, step.count);
            if (got.ok) disks.set(step.n, [...disk, { lease: got.value, next: got.value.from }]);
          } else {
            const block = disk.find(({ lease: { to }, next }) => next <= to);
            if (block === undefined) continue;
            const { device_id, epoch } = block.lease;
            const key = `${device_id} ${epoch} ${block.next}`;
            // The series never runs twice through one epoch, whatever disk asked for the block.
            expect(given.has(key)).toBe(false);
            given.add(key);
            bench.run((s) => recordNumber(s, { device_id, epoch, value: block.next }, 'sale', key));
            block.next++;
          }
        }
        for (const { lease_id } of openLeases(bench.sql)) bench.run((s) => closeLease(s, { lease_id }));
        expect(openLeases(bench.sql)).toEqual([]);
        const leases = bench.sql.exec<{ device_id: string; epoch: number; first: number; last: number }>(
          'SELECT device_id, epoch, first, last FROM number_lease',
        );
        const all = leases.flatMap(({ device_id, epoch, first, last }) =>
          Array.from({ length: last - first + 1 }, (_, i) => `${device_id} ${epoch} ${first + i}`),
        );
        expect(new Set(all).size).toBe(all.length);
        const records = bench.sql.exec<{ key: string; record: string }>(
          `SELECT device_id || ' ' || epoch || ' ' || value AS key, record FROM leased_number`,
        );
        expect(records.map(({ key }) => key).sort()).toEqual([...all].sort());
        expect(
          records
            .filter(({ record }) => record === 'sale')
            .map(({ key }) => key)
            .sort(),
        ).toEqual([...given].sort());
      }, devices),
    ),
    { seed: 20_260_302, numRuns: process.env['LONG'] === undefined ? 40 : 2_000 },
  );
}, 600_000);
