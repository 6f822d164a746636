import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { layoutReceipt, renderEscpos, renderText } from '../../shared/receipt/index.ts';
import { SAMPLE_RECEIPT } from '../../shared/receipt/receipt.fixture.ts';
import type { DeviceHealth, Printer } from '../port.ts';
import { type EscposPrinterOptions, openEscposPrinter } from './driver.ts';
import { type EscposSimulator, startEscposSimulator } from './simulator.ts';

const HOST = '127.0.0.1';
/** Long enough never to strike where an answer comes; the tests of silence shorten the one they wait for. */
const PATIENT = {
  connectMs: 30_000,
  answerMs: 30_000,
  sendMs: 30_000,
  finishMs: 30_000,
  probeIdleMs: 30_000,
};
const SLIP = layoutReceipt(SAMPLE_RECEIPT, { columns: 48, charset: 'cp858' });
const JOB = renderEscpos(SLIP);

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function open(port: number, options: Partial<EscposPrinterOptions> = {}): Printer {
  const timeouts = { ...PATIENT, ...options.timeouts };
  const ctx = { now: () => Date.parse('2026-03-14T12:00:00Z'), log: () => undefined };
  const printer = openEscposPrinter({ host: HOST, port, ...options, timeouts }, ctx);
  closing.push(() => printer.close());
  return printer;
}

async function simulator(): Promise<EscposSimulator> {
  const started = await startEscposSimulator({ host: HOST, port: 0 });
  closing.push(() => started.close());
  return started;
}

function until(printer: Printer, wanted: (health: DeviceHealth) => boolean): Promise<DeviceHealth> {
  return new Promise((resolve) => {
    const look = (health: DeviceHealth) => {
      if (wanted(health)) resolve(health);
    };
    printer.onHealth(look);
    look(printer.health());
  });
}

describe('the cash drawer', () => {
  test('opens by a pulse in its turn, and its switch is read back', async () => {
    const sim = await simulator();
    const printer = open(sim.port, { profile: { drawerOpenLevel: 'low' } });
    expect(await printer.status()).toMatchObject({ drawer: 'closed' });
    expect(await printer.kickDrawer()).toEqual({ result: 'printed' });
    expect(sim.drawerKicks()).toBe(1);
    expect(await printer.status()).toMatchObject({ drawer: 'open' });
    sim.closeDrawer();
    expect(await printer.status()).toMatchObject({ drawer: 'closed' });
  });

  test.each(['out', 'cover'] as const)('opens at once on a printer that stands still (%s)', async (fault) => {
    const sim = await simulator();
    const printer = open(sim.port);
    if (fault === 'out') sim.setPaper('out');
    else sim.setCover('open');
    expect(await printer.kickDrawer()).toEqual({ result: 'printed' });
    expect(sim.drawerKicks()).toBe(1);
    expect(await printer.print(JOB)).toMatchObject({ result: 'failed' });
  });

  test('that cannot be reached is a proven failure', async () => {
    const sim = await simulator();
    await sim.refuse();
    expect(await open(sim.port).kickDrawer()).toMatchObject({ result: 'failed', reason: 'unreachable' });
  });
});

describe('a job', () => {
  test('that the printer takes and confirms is printed, and the paper says what the receipt says', async () => {
    const sim = await simulator();
    expect(await open(sim.port).print(JOB)).toEqual({ result: 'printed' });
    expect(sim.receipts().map((receipt) => receipt.text)).toEqual([renderText(SLIP)]);
    expect(sim.receipts()[0]?.svg).toContain('S1-100042');
    expect(sim.findings()).toEqual([]);
    expect(sim.jobBytes()).toBe(JOB.length);
  });

  test.each([
    ['paper_out', (sim: EscposSimulator) => sim.setPaper('out')],
    ['cover_open', (sim: EscposSimulator) => sim.setCover('open')],
  ] as const)('is refused with %s, and not one byte of it reaches the paper', async (reason, fault) => {
    const sim = await simulator();
    fault(sim);
    const printer = open(sim.port);
    expect(await printer.print(JOB)).toMatchObject({ result: 'failed', reason });
    expect(printer.health().state).toBe('degraded');
    sim.setPaper('ok');
    sim.setCover('closed');
    expect(sim.jobBytes()).toBe(0);
    expect(sim.uncut()).toBe('');
    expect(sim.receipts()).toEqual([]);
    expect(await printer.print(JOB)).toEqual({ result: 'printed' });
  });

  test('prints while the paper is nearly used up, which staff is told', async () => {
    const sim = await simulator();
    sim.setPaper('near_end');
    const printer = open(sim.port);
    expect(await printer.print(JOB)).toEqual({ result: 'printed' });
    expect(printer.health()).toMatchObject({ state: 'degraded', detail: 'The paper is nearly used up.' });
  });

  test('whose connection dies in the middle is doubtful: part of it is on the paper', async () => {
    const sim = await simulator();
    sim.dropAfter(200);
    expect(await open(sim.port).print(JOB)).toMatchObject({ result: 'doubtful', reason: 'disconnected' });
    expect(sim.uncut()).toContain('Corner & Sons');
    expect(sim.receipts()).toEqual([]);
  });

  test('that meets silence in the middle is doubtful', async () => {
    const sim = await simulator();
    sim.freezeAfter(50);
    const printer = open(sim.port, { timeouts: { finishMs: 50 } });
    expect(await printer.print(JOB)).toMatchObject({ result: 'doubtful', reason: 'timeout' });
    expect(printer.health().state).toBe('offline');
  });

  test('that meets silence from the start has failed, because nothing of it was sent', async () => {
    const sim = await simulator();
    sim.freeze();
    const printer = open(sim.port, { timeouts: { answerMs: 50 } });
    expect(await printer.print(JOB)).toMatchObject({ result: 'failed', reason: 'timeout' });
    expect(sim.jobBytes()).toBe(0);
  });

  test('for a printer that is not there has failed', async () => {
    const sim = await simulator();
    await sim.refuse();
    const printer = open(sim.port);
    expect(await printer.print(JOB)).toMatchObject({ result: 'failed', reason: 'unreachable' });
    expect(printer.health().state).toBe('offline');
  });

  test('whose driver is closed in the middle is doubtful, and one not yet begun has failed', async () => {
    const sim = await simulator();
    sim.freezeAfter(50);
    const printer = open(sim.port);
    const begun = printer.print(JOB);
    const waiting = printer.print(JOB);
    await vi.waitUntil(() => sim.jobBytes() >= 50, { timeout: 30_000 });
    await printer.close();
    expect(await begun).toMatchObject({ result: 'doubtful', reason: 'disconnected' });
    expect(await waiting).toMatchObject({ result: 'failed', reason: 'disconnected' });
    await printer.close();
  });

  test('without bytes has failed', async () => {
    const sim = await simulator();
    expect(await open(sim.port).print(new Uint8Array(0))).toMatchObject({
      result: 'failed',
      reason: 'error',
    });
  });

  test.each([[{ gsr: true }], [{ asb: true }], [{ gsr: true, asb: true }]])(
    'is confirmed in its turn by a printer with %j',
    async (profile) => {
      const sim = await simulator();
      expect(await open(sim.port, { profile }).print(JOB)).toEqual({ result: 'printed' });
      expect(sim.receipts()).toHaveLength(1);
      expect(sim.findings()).toEqual([]);
    },
  );
});

test('jobs are printed one after the other on one connection at a time', async () => {
  const sim = await simulator();
  const printer = open(sim.port, { timeouts: { probeIdleMs: 1 } });
  const numbers = ['S1-1', 'S1-2', 'S1-3'];
  const outcomes = await Promise.all(
    numbers.map((number) => {
      const document = { ...SAMPLE_RECEIPT, order: { ...SAMPLE_RECEIPT.order, number } };
      return printer.print(renderEscpos(layoutReceipt(document, { columns: 48 })));
    }),
  );
  expect(outcomes).toEqual(numbers.map(() => ({ result: 'printed' })));
  expect(sim.receipts().map((receipt) => /Order +(\S+)/.exec(receipt.text)?.[1])).toEqual(numbers);
  expect(await printer.status()).toMatchObject({ online: true });
  expect(sim.connections().most).toBe(1);
});

describe('health', () => {
  const EAGER = { probeFirstMs: 1, probeDownMs: 5, probeIdleMs: 5 };

  test('follows a printer that goes and comes back, without anybody printing', async () => {
    const sim = await simulator();
    const printer = open(sim.port, { timeouts: EAGER });
    expect(printer.health().state).toBe('connecting');
    await until(printer, (health) => health.state === 'online');
    await sim.refuse();
    await until(printer, (health) => health.state === 'offline');
    await sim.accept();
    await until(printer, (health) => health.state === 'online');
    sim.setCover('open');
    const { detail } = await until(printer, (health) => health.state === 'degraded');
    expect(detail).toBe('The cover of the printer is open.');
    expect(sim.jobBytes()).toBe(0);
  });

  test('status asks now', async () => {
    const sim = await simulator();
    const printer = open(sim.port, { profile: { drawerOpenLevel: 'low' } });
    expect(await printer.status()).toEqual({ online: true, paper: 'ok', cover: 'closed', drawer: 'closed' });
    sim.setPaper('out');
    expect(await printer.status()).toMatchObject({ online: false, paper: 'out' });
    await sim.refuse();
    expect(await printer.status()).toEqual({
      online: false,
      paper: 'unknown',
      cover: 'unknown',
      drawer: 'unknown',
    });
  });
});

/** A printer of another make, reduced to what it answers to DLE EOT n. */
async function foreignPrinter(
  answer: (n: number, socket: Socket) => void,
): Promise<{ port: number; job: number[] }> {
  const job: number[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    let held: number[] = [];
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      for (const byte of chunk) {
        held.push(byte);
        if (held[0] !== 0x10 || (held.length > 1 && held[1] !== 0x04)) job.push(...held.splice(0));
        else if (held.length === 3) {
          held = [];
          answer(byte, socket);
        }
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  );
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, job };
}

describe('printers of other makes', () => {
  test('0x16 to the first question and 0x12 to the others is a healthy printer', async () => {
    const fake = await foreignPrinter((n, socket) => socket.write(Uint8Array.of(n === 1 ? 0x16 : 0x12)));
    expect(await open(fake.port).print(JOB)).toEqual({ result: 'printed' });
    expect(fake.job).toEqual([...JOB]);
  });

  test('automatic status between the answers does not pass for one', async () => {
    const fake = await foreignPrinter((_, socket) => {
      socket.write(Uint8Array.of(0x1c, 0x00, 0x0f, 0x00));
      socket.write(Uint8Array.of(0x12));
      socket.write(Uint8Array.of(0x14, 0x00, 0x00, 0x00));
    });
    expect(await open(fake.port).print(JOB)).toEqual({ result: 'printed' });
  });

  test('one that knows only the questions that decide still prints', async () => {
    const fake = await foreignPrinter((n, socket) => {
      if (n === 1 || n === 4) socket.write(Uint8Array.of(0x12));
    });
    const timeouts = { answerMs: 1_000, finishMs: 1_000 };
    expect(await open(fake.port, { timeouts }).print(JOB)).toEqual({ result: 'printed' });
  });

  test('one that falls ill while it prints leaves a doubt', async () => {
    const fake = await foreignPrinter((n, socket) => {
      const paperOut = fake.job.length > 0;
      socket.write(Uint8Array.of(n === 4 && paperOut ? 0x72 : n === 1 && paperOut ? 0x1a : 0x12));
    });
    expect(await open(fake.port).print(JOB)).toMatchObject({ result: 'doubtful', reason: 'paper_out' });
  });

  test('one that hangs up at once was never sent the job', async () => {
    const fake = await foreignPrinter((_, socket) => socket.destroy());
    expect(await open(fake.port).print(JOB)).toMatchObject({ result: 'failed', reason: 'disconnected' });
    expect(fake.job).toEqual([]);
  });
});
