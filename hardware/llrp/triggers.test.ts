import { describe, expect, it } from 'vitest';
import {
  AISpecStop,
  ReaderEventType,
  ROSpecStart,
  ROSpecStop,
  TagObservation,
} from './codec/enumerations.ts';
import { type AnyParameter, findParameter, parameter } from './codec/parameter.ts';
import { inventoryROSpec } from './setup.ts';
import { type Client, client, EPC, start, until } from './simulator-rig.ts';

const input = (port: number, on: boolean, timeoutMs = 0): AnyParameter =>
  parameter('GPITriggerValue', { Port: port, Event: on, Timeout: timeoutMs });

/** An ROSpec with these triggers in place of the driver's. */
function roSpec(start: AnyParameter, stop: AnyParameter, specs?: AnyParameter[]): AnyParameter[] {
  const [spec] = inventoryROSpec({});
  if (spec?.name !== 'ROSpec') throw new Error('no ROSpec');
  const parts = spec.parameters.flatMap((part) => {
    if (part.name === 'ROBoundarySpec') return [parameter('ROBoundarySpec', {}, [start, stop])];
    return part.name === 'AISpec' && specs !== undefined ? specs : [part];
  });
  return [{ ...spec, parameters: parts }];
}
const startBy = (Trigger: number, ...values: AnyParameter[]): AnyParameter =>
  parameter('ROSpecStartTrigger', { Trigger }, values);
const stopBy = (Trigger: number, DurationTriggerValue: number, ...values: AnyParameter[]): AnyParameter =>
  parameter('ROSpecStopTrigger', { Trigger, DurationTriggerValue }, values);
const aiSpec = (Trigger: number, DurationTriggerValue: number, ...values: AnyParameter[]): AnyParameter =>
  parameter('AISpec', { AntennaIDs: [0] }, [
    parameter('AISpecStopTrigger', { Trigger, DurationTriggerValue }, values),
    parameter('InventoryParameterSpec', { InventoryParameterSpecID: 1, AirProtocolID: 1 }),
  ]);
const observation = (Trigger: number, some: Record<string, number>): AnyParameter =>
  parameter('TagObservationTrigger', {
    Trigger,
    NumberOfTags: 0,
    NumberOfAttempts: 0,
    T: 0,
    Timeout: 0,
    ...some,
  });

/** Names and kinds of the events about ROSpecs and inputs, in their order. */
const events = (of: Client): string[] =>
  of.messages.flatMap((one) => {
    if (one.name !== 'ReaderEventNotification') return [];
    const data = findParameter(one.parameters, 'ReaderEventNotificationData')?.parameters ?? [];
    return data.flatMap((part) => {
      if (part.name === 'ROSpecEvent') return [['started', 'ended'][part.fields.Event] ?? '?'];
      if (part.name === 'AISpecEvent') return [`AISpec ${part.fields.SpecIndex}`];
      if (part.name === 'SpecLoopEvent') return [`loop ${part.fields.LoopCount}`];
      return part.name === 'GPIEvent' ? [`input ${part.fields.Port} ${part.fields.Event}`] : [];
    });
  });

async function armed(
  spec: AnyParameter[],
  options: Parameters<typeof start>[0] = {},
): Promise<{ simulator: Awaited<ReturnType<typeof start>>; one: Client }> {
  const simulator = await start(options);
  const one = client(simulator);
  const wanted = [
    ReaderEventType.roSpec,
    ReaderEventType.gpi,
    ReaderEventType.specLoop,
    ReaderEventType.aiSpec,
  ];
  await one.ask('SetReaderConfig', { ResetToFactoryDefaults: false }, [
    parameter(
      'ReaderEventNotificationSpec',
      {},
      wanted.map((type) =>
        parameter('EventNotificationState', { ReaderEventType: type, NotificationEnabled: true }),
      ),
    ),
  ]);
  expect((await one.ask('AddROSpec', {}, spec)).status).toBe(0);
  expect((await one.ask('EnableROSpec', { ROSpecID: 1 })).status).toBe(0);
  return { simulator, one };
}

describe('the triggers of the simulated reader', () => {
  it('start and stop by an input, which is told before', async () => {
    const spec = roSpec(startBy(ROSpecStart.gpi, input(1, true)), stopBy(ROSpecStop.gpi, 0, input(2, true)));
    const { simulator, one } = await armed(spec);
    simulator.setInput(2, true);
    simulator.setInput(2, false);
    expect(simulator.state().reading).toBe(false);
    simulator.setInput(1, true);
    expect(simulator.state().reading).toBe(true);
    simulator.setInput(1, false);
    simulator.setInput(2, true);
    expect(simulator.state().reading).toBe(false);
    const told = ['input 1 true', 'started', 'input 1 false', 'input 2 true', 'AISpec 1', 'ended'];
    await until(() => expect(events(one)).toEqual(['input 2 true', 'input 2 false', ...told]));
  });

  it('do not hear an input that is switched off', async () => {
    const spec = roSpec(startBy(ROSpecStart.gpi, input(1, true)), stopBy(ROSpecStop.none, 0));
    const { simulator, one } = await armed(spec);
    const off = parameter('GPIPortCurrentState', { Port: 1, Enabled: false, State: 0 });
    await one.ask('SetReaderConfig', { ResetToFactoryDefaults: false }, [off]);
    simulator.setInput(1, true);
    expect(simulator.state().reading).toBe(false);
    expect(events(one)).toEqual([]);
  });

  it('stop by an input that stays away for too long, and after a duration', async () => {
    const stops = [stopBy(ROSpecStop.gpi, 0, input(2, true, 60)), stopBy(ROSpecStop.duration, 60)];
    for (const stop of stops) {
      const { one } = await armed(roSpec(startBy(ROSpecStart.none), stop));
      await one.ask('StartROSpec', { ROSpecID: 1 });
      await until(() => expect(events(one)).toEqual(['started', 'AISpec 1', 'ended']));
    }
  });

  it.each([
    ['an input', aiSpec(AISpecStop.gpi, 0, input(3, true))],
    [
      'a number of tags',
      aiSpec(AISpecStop.tagObservation, 0, observation(TagObservation.nTags, { NumberOfTags: 2 })),
    ],
    [
      'a number of rounds',
      aiSpec(AISpecStop.tagObservation, 0, observation(TagObservation.nAttempts, { NumberOfAttempts: 3 })),
    ],
    [
      'no new tag for a while',
      aiSpec(AISpecStop.tagObservation, 0, observation(TagObservation.noNewTagsForT, { T: 40 })),
    ],
    [
      'a timeout',
      aiSpec(
        AISpecStop.tagObservation,
        0,
        observation(TagObservation.nTags, { NumberOfTags: 9, Timeout: 40 }),
      ),
    ],
  ])('end an AISpec by %s', async (_what, spec) => {
    const { simulator, one } = await armed(
      roSpec(startBy(ROSpecStart.none), stopBy(ROSpecStop.none, 0), [spec]),
    );
    simulator.tagEnters(EPC);
    simulator.tagEnters('E2001111');
    await one.ask('StartROSpec', { ROSpecID: 1 });
    simulator.setInput(3, true);
    await until(() => expect(events(one)).toContain('ended'));
  });

  it('go through the AISpecs over and over with a LoopSpec', async () => {
    const loop = parameter('LoopSpec', { LoopCount: 3 });
    const specs = [aiSpec(AISpecStop.duration, 20), aiSpec(AISpecStop.duration, 20), loop];
    const spec = roSpec(startBy(ROSpecStart.none), stopBy(ROSpecStop.none, 0), specs);
    const { one } = await armed(spec, { scanMs: 10 });
    await one.ask('StartROSpec', { ROSpecID: 1 });
    const both = ['AISpec 1', 'AISpec 2'];
    const told = ['started', ...both, 'loop 1', ...both, 'loop 2', ...both, 'ended'];
    await until(() => expect(events(one)).toEqual(told));
  });

  it.each([
    ['a period without its values', startBy(ROSpecStart.periodic), stopBy(ROSpecStop.none, 0)],
    ['an input without its number', startBy(ROSpecStart.gpi), stopBy(ROSpecStop.none, 0)],
    ['a stop by input without its number', startBy(ROSpecStart.none), stopBy(ROSpecStop.gpi, 0)],
    ['a stop that nobody knows', startBy(ROSpecStart.none), stopBy(9, 0)],
  ])('are refused with %s', async (_what, from, to) => {
    const one = client(await start());
    expect((await one.ask('AddROSpec', {}, roSpec(from, to))).status).toBe(100);
  });
});
