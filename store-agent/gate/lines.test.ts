import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type FakeTools, fakeTools } from '../../hardware/gpio/fake_tools.ts';
import type { AgentConfig } from '../config.ts';
import type { FloorDevice, FloorInput } from '../http/floor_schema.ts';
import { startTestAgent, until } from '../testing/agent.ts';
import { TestEdge } from '../testing/edge.ts';
import { GATE, orderId, ourEpc, storeConfig, tempFolder } from '../testing/fixtures.ts';
import { openGateLines } from './lines.ts';
import { GateOutputs } from './outputs.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let tools: FakeTools;
const cleanups: (() => unknown)[] = [];
beforeEach(async () => {
  tools = await fakeTools(2);
  for (const name of ['PATH', 'FAKE', 'HELP']) vi.stubEnv(name, tools.env[name]);
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  vi.unstubAllEnvs();
  await tools.remove();
});
const level = async () => (await tools.log()).at(-1);
const LINE = { kind: 'gpio' as const, chip: 'pinctrl-test', gate_id: GATE as never, active_low: false };

function open(line: AgentConfig['lines'][number]) {
  const seen = new Map<string, FloorDevice>();
  const inputs: FloorInput[] = [];
  const outputs = new GateOutputs();
  const close = openGateLines({
    config: { lines: [line] },
    outputs,
    now: Date.now,
    log: () => {},
    onInput: (input) => inputs.push(input),
    onHealth: (device) => seen.set(device.id, device),
  });
  cleanups.push(close);
  return { outputs, inputs, close, health: () => [...seen.values()][0] };
}

it('outputs go by role from their fail-safe level to rest, act, and back', async () => {
  const { outputs, close, health } = open({
    ...LINE,
    id: 'lamp',
    line: 'RELAY1',
    role: 'lamp.red',
    fail_safe: 'on',
  });
  await until(() => expect(health()).toMatchObject({ kind: 'line', state: 'online', gate_id: GATE }));
  await until(async () => expect(await level()).toMatch(/17=0$/));
  outputs.signal(GATE, 'open');
  outputs.signal(GATE, 'alarm');
  await until(async () => expect(await level()).toBe('set 17=1'));
  outputs.signal(GATE, 'open');
  expect(await level()).toBe('set 17=1');
  outputs.signal(GATE, 'open', true);
  await until(async () => expect(await level()).toBe('set 17=0'));
  await close();
  expect(await level()).toBe('toggle 0 17=1');
});

it('inputs tell what they do', async () => {
  const { inputs, health } = open({ ...LINE, id: 'button', line: 17, role: 'button' });
  await until(() => expect(health()?.state).toBe('online'));
  await tools.edge('17 1');
  await tools.edge('17 2');
  await until(() => expect(inputs.map(({ on }) => on)).toEqual([true, false]));
  expect(inputs[0]).toMatchObject({ line_id: 'button', gate_id: GATE, role: 'button' });
});

it('a whole agent drives them from its gate thread, and lets go of them safe', async () => {
  const edge = await new TestEdge().start();
  const folder = tempFolder();
  cleanups.push(() => edge.stop(), folder.remove);
  edge.config = storeConfig({ policies: { ask_edge_ms: 0 } });
  edge.stock([ourEpc(1)], 'Scarf');
  edge.sell(orderId(1), [ourEpc(1)]);
  const line = { ...LINE, id: 'barrier', line: 'RELAY1', role: 'open', fail_safe: 'on' };
  const agent = await startTestAgent(edge, folder.path, { lines: [line] });
  let stopped = false;
  cleanups.unshift(() => (stopped ? undefined : agent.stop()));
  await until(() => expect(agent.state.cursor).toBe(edge.head));
  await until(async () => {
    const { devices } = (await agent.call('GET', '/healthz', { token: null })).json;
    expect(devices).toContainEqual(expect.objectContaining({ id: 'barrier', kind: 'line', state: 'online' }));
  });
  await until(async () => expect(await level()).toMatch(/17=0$/));
  const read = { id: 'x', reads: [{ epc: ourEpc(1) }] };
  await agent.call('POST', `/v1/gates/${GATE}/reads`, { body: read });
  await until(async () => expect(await level()).toBe('set 17=1'));
  await agent.stop();
  stopped = true;
  expect(await level()).toBe('toggle 0 17=1');
});
