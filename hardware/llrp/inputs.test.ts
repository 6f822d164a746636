import { describe, expect, it } from 'vitest';
import { parameter } from './codec/parameter.ts';
import { online, open, simulate, until } from './driver-rig.ts';
import { Inputs } from './inputs.ts';

describe('Inputs', () => {
  it('tells edges, and levels only where they are news', () => {
    const told: [number, boolean][] = [];
    const inputs = new Inputs((port, on) => told.push([port, on]));
    inputs.level(1, false);
    inputs.edge(1, false);
    inputs.level(2, true);
    inputs.edge(2, true);
    inputs.edge(3, false);
    inputs.level(2, false);
    expect(told).toEqual([
      [2, true],
      [3, false],
      [2, false],
    ]);
  });
});

describe('the inputs of a reader', () => {
  it('are switched on, asked for after each connect, and told as edges', async () => {
    const { simulator, heard } = await simulate();
    simulator.setInput(2, true);
    const watched = open(simulator.port, { inputs: [1, 2] });
    const told: [number, boolean][] = [];
    watched.reader.onInput?.((port, on) => told.push([port, on]));
    await until(() => expect(told).toEqual([[2, true]]));
    const configs = heard.flatMap((one) => (one.name === 'SetReaderConfig' ? one.parameters : []));
    for (const Port of [1, 2]) {
      expect(configs).toContainEqual(parameter('GPIPortCurrentState', { Port, Enabled: true, State: 0 }));
    }
    simulator.setInput(1, true);
    simulator.setInput(4, true);
    await until(() => expect(told.length).toBe(3));
    // What changes while nobody listens is told after the next connect.
    simulator.disconnectClient();
    simulator.setInput(2, false);
    await until(() => expect(told.at(-1)).toEqual([2, false]));
    await online(watched);
    expect(told).toEqual([
      [2, true],
      [1, true],
      [4, true],
      [2, false],
    ]);
  });

  it('that a reader will not switch on are logged, and it reads all the same', async () => {
    const { simulator } = await simulate({ inputs: 1 });
    const watched = open(simulator.port, { inputs: [9] });
    await online(watched);
    await until(() => expect(watched.logs.join()).toContain('does not switch its inputs on'));
  });
});
