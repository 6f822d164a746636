import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Terminal } from '../port.ts';
import { type Apdu, ApduSplitter, COMMAND, encodeApdu } from './apdu.ts';
import { bcdOf, numberOfBcd } from './bcd.ts';
import { readBitmaps } from './bitmaps.ts';
import { openZvtTerminal } from './driver.ts';
import { outcomeOf, readStatus } from './outcome.ts';
import { startZvtSimulator, type ZvtSimulator } from './simulator.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describe('messages', () => {
  it('come whole out of any segments', () => {
    const apdu = fc.record({
      command: fc.constantFrom(...Object.values(COMMAND)),
      data: fc.uint8Array({ maxLength: 700 }),
    });
    fc.assert(
      fc.property(
        fc.array(apdu, { maxLength: 6 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 300 })),
        (sent, cuts) => {
          const bytes = Uint8Array.from(sent.flatMap((one) => [...encodeApdu(one)]));
          const splitter = new ApduSplitter();
          const got: Apdu[] = [];
          for (let at = 0; at < bytes.length; ) {
            const size = cuts.next().value ?? 1;
            got.push(...splitter.push(bytes.slice(at, at + size)));
            at += size;
          }
          expect(got).toEqual(sent);
        },
      ),
      { seed: 3, numRuns: 200 },
    );
  });

  it('have packed decimals that read back, and no field reads beyond its end', () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_999_999_999 }), (amount) => {
        expect(numberOfBcd(Uint8Array.from(bcdOf(amount, 6) ?? []))).toBe(amount);
      }),
      { seed: 5 },
    );
    expect(bcdOf(1_000_000, 3)).toBeNull();
    expect(bcdOf(1.5, 3)).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (data) => {
        for (const [, value] of readBitmaps(data)) expect(value.length).toBeLessThanOrEqual(data.length);
        outcomeOf(readStatus(data), 1);
      }),
      { seed: 6, numRuns: 2_000 },
    );
  });
});

describe('a terminal', () => {
  let simulator: ZvtSimulator;
  let terminal: Terminal;
  let logged: string[];
  const online = (): Promise<void> =>
    vi.waitFor(() => expect(terminal.health().state).toBe('online'), { timeout: 20_000 });

  beforeEach(async () => {
    logged = [];
    simulator = await startZvtSimulator({ port: 0 });
    terminal = openZvtTerminal(
      { host: '127.0.0.1', port: simulator.port, currency: 'EUR', random: () => 0 },
      {
        now: Date.now,
        log: (level, message, fields) => logged.push(JSON.stringify({ level, message, fields })),
      },
    );
    await online();
  });
  afterEach(async () => {
    await terminal.close();
    await simulator.close();
  });
  let payments = 0;
  const pay = (amount: number, currency = 'EUR') =>
    terminal.pay({ reference: `pay_${++payments}`, amount, currency });

  it('takes a card, byte for byte as the interface says', async () => {
    expect(await pay(1_234)).toEqual({
      result: 'approved',
      reference: '000001',
      authorization: null,
      scheme: 'TEST CARD',
      masked: null,
      store_and_forward: false,
    });
    expect(simulator.charged()).toEqual([1_234]);
    const asked = simulator.heard.find(({ command }) => command === COMMAND.authorisation);
    expect(asked?.data).toEqual(Uint8Array.of(4, 0, 0, 0, 0, 0x12, 0x34, 0x49, 0x09, 0x78));
    const registered = simulator.heard.find(({ command }) => command === COMMAND.registration);
    expect(registered?.data).toEqual(Uint8Array.of(0, 0, 0, 0x08, 0x09, 0x78));
    expect(logged.join('')).not.toMatch(/ee/);
  });

  it('takes payments one after the other, however they are asked for', async () => {
    const all = await Promise.all([pay(1), pay(2), pay(3)]);
    expect(all.map(({ result }) => result)).toEqual(['approved', 'approved', 'approved']);
    expect(simulator.charged()).toEqual([1, 2, 3]);
  });

  it('says why not, and charges nothing', async () => {
    simulator.plan('decline');
    expect(await pay(100)).toMatchObject({ result: 'declined', reason: 'zvt_5' });
    expect(await pay(0)).toMatchObject({ result: 'declined', reason: 'bad_amount' });
    expect(await pay(100, 'GBP')).toMatchObject({ result: 'declined', reason: 'bad_currency' });
    expect(simulator.charged()).toEqual([]);
  });

  it('stops waiting for a card when it is told to', async () => {
    simulator.plan('no_card');
    const waiting = pay(100);
    await vi.waitFor(() =>
      expect(simulator.heard.some(({ command }) => command === COMMAND.authorisation)).toBe(true),
    );
    await terminal.abort();
    expect(await waiting).toMatchObject({ result: 'declined', reason: 'zvt_108' });
    simulator.plan('approve');
    expect(await pay(100)).toMatchObject({ result: 'approved' });
  });

  it('knows nothing when the line breaks, and asks instead of charging again', async () => {
    await pay(500);
    simulator.plan('charge_and_drop');
    const reference = `pay_${++payments}`;
    expect(await terminal.pay({ reference, amount: 700, currency: 'EUR' })).toMatchObject({
      result: 'unknown',
    });
    await online();
    expect(await terminal.inquire(reference)).toMatchObject({ result: 'approved', reference: '000002' });
    expect(simulator.charged()).toEqual([500, 700]);

    simulator.plan('drop');
    const other = `pay_${++payments}`;
    expect(await terminal.pay({ reference: other, amount: 900, currency: 'EUR' })).toMatchObject({
      result: 'unknown',
    });
    await online();
    expect(await terminal.inquire(other)).toMatchObject({ result: 'declined', reason: 'not_made' });
    expect(await terminal.inquire('pay_of_yesterday')).toMatchObject({ result: 'unknown' });
    expect(simulator.charged()).toEqual([500, 700]);
  });

  it('leaves it open when the terminal approves another amount', async () => {
    simulator.plan('approve_less');
    expect(await pay(1_000)).toMatchObject({ result: 'unknown' });
  });

  it('that is away refuses at once, and comes back by itself', async () => {
    const { port } = simulator;
    await simulator.close();
    await vi.waitFor(() => expect(terminal.health().state).toBe('offline'), { timeout: 20_000 });
    expect(await pay(100)).toMatchObject({ result: 'declined', reason: 'unreachable' });
    simulator = await startZvtSimulator({ port });
    await online();
    expect(await pay(100)).toMatchObject({ result: 'approved' });
    expect(logged.filter((line) => line.includes('terminal offline'))).toHaveLength(1);
  });
});
