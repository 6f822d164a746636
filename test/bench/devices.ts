import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { openImpinjReader } from '../../hardware/impinj/driver.ts';
import { parseEvent } from '../../hardware/impinj/event.ts';
import { startImpinjSimulator } from '../../hardware/impinj/simulator.ts';
import { EvdevDecoder } from '../../hardware/scanner/evdev_decode.ts';
import { typeKeys } from '../../hardware/scanner/type_keys.ts';
import { parseTagReport } from '../../hardware/zebra/tag_event.ts';
import { type Figures, figuresOf, HEAD, row } from './stats.ts';

const EPC = '3034257BF7194E4000001A85';
const HOST = '127.0.0.1';
const TRIPS = 1_000;
const WARM_UP = 200;
const TAGS = 200_000;
const BATCH = 20;

/** Microseconds for one of `of` things a turn, the best of five rounds: everything else is other people's time. */
function perThing(turn: () => void, of: number): number {
  const turns = Math.ceil(TAGS / of / 5);
  const rounds = Array.from({ length: 5 }, () => {
    const start = performance.now();
    for (let n = 0; n < turns; n++) turn();
    return ((performance.now() - start) * 1_000) / (turns * of);
  });
  return Math.min(...rounds);
}

function measureDecode(): void {
  const tag = {
    epcHex: EPC,
    antennaPort: 2,
    peakRssiCdbm: -5_800,
    frequency: 865_700,
    transmitPowerCdbm: 3_000,
  };
  const timestamp = '2026-03-14T12:00:00.123456789Z';
  const line = JSON.stringify({
    timestamp,
    hostname: 'x',
    eventType: 'tagInventory',
    tagInventoryEvent: tag,
  });
  const data = { eventNum: 1, format: 'epc', idHex: EPC.toLowerCase(), antenna: 2, peakRssi: -58, reads: 1 };
  const report = JSON.stringify(new Array(BATCH).fill({ type: 'CUSTOM', timestamp, data }));
  const keys = typeKeys('9521234567899', 'us');
  const decoder = new EvdevDecoder();
  const say = (what: string, us: number, floor: number): void =>
    console.log(
      `${what.padEnd(58)} ${us.toFixed(2).padStart(8)}   ${(us / floor).toFixed(1)}× its JSON.parse`,
    );
  console.log('\nDecode, microseconds each');
  say(
    'Impinj stream: one tag',
    perThing(() => parseEvent(line, 0), 1),
    perThing(() => JSON.parse(line), 1),
  );
  say(
    `Zebra report: one tag of ${BATCH}`,
    perThing(() => parseTagReport(report, 0), BATCH),
    perThing(() => JSON.parse(report), BATCH),
  );
  const code = perThing(() => decoder.push(keys), 1);
  console.log(`${'wedge scanner: one code of 13 digits'.padEnd(58)} ${code.toFixed(2).padStart(8)}`);
}

/** One way over loopback in one process: bytes written → bytes heard. */
async function measureFloor(): Promise<Figures> {
  const server = createServer({ noDelay: true });
  server.listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  const client = connect({ host: HOST, port: typeof address === 'object' && address ? address.port : 0 });
  const [[peer]] = await Promise.all([once(server, 'connection'), once(client, 'connect')]);
  peer.setNoDelay(true);
  const samples: number[] = [];
  for (let n = 0; n < TRIPS + WARM_UP; n++) {
    const start = performance.now();
    peer.write(Buffer.alloc(300));
    await once(client, 'data');
    if (n >= WARM_UP) samples.push(performance.now() - start);
  }
  client.destroy();
  server.close();
  return figuresOf(samples);
}

/** What the drivers cost beside the wire: a read on its way in, and a command on its way out. */
export async function measureDevices(say: (text: string) => void): Promise<void> {
  measureDecode();
  say('devices: read → driver → listener');
  const floor = await measureFloor();
  const simulator = await startImpinjSimulator({ host: HOST, port: 0, scanMs: 3_600_000 });
  const base = `http://${HOST}:${simulator.port}`;
  const reader = openImpinjReader({ base, preset: 'default' }, { now: Date.now, log: () => {} });
  while (reader.health().state !== 'online') await new Promise((resolve) => setTimeout(resolve, 5));
  let heard = (): void => {};
  reader.onReads(() => heard());
  const reads: number[] = [];
  const commands: number[] = [];
  for (let n = 0; n < TRIPS + WARM_UP; n++) {
    const start = performance.now();
    const arrived = new Promise<void>((resolve) => {
      heard = resolve;
    });
    simulator.reads(EPC);
    await arrived;
    if (n >= WARM_UP) reads.push(performance.now() - start);
  }
  for (let n = 0; n < TRIPS + WARM_UP; n++) {
    const start = performance.now();
    await reader.setOutput(1, n % 2 === 0);
    if (n >= WARM_UP) commands.push(performance.now() - start);
  }
  console.log('\nAn Impinj reader over HTTP, loopback, reader and driver in one process');
  console.log(HEAD);
  console.log(row('floor: 300 bytes over TCP, one way', floor));
  console.log(row('read written by the reader → listener', figuresOf(reads), floor));
  console.log(row('output set and confirmed', figuresOf(commands), floor));
  await reader.close();
  await simulator.close();
}
