import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EscposSimulator, startEscposSimulator } from '../hardware/escpos/simulator.ts';
import { type LlrpSimulator, startLlrpSimulator } from '../hardware/llrp/simulator.ts';
import { Alarm } from './alarms/alarm.ts';
import { topicsOf } from './bus/topics.ts';
import type { GateDecision } from './exit/gatekeeper.ts';
import {
  Floor,
  FloorCall,
  FloorDecision,
  FloorDevice,
  type FloorEvent,
  FloorGate,
  FloorInput,
  FloorLink,
  FloorPrint,
  FloorReads,
  FloorScan,
} from './http/floor_schema.ts';
import { startTestAgent, type TestAgent, until } from './testing/agent.ts';
import { TestEdge } from './testing/edge.ts';
import {
  foreignEpc,
  GATE,
  orderId,
  ourEpc,
  PRINTER,
  READER,
  STORE,
  signIn,
  storeConfig,
  tempFolder,
} from './testing/fixtures.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const ALARM_PORT = 1;
const OPEN_PORT = 2;
const topics = topicsOf(STORE);

let edge: TestEdge;
let reader: LlrpSimulator;
let printer: EscposSimulator;
let folder: ReturnType<typeof tempFolder>;
let agent: TestAgent;
let gate: MqttClient | null = null;

beforeEach(async () => {
  edge = await new TestEdge().start();
  edge.config = storeConfig({ policies: { ask_edge_ms: 0 } });
  edge.stock([ourEpc(1), ourEpc(2)], 'Scarf');
  edge.sell(orderId(1), [ourEpc(1)]);
  reader = await startLlrpSimulator({ port: 0, scanMs: 20 });
  printer = await startEscposSimulator({ host: '127.0.0.1', port: 0 });
  folder = tempFolder();
  agent = await startTestAgent(edge, folder.path, {
    readers: [
      {
        id: READER,
        url: `llrp://127.0.0.1:${reader.port}`,
        gate_id: GATE,
        outputs: { alarm: ALARM_PORT, open: OPEN_PORT },
      },
    ],
    printers: [{ id: PRINTER, name: 'Receipts', url: `tcp://127.0.0.1:${printer.port}` }],
  });
  await until(() => expect(agent.state.cursor).toBe(edge.head));
  await until(() => expect(agent.state.jwks).not.toBeNull());
  await until(() => expect(reader.state().reading).toBe(true));
});
afterEach(async () => {
  if (gate !== null) await gate.endAsync(true);
  gate = null;
  await agent.stop();
  await reader.close();
  await printer.close();
  await edge.stop();
  folder.remove();
});

async function listenAsGate(): Promise<GateDecision[]> {
  gate = await connectAsync(`mqtt://127.0.0.1:${agent.mqttPort}`, {
    ...signIn(GATE),
    protocolVersion: 4,
    reconnectPeriod: 0,
  });
  const decisions: GateDecision[] = [];
  gate.on('message', (_topic, payload) => decisions.push(JSON.parse(String(payload))));
  await gate.subscribeAsync(topics.decision(GATE), { qos: 1 });
  return decisions;
}

describe('a lane with a reader', () => {
  it('opens for paid goods, alarms for others, tells the gate once, and reports once', async () => {
    const decisions = await listenAsGate();
    reader.tagEnters(ourEpc(1));
    await until(() => expect(reader.outputs().get(OPEN_PORT)).toBe(true));
    await until(() => expect(decisions.map((one) => one.decision)).toEqual(['open']));
    expect(reader.outputs().get(ALARM_PORT) ?? false).toBe(false);
    reader.tagLeaves(ourEpc(1));
    reader.tagEnters(ourEpc(2));
    await until(() => expect(reader.outputs().get(ALARM_PORT)).toBe(true));
    // A barrier that was open for the paid tag shuts before the unpaid one.
    await until(() => expect(reader.outputs().get(OPEN_PORT)).toBe(false));
    reader.tagEnters(foreignEpc(1));
    await until(() => expect(decisions.map((one) => one.decision)).toEqual(['open', 'alarm', 'ignore']));
    expect(decisions[1]?.epcs).toEqual([{ epc: ourEpc(2), status: 'unsold', name: 'Scarf' }]);
    const metrics = await agent.call('GET', '/metrics', { token: null });
    expect(
      Number(/sesame_gate_decisions_total\{decision="alarm"\} (\d+)/.exec(metrics.text)?.[1]),
    ).toBeGreaterThanOrEqual(1);
    const gateReports = () =>
      [...edge.reports.values()].map((report) => report.kind).filter((kind) => kind.startsWith('gate.'));
    await until(() => expect(gateReports()).toEqual(['gate.open', 'gate.alarm']));
    // The tag stays and is read on and on; the outputs end when it has gone.
    reader.tagLeaves(ourEpc(2));
    await until(() =>
      expect([reader.outputs().get(ALARM_PORT), reader.outputs().get(OPEN_PORT)]).toEqual([false, false]),
    );
    expect(gateReports()).toEqual(['gate.open', 'gate.alarm']);
  });

  it('opens for a pass that is shown at it, also while the alarm sounds', async () => {
    const decisions = await listenAsGate();
    reader.reads(ourEpc(2), 1);
    await until(() => expect(reader.outputs().get(ALARM_PORT)).toBe(true));
    reader.reads(ourEpc(1), 1);
    await until(() => expect(decisions).toHaveLength(2));
    expect(reader.outputs().get(OPEN_PORT) ?? false).toBe(false);
    const pass = await edge.exitPass(orderId(4), [[ourEpc(2), 80]]);
    await agent.call('POST', '/v1/exit_passes', { body: { pass, gate_id: GATE } });
    await until(() => expect(reader.outputs().get(OPEN_PORT)).toBe(true));
    await until(() =>
      expect(decisions.at(-1)).toMatchObject({
        decision: 'open',
        epcs: [{ epc: ourEpc(2), status: 'sold' }],
      }),
    );
    await until(() => expect(reader.outputs().get(ALARM_PORT)).toBe(false));
  });

  it('gives a gate that reads by itself one answer for each message, however often the tag is seen', async () => {
    const decisions = await listenAsGate();
    for (let n = 0; n < 20; n++) {
      await gate?.publishAsync(
        topics.reads(GATE),
        JSON.stringify({ id: `m${n}`, reads: [{ epc: ourEpc(2) }] }),
        { qos: 1 },
      );
    }
    await until(() =>
      expect(decisions.map((one) => one.id).sort()).toEqual(
        Array.from({ length: 20 }, (_, n) => `m${n}`).sort(),
      ),
    );
    await until(() =>
      expect([...edge.reports.values()].filter((report) => report.kind === 'gate.alarm')).toHaveLength(1),
    );
  });
});

describe('the store floor', () => {
  it('shows link, devices, decisions and prints', async () => {
    await listenAsGate();
    reader.tagEnters(ourEpc(2));
    const job = await agent.call('POST', '/v1/print_jobs', { body: { markup: '[L]x<cut/>' } });
    await until(async () => {
      const floor = Floor.parse((await agent.call('GET', '/v1/floor')).json);
      expect(floor).toMatchObject({
        store: { id: STORE, name: 'Example Store' },
        disk: 'ok',
        tags: 2,
        link: { state: 'up', cursor: edge.head },
      });
      expect(floor.devices.map((one) => `${one.kind} ${one.state}`).sort()).toEqual([
        'gate online',
        'printer online',
        'reader online',
      ]);
      expect(floor.decisions[0]).toMatchObject({
        decision: 'alarm',
        gate_id: GATE,
        source: 'reader',
        epcs: [{ name: 'Scarf' }],
      });
      expect(floor.prints).toMatchObject([{ id: job.json.id, status: 'printed' }]);
    });
  });

  it('streams each of them as it happens', async () => {
    const abort = new AbortController();
    const response = await fetch(`${agent.url}/v1/floor/stream`, {
      headers: { authorization: `Bearer ${await edge.token('cashier')}` },
      signal: abort.signal,
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const events: FloorEvent[] = [];
    const reading = collect(response, events);
    reader.tagEnters(ourEpc(1));
    await agent.call('POST', '/v1/print_jobs', { body: { markup: '[L]x<cut/>' } });
    await listenAsGate();
    edge.dropAll();
    await until(() =>
      expect(new Set(events.map((one) => one.event))).toEqual(
        new Set(['link', 'device', 'decision', 'print', 'reads']),
      ),
    );
    const schemas = {
      link: FloorLink,
      device: FloorDevice,
      decision: FloorDecision,
      alarm: Alarm,
      gate: FloorGate,
      print: FloorPrint,
      reads: FloorReads,
      scan: FloorScan,
      input: FloorInput,
      call: FloorCall,
    };
    for (const { event, data } of events) expect(schemas[event].safeParse(data).success, event).toBe(true);
    expect(events[0]).toMatchObject({ event: 'link', data: { state: 'up' } });
    expect(events.find((one) => one.event === 'reads')).toMatchObject({
      data: { reader_id: READER, reads: [{ epc: ourEpc(1), name: 'Scarf', status: 'sold' }] },
    });
    abort.abort();
    await reading;
    // Nobody watches any more, so nothing is kept for them.
    const watchers = async () =>
      expect((await agent.call('GET', '/metrics', { token: null })).status).toBe(200);
    await watchers();
  });
});

describe('a device that fails', () => {
  it('is a health fact and a report, and comes back', async () => {
    await until(async () =>
      expect((await agent.call('GET', '/healthz', { token: null })).json.status).toBe('ok'),
    );
    reader.disconnectClient();
    const states = () =>
      [...edge.reports.values()]
        .filter((report) => report.data['device_id'] === READER)
        .map((report) => report.data['state']);
    await until(() => expect(states()).toContain('offline'));
    await until(() => expect(states().at(-1)).toBe('online'));
    reader.tagEnters(ourEpc(1));
    await until(() => expect(reader.outputs().get(OPEN_PORT)).toBe(true));
  });
});

async function collect(response: Response, events: FloorEvent[]): Promise<void> {
  let buffer = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? []) {
      buffer += decoder.decode(chunk, { stream: true });
      for (let end = buffer.indexOf('\n\n'); end >= 0; end = buffer.indexOf('\n\n')) {
        const block = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        const event = /^event: (.*)$/m.exec(block)?.[1];
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (event !== undefined && data !== undefined)
          events.push(JSON.parse(`{"event":"${event}","data":${data}}`));
      }
    }
  } catch {
    // Aborted by the test.
  }
}
