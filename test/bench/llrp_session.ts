import { connect } from 'node:net';
import { openLlrpReader } from '../../hardware/llrp/driver.ts';
import { startLlrpSimulator } from '../../hardware/llrp/simulator.ts';
import { figuresOf, HEAD, row } from './stats.ts';

const ROUNDS = 10;
const SILENT_ROUNDS = 3;
/** A line that breaks more often than this is opened again with a delay. */
const SPACING_MS = 2_100;
const SCAN_MS = 5;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A line that breaks, and one that goes silent: how long until tags come again, and until it is noticed. */
export async function measureLlrpSession(say: (text: string) => void): Promise<void> {
  say('LLRP: a line that breaks and one that goes silent, about 45 s');
  const simulator = await startLlrpSimulator({ port: 0, scanMs: SCAN_MS });
  simulator.tagEnters('3034257BF7194E4000001A85');
  const log = () => {};
  const reader = openLlrpReader({ host: '127.0.0.1', port: simulator.port }, { now: Date.now, log });
  let onRead = (): void => {};
  let onHealth = (_state: string): void => {};
  reader.onReads(() => onRead());
  reader.onHealth(({ state }) => onHealth(state));
  const nextRead = () => new Promise<void>((resolve) => (onRead = resolve));
  const loss = () =>
    new Promise<void>((resolve) => {
      onHealth = (state) => {
        if (state !== 'online') resolve();
      };
    });
  await nextRead();

  const floor: number[] = [];
  const again: number[] = [];
  const noticed: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await wait(SPACING_MS);
    floor.push(await timed(() => connectOnce(simulator.port)));
    const lost = loss();
    simulator.disconnectClient();
    await lost;
    again.push(await timed(nextRead));
  }
  for (let round = 0; round < SILENT_ROUNDS; round++) {
    await wait(SPACING_MS);
    const lost = loss();
    simulator.setSilent(true);
    noticed.push(await timed(() => lost));
    simulator.setSilent(false);
    await nextRead();
  }
  await reader.close();
  await simulator.close();
  const least = figuresOf(floor);
  console.log(`\nLLRP, a session\n${HEAD}`);
  console.log(row('floor: a TCP connection', least));
  console.log(row('line lost → connected, armed anew, first tag', figuresOf(again), least));
  console.log(row('line goes silent → noticed (keepalive 1 s)', figuresOf(noticed)));
}

async function timed(action: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await action();
  return performance.now() - began;
}

/** A reader that serves a client refuses the second one; to connect is all that is measured. */
const connectOnce = (port: number) =>
  new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });
