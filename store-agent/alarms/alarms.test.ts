import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AgentState } from '../state/agent_state.ts';
import { GATE, OTHER_GATE, orderId, ourEpc, receiptOf, tempFolder } from '../testing/fixtures.ts';
import type { Alarm } from './alarm.ts';
import { Alarms } from './alarms.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const ANNE = { name: 'Anne', account: 'stf_1' };
let folder: ReturnType<typeof tempFolder>;
let state: AgentState;
let alarms: Alarms;
let nowMs: number;
let told: Alarm[];

const open = (): void => {
  state = new AgentState(
    folder.path,
    () => nowMs,
    () => {},
  );
  let made = 0;
  alarms = new Alarms({
    state,
    now: () => nowMs,
    newId: () => `alm_01980000-0000-7000-8000-${String(++made).padStart(12, '0')}`,
    onAlarm: (alarm) => told.push(alarm),
  });
};
beforeEach(() => {
  folder = tempFolder();
  nowMs = Date.parse('2026-07-01T10:00:00.000Z');
  told = [];
  open();
});
afterEach(() => {
  alarms.close();
  state.close();
  folder.remove();
});

const raise = (gate: string, ...tags: number[]): void => {
  const seen = tags.map((n) => ({ epc: ourEpc(n), status: 'unsold' as const, name: `Scarf ${n}` }));
  alarms.raise({ gate_id: gate, read_id: `r${nowMs}`, tags: seen, atMs: nowMs });
};
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const unresolved = (): Alarm[] => state.tables.alarms.page(['open', 'acknowledged'], null, 50);

describe('alarms', () => {
  it('stand with the names of their items until somebody says by name how they ended', async () => {
    state.write(({ receipts }) =>
      receipts.keep(
        { order_id: orderId(1), number: 'EX-1', document: receiptOf(orderId(1), 'EX-1') },
        nowMs - 60_000,
      ),
    );
    raise(GATE, 1);
    nowMs += 2_000;
    raise(GATE, 2);
    raise(OTHER_GATE, 3);
    await settled();
    expect(unresolved().map(({ gate_id, tags }) => [gate_id, tags.map(({ name }) => name)])).toEqual([
      [OTHER_GATE, ['Scarf 3']],
      [GATE, ['Scarf 1', 'Scarf 2']],
    ]);
    const bag = unresolved()[1];
    expect(bag?.near_orders).toMatchObject([{ order_id: orderId(1), number: 'EX-1' }]);
    const id = bag?.id ?? '';

    expect(alarms.acknowledge(id, ANNE)).toMatchObject({ ok: true, value: { state: 'acknowledged' } });
    const again = alarms.acknowledge(id, { name: 'Bob', account: 'stf_2' });
    expect(again).toMatchObject({ ok: true, value: { acknowledged: { name: 'Anne' } } });
    const end = { resolution: 'returned' as const, note: 'put back' };
    expect(alarms.resolve(id, ANNE, end)).toMatchObject({ ok: true, value: { state: 'resolved' } });
    expect(alarms.resolve(id, ANNE, end).ok).toBe(true);
    expect(alarms.resolve(id, ANNE, { resolution: 'theft', note: null })).toMatchObject({
      ok: false,
      error: { code: 'conflict' },
    });
    expect(alarms.acknowledge('alm_none', ANNE)).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(unresolved()).toHaveLength(1);
    expect(state.tables.journal.pending(0, 10)).toMatchObject([
      { kind: 'gate.acknowledged', data: { alarm_id: id, acknowledged: { name: 'Anne', account: 'stf_1' } } },
      {
        kind: 'gate.cleared',
        data: { alarm_id: id, resolved: { resolution: 'returned', note: 'put back' } },
      },
    ]);
    expect(told.at(-1)).toMatchObject({ id, state: 'resolved' });
  });

  it('survive a restart, and what waited for the disk comes when there is room', async () => {
    raise(GATE, 1);
    alarms.close();
    state.close();
    open();
    expect(unresolved()).toHaveLength(1);
    const pages = Number(state.database.prepare('PRAGMA page_count').get()?.['page_count']);
    state.database.exec(`PRAGMA max_page_count = ${pages}`);
    nowMs += 3_600_000;
    for (let n = 0; n < 200; n++) {
      nowMs += 20_000;
      raise(GATE, 100 + n);
    }
    await settled();
    expect(state.disk.state).toBe('full');
    expect(unresolved()).toHaveLength(1);
    state.database.exec('PRAGMA max_page_count = 100000');
    state.retryDisk();
    expect(state.tables.alarms.page(['open'], null, 500)).toHaveLength(201);
  });

  it('are listed in pages, newest first', async () => {
    for (let n = 0; n < 7; n++) {
      nowMs += 3_600_000;
      raise(GATE, n);
    }
    await settled();
    const all = unresolved().map(({ id }) => id);
    const pages: string[] = [];
    for (let below: string | null = null; ; ) {
      const page: string[] = state.tables.alarms.page(['open'], below, 3).map(({ id }) => id);
      if (page.length === 0) break;
      pages.push(...page);
      below = page.at(-1) ?? null;
    }
    expect(pages).toEqual(all);
    expect(all).toHaveLength(7);
  });
});
