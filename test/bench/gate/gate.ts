import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEscposSimulator } from '../../../hardware/escpos/simulator.ts';
import { TestEdge } from '../../../store-agent/testing/edge.ts';
import {
  AGENT,
  GATE,
  OTHER_GATE,
  orderId,
  PRINTER,
  READER,
  STORE,
  signIn,
} from '../../../store-agent/testing/fixtures.ts';
import { figuresOf } from '../stats.ts';
import { measureColdStart } from './cold_start.ts';
import { measureFrozen } from './frozen.ts';
import { measureLookup } from './lookup.ts';
import { sleep } from './pace.ts';
import { heard, startAgentProcess, startPart, startRedis } from './processes.ts';
import { rowOf } from './row.ts';
import { fillStore, soldEpc, TAGS, unsoldEpc } from './store_of_tags.ts';

const ROUNDS = 1_500;
const ROUNDS_QUICK = 300;
const WARM_UP = 200;
const SPACING_MS = 20;
const SALES_PER_S = 20;
const PRINTS_PER_S = 2;

/** The gate from the report on the wire to the decision on the wire, beside its floors; and what disturbs it. */
export async function measureGates(quick: boolean, say: (text: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-gate-bench-'));
  const edge = await new TestEdge().start();
  const printer = await startEscposSimulator({ host: '127.0.0.1', port: 0 });
  const parts: { kill(): void }[] = [];
  try {
    say(`a store of ${TAGS.toLocaleString('en')} tags …`);
    fillStore(join(folder, 'data'), edge.epoch, edge.head);
    const reader = await startPart('./reader_process.ts');
    const echo = await startPart('./echo_process.ts');
    const aedes = await startPart('./aedes_process.ts');
    parts.push(reader.child, echo.child, aedes.child);
    const redis = await startRedis(Array.from({ length: TAGS / 2 }, (_, n) => soldEpc(n)));
    if (redis !== null) parts.push(redis.child);
    const config = join(folder, 'agent.json');
    writeFileSync(join(folder, 'token'), await edge.token('agent'));
    writeFileSync(
      config,
      JSON.stringify({
        store_id: STORE,
        agent_id: AGENT,
        edge_url: edge.url,
        token_file: 'token',
        data_dir: 'data',
        http: { port: 0 },
        mqtt: { port: 0 },
        readers: [
          {
            id: READER,
            url: `llrp://127.0.0.1:${reader.port}`,
            gate_id: GATE,
            outputs: { open: 1, alarm: 2 },
            output_hold_ms: 10,
          },
        ],
        printers: [{ id: PRINTER, name: 'Receipts', url: `tcp://127.0.0.1:${printer.port}` }],
      }),
    );
    const agent = await startAgentProcess(config);
    parts.push(agent.child);
    for (;;) {
      reader.child.send('reading?');
      if (await heard<boolean>(reader.child, 'reading')) break;
      await sleep(20);
    }
    const kiosk = await edge.token('kiosk');
    let sales = 0;
    let prints = 0;
    const selling = setInterval(() => {
      sales += 1;
      const epcs = [0, 1, 2, 3, 4].map((n) => unsoldEpc(200_000 + sales * 5 + n));
      edge.sell(orderId(500_000 + sales), epcs);
    }, 1_000 / SALES_PER_S);
    const printing = setInterval(() => {
      prints += 1;
      void fetch(`${agent.http}/v1/print_jobs`, {
        method: 'POST',
        headers: { authorization: `Bearer ${kiosk}`, 'content-type': 'application/json' },
        body: JSON.stringify({ markup: RECEIPT }),
      }).catch(() => {});
    }, 1_000 / PRINTS_PER_S);
    say(
      `measuring ${quick ? ROUNDS_QUICK : ROUNDS} rounds, ${SALES_PER_S} sales and ${PRINTS_PER_S} receipts a second …`,
    );
    reader.child.send({
      rounds: quick ? ROUNDS_QUICK : ROUNDS,
      warmUp: WARM_UP,
      spacingMs: SPACING_MS,
      echo: echo.port,
      redis: redis?.port ?? null,
      aedes: aedes.port,
      gateMqtt: {
        port: agent.mqttPort,
        ...signIn(OTHER_GATE),
        topic: `sesame/v1/${STORE}/gates/${OTHER_GATE}`,
      },
    });
    const samples = await heard<Record<string, number[]>>(reader.child, 'figures');
    clearInterval(selling);
    clearInterval(printing);
    printRounds(samples, { sales, prints });
    console.log(await ownPart(agent.http));
    console.log(await measureFrozen(agent.mqttPort, quick, say));
    agent.child.kill('SIGTERM');
    await new Promise((resolve) => agent.child.once('exit', resolve));
    console.log(measureLookup());
    console.log(await measureColdStart(config, reader, say));
  } finally {
    for (const part of parts) part.kill();
    await printer.close();
    await edge.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const RECEIPT = Array.from({ length: 30 }, (_, n) => `[L]Item ${n}[R]${n}.50`).join('\n');
const NAMES: Readonly<Record<string, string>> = {
  gate: 'LLRP report → output command, 1 tag',
  gate_mqtt: 'MQTT reads → decision (mqtt.js client)',
  echo: 'floor: TCP echo between two processes',
  redis: 'floor: Redis SISMEMBER over a raw socket',
  aedes: 'floor: aedes round trip, QoS 0 (mqtt.js client)',
};

function printRounds(
  samples: Record<string, number[]>,
  { sales, prints }: { sales: number; prints: number },
): void {
  const echo = samples['echo'];
  const floor = echo === undefined ? null : figuresOf(echo);
  console.log(
    `\nThe gate: ${TAGS.toLocaleString('en')} tags, while ${sales} sales committed and ${prints} receipts printed`,
  );
  console.log(
    `${'microseconds'.padEnd(52)} ${['n', 'p50', 'p99', 'max'].map((one) => one.padStart(8)).join('')}  p50 to echo`,
  );
  for (const [name, text] of Object.entries(NAMES)) {
    const list = samples[name];
    if (list === undefined) console.log(`${text.padEnd(52)}  not installed`);
    else console.log(rowOf(text, figuresOf(list), floor));
  }
}

/** What the agent itself counts, from the read in its hands to the answer in its hands, the output's command written. */
async function ownPart(http: string): Promise<string> {
  const text = await (await fetch(`${http}/metrics`)).text();
  const of = (name: string): number =>
    Number(new RegExp(`^sesame_gate_decision_seconds_${name} (\\S+)$`, 'm').exec(text)?.[1]);
  return `of that in the gate thread, command written and answer made: ${((of('sum') / of('count')) * 1e6).toFixed(0)} µs on average (n ${of('count')})`;
}
