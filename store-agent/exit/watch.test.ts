import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatePolicy } from '../../shared/config/store_config.ts';
import { foreignEpc, ourEpc } from '../testing/fixtures.ts';
import { decideExit, type ExitDecision, type KnownTag } from './decide.ts';
import { type Direction, type Effect, EVENT_MS, type GateRead, GateWatch } from './watch.ts';

const SOLD = ourEpc(1);
const UNSOLD = ourEpc(2);
const OTHER = ourEpc(3);
const FOREIGN = foreignEpc(1);
const FAR = 1;
const NEAR = 2;
const ZONES = GatePolicy.parse({
  zones: { far: [FAR], near: [NEAR], near_rssi_min: -60, confirm_ms: 3_000 },
});

/** A gate with its clock and its ledger in the test's hands. */
class Lane {
  readonly watch = new GateWatch();
  readonly tags = new Map<string, KnownTag>([
    [SOLD, { status: 'sold', rev: 4, order_id: 'ord_1', name: 'Scarf' }],
    [UNSOLD, { status: 'unsold', rev: 5, order_id: null, name: 'Hat' }],
    [OTHER, { status: 'unsold', rev: 6, order_id: null, name: 'Coat' }],
  ]);
  nowMs = 1_000_000;
  muted = false;
  policy: GatePolicy = {};

  decide(epcs: string[]): ExitDecision {
    return decideExit(epcs, (epc) => this.tags.get(epc), {
      companyPrefixes: ['9521141'],
      unknown: 'retailer_prefix_only',
      offlineUnsold: 'alarm',
      linked: true,
    });
  }

  see(reads: (GateRead | string)[], direction?: Direction): Effect {
    const list = reads.map((read) => (typeof read === 'string' ? { epc: read } : read));
    const decision = this.decide(list.map((read) => read.epc));
    const now = { ms: this.nowMs, muted: this.muted };
    return this.watch.weigh({ reads: list, direction }, decision, this.policy, now);
  }
}

describe('a gate without rules of its own', () => {
  it('does what it answers', () => {
    const lane = new Lane();
    expect(lane.see([SOLD])).toEqual({ act: 'open', fresh: true, epcs: [SOLD], held: [], entered: [] });
    expect(lane.see([UNSOLD, SOLD, FOREIGN])).toMatchObject({ act: 'alarm', epcs: [UNSOLD] });
    expect(lane.see([FOREIGN])).toEqual({ act: 'none', fresh: false, epcs: [], held: [], entered: [] });
  });

  it('takes the same tags for one event, however the reader groups them, until they have gone', () => {
    const lane = new Lane();
    expect(lane.see([UNSOLD, OTHER]).fresh).toBe(true);
    for (const reads of [[UNSOLD], [OTHER, UNSOLD], [OTHER]]) {
      lane.nowMs += EVENT_MS / 2 - 1;
      expect(lane.see(reads)).toMatchObject({ act: 'alarm', fresh: false });
    }
    lane.nowMs += EVENT_MS;
    expect(lane.see([UNSOLD]).fresh).toBe(true);
  });

  it('alarms anew for an item that was sold and came back, in the same breath', () => {
    const lane = new Lane();
    expect(lane.see([SOLD])).toMatchObject({ act: 'open', fresh: true });
    lane.tags.set(SOLD, { status: 'unsold', rev: 9, order_id: null, name: 'Scarf' });
    expect(lane.see([SOLD])).toMatchObject({ act: 'alarm', fresh: true });
    expect(lane.see([SOLD])).toMatchObject({ act: 'alarm', fresh: false });
    lane.tags.set(SOLD, { status: 'sold', rev: 12, order_id: 'ord_2', name: 'Scarf' });
    lane.see([SOLD]);
    lane.tags.set(SOLD, { status: 'unsold', rev: 13, order_id: null, name: 'Scarf' });
    expect(lane.see([SOLD])).toMatchObject({ act: 'alarm', fresh: true });
  });
});

describe('direction', () => {
  it('never alarms inward, and says once what came in', () => {
    const lane = new Lane();
    expect(lane.see([UNSOLD], 'in')).toMatchObject({
      act: 'none',
      held: [{ epc: UNSOLD, why: 'inward' }],
      entered: [UNSOLD],
    });
    expect(lane.see([UNSOLD], 'in').entered).toEqual([]);
    expect(lane.see([UNSOLD], 'out').act).toBe('alarm');
    lane.policy = { direction: 'in' };
    expect(lane.see([UNSOLD]).act).toBe('none');
    expect(lane.see([UNSOLD], 'out').act).toBe('alarm');
  });

  it('is seen by the order of the zones', () => {
    const lane = new Lane();
    lane.policy = ZONES;
    expect(lane.see([{ epc: UNSOLD, antenna: NEAR, rssi: -50 }]).held).toEqual([
      { epc: UNSOLD, why: 'unconfirmed' },
    ]);
    lane.nowMs += 400;
    expect(lane.see([{ epc: UNSOLD, antenna: FAR, rssi: -50 }]).held).toEqual([
      { epc: UNSOLD, why: 'inward' },
    ]);
  });
});

describe('strength and zones', () => {
  it('holds still about a tag that is only near, and believes a reader that tells no strength', () => {
    const lane = new Lane();
    lane.policy = { rssi_min: -60 };
    expect(lane.see([{ epc: UNSOLD, rssi: -70 }])).toMatchObject({ act: 'none', held: [{ why: 'weak' }] });
    expect(
      lane.see([
        { epc: UNSOLD, rssi: -70 },
        { epc: UNSOLD, rssi: -55 },
      ]).act,
    ).toBe('alarm');
    expect(lane.see([{ epc: UNSOLD, rssi: null }]).act).toBe('alarm');
    // A rack beside the door keeps nobody in.
    expect(
      lane.see([
        { epc: UNSOLD, rssi: -70 },
        { epc: SOLD, rssi: -50 },
      ]),
    ).toMatchObject({ act: 'open', epcs: [SOLD] });
  });

  it('wants the far zone first and then the near one, strong, within the time', () => {
    const lane = new Lane();
    lane.policy = ZONES;
    const far = { epc: UNSOLD, antenna: FAR, rssi: -58 };
    const near = (rssi: number) => ({ epc: UNSOLD, antenna: NEAR, rssi });
    expect(lane.see([far]).act).toBe('none');
    lane.nowMs += 500;
    expect(lane.see([near(-65)]).act).toBe('none');
    lane.nowMs += 200;
    expect(lane.see([near(-52)])).toMatchObject({ act: 'alarm', fresh: true, epcs: [UNSOLD] });
    lane.nowMs += 10_000;
    expect(lane.see([far]).act).toBe('none');
    lane.nowMs += 3_001;
    expect(lane.see([near(-40)])).toMatchObject({ act: 'none', held: [{ why: 'unconfirmed' }] });
    expect(lane.see([{ epc: OTHER, rssi: -40 }]).act).toBe('alarm');
  });
});

describe('muting', () => {
  it('silences alarms and nothing else', () => {
    const lane = new Lane();
    lane.muted = true;
    expect(lane.see([UNSOLD])).toMatchObject({ act: 'none', fresh: false, held: [{ why: 'muted' }] });
    expect(lane.see([SOLD]).act).toBe('open');
    lane.muted = false;
    expect(lane.see([UNSOLD])).toMatchObject({ act: 'alarm', fresh: true });
  });
});

describe('whatever the rules and the reads', () => {
  const policy = fc.record(
    {
      direction: fc.constantFrom('in' as const, 'out' as const),
      rssi_min: fc.integer({ min: -80, max: -40 }),
      zones: fc.constant(ZONES.zones),
    },
    { requiredKeys: [] },
  );
  const read = fc.record(
    {
      epc: fc.constantFrom(SOLD, UNSOLD, OTHER, FOREIGN, ourEpc(99)),
      antenna: fc.constantFrom(FAR, NEAR, 9),
      rssi: fc.integer({ min: -90, max: -30 }),
    },
    { requiredKeys: ['epc'] },
  );
  const step = fc.record({
    reads: fc.array(read, { maxLength: 5 }),
    direction: fc.option(fc.constantFrom('in' as const, 'out' as const), { nil: undefined }),
    wait: fc.integer({ min: 0, max: 4_000 }),
    muted: fc.boolean(),
  });

  it('an alarm has an unpaid tag behind it, an opening none that was not held back, and silence a reason', () => {
    fc.assert(
      fc.property(policy, fc.array(step, { maxLength: 15 }), (rules, steps) => {
        const lane = new Lane();
        lane.policy = GatePolicy.parse(rules);
        const lastAt = new Map<string, number>();
        for (const one of steps) {
          lane.nowMs += one.wait;
          lane.muted = one.muted;
          const decision = lane.decide(one.reads.map(({ epc }) => epc));
          const effect = lane.see(one.reads, one.direction);
          const held = new Set(effect.held.map(({ epc }) => epc));
          if (effect.act === 'alarm') {
            for (const epc of effect.epcs) expect(decision.alarming).toContain(epc);
            expect(effect.epcs.length).toBeGreaterThan(0);
            expect(one.muted || one.direction === 'in').toBe(false);
          } else {
            for (const epc of decision.alarming) expect(held).toContain(epc);
          }
          if (effect.act === 'open')
            expect(
              effect.epcs.some(
                (epc) => lane.tags.get(epc)?.status === 'sold' || lane.tags.get(epc)?.status === 'unsold',
              ),
            ).toBe(true);
          for (const epc of effect.epcs) expect(held).not.toContain(epc);
          // The same tags, acting the same way within the time, are one event.
          const key = `${effect.act} ${[...effect.epcs].sort().join(' ')}`;
          const last = lastAt.get(key);
          if (effect.act !== 'none') {
            if (last !== undefined && lane.nowMs - last < EVENT_MS) expect(effect.fresh).toBe(false);
            lastAt.set(key, lane.nowMs);
          }
        }
      }),
      { seed: 12, numRuns: process.env['LONG'] ? 50_000 : 500 },
    );
  });
});
