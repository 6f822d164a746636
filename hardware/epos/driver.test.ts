import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseRequest, parseResponse, requestXml, responseXml } from '../../shared/receipt/epos_xml.ts';
import { GENERIC, parseMarkup, renderEscpos } from '../../shared/receipt/index.ts';
import { unwrap } from '../../shared/result.ts';
import type { DeviceHealth, Printer } from '../port.ts';
import { openEposPrinter } from './driver.ts';
import { type EposSimulator, startEposSimulator } from './simulator.ts';

const TIMEOUTS = { jobMs: 5_000, graceMs: 5_000, statusMs: 5_000, probeIdleMs: 20, probeDownMs: 20 };
const WAIT = { timeout: 10_000, interval: 10 };
const job = (text: string): Uint8Array =>
  renderEscpos(unwrap(parseMarkup(`${text}\n<cut/>`, { columns: 48, charset: 'cp858' })), GENERIC);

let simulator: EposSimulator;
let printer: Printer;
let healths: DeviceHealth[];

async function open(devid = 'local_printer'): Promise<void> {
  printer = openEposPrinter(
    { base: `http://127.0.0.1:${simulator.port}`, devid, drawerOpenLevel: 'low', timeouts: TIMEOUTS },
    { now: Date.now, log: () => {} },
  );
  healths = [];
  printer.onHealth((health) => healths.push(health));
}

beforeEach(async () => {
  simulator = await startEposSimulator({ host: '127.0.0.1', port: 0 });
  await open();
});
afterEach(async () => {
  await printer.close();
  await simulator.close();
});

describe('a printer with the ePOS-Print service', () => {
  test('prints a job once and says so', async () => {
    expect(await printer.print(job('[C]<b>Café</b>'))).toEqual({ result: 'printed' });
    expect(simulator.texts()).toEqual(['                      Café\n']);
    expect(await printer.status()).toEqual({ online: true, paper: 'ok', cover: 'closed', drawer: 'closed' });
  });

  test('an open cover or a missing roll is a proven failure: nothing was sent', async () => {
    simulator.setCover('open');
    expect(await printer.print(job('x'))).toMatchObject({ result: 'failed', reason: 'cover_open' });
    simulator.setCover('closed');
    simulator.setPaper('out');
    expect(await printer.print(job('x'))).toMatchObject({ result: 'failed', reason: 'paper_out' });
    await expect
      .poll(() => printer.health(), WAIT)
      .toMatchObject({
        state: 'degraded',
        detail: 'The printer is out of paper.',
      });
    simulator.setPaper('near_end');
    await expect.poll(() => printer.health().detail, WAIT).toBe('The paper is nearly used up.');
    expect(await printer.print(job('y'))).toEqual({ result: 'printed' });
    expect(simulator.texts()).toEqual(['y\n']);
  });

  test('paper that runs out in mid-job leaves a doubt, because some of it may have come out', async () => {
    simulator.runOutAfter(4);
    expect(await printer.print(job('half'))).toMatchObject({ result: 'doubtful', reason: 'paper_out' });
  });

  test('a job whose answer is lost is a doubt, though it was printed', async () => {
    await expect.poll(() => printer.health().state, WAIT).toBe('online');
    const before = await printer.status();
    expect(before.online).toBe(true);
    await printer.close();
    // Without the probes of a running driver the swallowed answer is the second one: that of the job.
    await openQuietly();
    const printing = printer.print(job('lost'));
    expect(await printing).toMatchObject({ result: 'doubtful', reason: 'unreachable' });
    expect(simulator.texts()).toEqual(['lost\n']);
  });

  async function openQuietly(): Promise<void> {
    const quiet = { ...TIMEOUTS, probeIdleMs: 3_600_000, probeDownMs: 3_600_000 };
    printer = openEposPrinter(
      { base: `http://127.0.0.1:${simulator.port}`, devid: 'local_printer', timeouts: quiet },
      { now: Date.now, log: () => {} },
    );
    await expect.poll(() => printer.health().state, WAIT).toBe('online');
    simulator.swallowJobAnswer();
  }

  test('a name that the printer does not know is a proven failure', async () => {
    await printer.close();
    await open('kitchen');
    expect(await printer.print(job('x'))).toMatchObject({ result: 'failed' });
    await expect.poll(() => printer.health().detail, WAIT).toBe('The printer knows no device kitchen.');
  });

  test('opens the drawer and reads its switch; a pulse that the printer refuses is a doubt', async () => {
    simulator.setPaper('out');
    expect(await printer.kickDrawer()).toMatchObject({ result: 'doubtful', reason: 'paper_out' });
    simulator.setPaper('ok');
    expect(await printer.kickDrawer()).toEqual({ result: 'printed' });
    expect(simulator.drawerKicks()).toBe(1);
    expect(await printer.status()).toMatchObject({ drawer: 'open' });
  });

  test('a printer that is away is offline, and comes back by itself', async () => {
    const { port } = simulator;
    await simulator.close();
    expect(await printer.print(job('x'))).toMatchObject({ result: 'failed', reason: 'unreachable' });
    await expect.poll(() => printer.health().state, WAIT).toBe('offline');
    simulator = await startEposSimulator({ host: '127.0.0.1', port });
    await expect.poll(() => printer.health().state, WAIT).toBe('online');
  });
});

describe('the envelope', () => {
  test('carries any bytes', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
    expect(parseRequest(requestXml(bytes))?.job).toEqual(bytes);
    expect(parseRequest(requestXml(new Uint8Array(0)))?.job).toEqual(new Uint8Array(0));
  });

  test('is read from any prefix and refused where it is broken', () => {
    const response = { success: true, code: '', status: 0x0f000016 };
    expect(unwrap(parseResponse(responseXml(response)))).toEqual(response);
    expect(
      unwrap(
        parseResponse(
          '<e:Envelope xmlns:e="e"><e:Body><p:response xmlns:p="p" success="0" code="EPTR_COVER_OPEN" status="44"/></e:Body></e:Envelope>',
        ),
      ),
    ).toEqual({ success: false, code: 'EPTR_COVER_OPEN', status: 44 });
    for (const broken of ['', '<response', '<a/>', '<response success="true"/>', 'text'])
      expect(parseResponse(broken).ok).toBe(false);
  });
});
