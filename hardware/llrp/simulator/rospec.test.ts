import { describe, expect, it } from 'vitest';
import { unwrap } from '../../../shared/result.ts';
import { AISpecStop, ROSpecStart, ROSpecState, ROSpecStop } from '../codec/enumerations.ts';
import { type AnyParameter, type ParameterNode, parameter } from '../codec/parameter.ts';
import { SimulatedROSpec } from './rospec.ts';

interface Wanted {
  id?: number;
  state?: number;
  start?: number;
  period?: [offset: number, period: number];
  durationMs?: number;
  specs?: AnyParameter[];
  extra?: AnyParameter[];
}

const aiSpec = (antennas: number[], trigger: number, durationMs: number, observe: AnyParameter[] = []) =>
  parameter('AISpec', { AntennaIDs: antennas }, [
    parameter('AISpecStopTrigger', { Trigger: trigger, DurationTriggerValue: durationMs }, observe),
    parameter('InventoryParameterSpec', { InventoryParameterSpecID: 7, AirProtocolID: 1 }),
  ]);

const node = (wanted: Wanted = {}): ParameterNode<'ROSpec'> => {
  const periodic = wanted.period
    ? [parameter('PeriodicTriggerValue', { Offset: wanted.period[0], Period: wanted.period[1] })]
    : [];
  const durationMs = wanted.durationMs ?? 0;
  const stop = durationMs > 0 ? ROSpecStop.duration : ROSpecStop.none;
  return parameter(
    'ROSpec',
    {
      ROSpecID: wanted.id ?? 1,
      Priority: 0,
      ROSpecCurrentState: wanted.state ?? ROSpecState.disabled,
    },
    [
      parameter('ROBoundarySpec', {}, [
        parameter('ROSpecStartTrigger', { Trigger: wanted.start ?? ROSpecStart.none }, periodic),
        parameter('ROSpecStopTrigger', { Trigger: stop, DurationTriggerValue: durationMs }),
      ]),
      ...(wanted.specs ?? [aiSpec([0], AISpecStop.none, 0)]),
      ...(wanted.extra ?? []),
    ],
  );
};
const parse = (wanted: Wanted = {}) => unwrap(SimulatedROSpec.parse(node(wanted), 4));

describe('SimulatedROSpec', () => {
  it('goes from disabled over inactive to active and back', () => {
    const spec = parse();
    expect([spec.start(0), spec.stop(), spec.active]).toEqual([false, false, false]);
    expect([spec.enable(0), spec.active, spec.due(1e9)]).toEqual([false, false, false]);
    expect([spec.start(5), spec.active, spec.start(6)]).toEqual([true, true, false]);
    expect(spec.describe().fields.ROSpecCurrentState).toBe(ROSpecState.active);
    expect([spec.stop(), spec.active, spec.stop()]).toEqual([true, false, false]);
    expect([spec.start(9), spec.disable(), spec.disable(), spec.disabled]).toEqual([true, true, false, true]);
  });

  it('starts with an immediate trigger when it is enabled, and over again after its end', () => {
    const spec = parse({ start: ROSpecStart.immediate, durationMs: 100 });
    expect(spec.enable(1_000)).toBe(true);
    expect(spec.advance(1_099)).toBe('runs');
    expect(spec.advance(1_100)).toBe('ended');
    expect([spec.active, spec.due(1_100)]).toEqual([false, true]);
  });

  it('starts by its period', () => {
    const spec = parse({ start: ROSpecStart.periodic, period: [50, 200] });
    expect([spec.due(1e9), spec.enable(1_000), spec.due(1_049), spec.due(1_050)]).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect([spec.due(1_051), spec.due(1_249), spec.due(1_250)]).toEqual([false, false, true]);
    const once = parse({ start: ROSpecStart.periodic, period: [0, 0] });
    once.enable(0);
    expect([once.due(0), once.due(1e12)]).toEqual([true, false]);
  });

  it('takes its AISpecs one after the other', () => {
    const spec = parse({
      specs: [aiSpec([1, 2], AISpecStop.duration, 30), aiSpec([3, 0], AISpecStop.duration, 40)],
    });
    spec.enable(0);
    spec.start(0);
    expect([1, 2, 3].map((antenna) => spec.inventories(antenna))).toEqual([true, true, false]);
    expect([spec.specIndex, spec.inventoryParameterSpecId]).toEqual([1, 7]);
    expect([spec.advance(29), spec.advance(30), spec.specIndex]).toEqual(['runs', 'ai_spec_ended', 2]);
    expect([1, 4].map((antenna) => spec.inventories(antenna))).toEqual([true, true]);
    expect([spec.advance(69), spec.advance(70), spec.active]).toEqual(['runs', 'ended', false]);
    expect(spec.inventories(1)).toBe(false);
  });

  it('ends an AISpec by the number of different tags or by its timeout', () => {
    const observe = parameter('TagObservationTrigger', {
      Trigger: 0,
      NumberOfTags: 2,
      NumberOfAttempts: 0,
      T: 0,
      Timeout: 500,
    });
    const spec = parse({ specs: [aiSpec([0], AISpecStop.tagObservation, 0, [observe])] });
    spec.enable(0);
    spec.start(0);
    spec.observe('A', 0);
    spec.observe('A', 0);
    expect(spec.advance(1)).toBe('runs');
    spec.observe('B', 0);
    expect(spec.advance(2)).toBe('ended');
    spec.start(10);
    expect([spec.advance(509), spec.advance(510)]).toEqual(['runs', 'ended']);
  });

  it.each([
    ['number 0', { id: 0 }, 100],
    ['a state other than disabled', { state: ROSpecState.inactive }, 100],
    ['an unknown start trigger', { start: 9 }, 100],
    ['no AISpec', { specs: [] }, 100],
    ['an antenna that is not there', { specs: [aiSpec([5], AISpecStop.none, 0)] }, 100],
    ['an AISpec that is not whole', { specs: [parameter('AISpec', { AntennaIDs: [0] })] }, 100],
    ['an RFSurveySpec', { extra: [{ name: 'raw', type: 187, bytes: new Uint8Array(4) }] }, 100],
    [
      'a report trigger of another version',
      { extra: [parameter('ROReportSpec', { Trigger: 5, N: 1 })] },
      100,
    ],
  ] satisfies [string, Wanted, number][])('refuses %s', (_what, wanted, status) => {
    const parsed = SimulatedROSpec.parse(node(wanted), 4);
    expect(parsed).toMatchObject({ ok: false, error: { status } });
    expect(parsed.ok ? [] : parsed.error.errors).toMatchObject([{ name: 'ParameterError' }]);
  });

  it('refuses an ROSpec without its boundary', () => {
    const bare = parameter('ROSpec', { ROSpecID: 1, Priority: 0, ROSpecCurrentState: 0 });
    expect(SimulatedROSpec.parse(bare, 4).ok).toBe(false);
  });
});
