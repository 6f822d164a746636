import { describe, expect, it } from 'vitest';
import { unwrap } from '../../shared/result.ts';
import { ConnectionAttempt } from './codec/enumerations.ts';
import { Version } from './codec/frame.ts';
import { type AnyMessage, decodeMessage, encodeMessage, message } from './codec/message.ts';
import {
  type AnyParameter,
  encodeParameters,
  filterParameters,
  findParameter,
  parameter,
} from './codec/parameter.ts';
import { FrameSplitter } from './codec/splitter.ts';
import { EPC, greetingServer, names, online, open, simulate, until } from './driver-rig.ts';
import { powerIndex } from './facts.ts';
import { IMPINJ } from './impinj.ts';
import { RESPONSES } from './simulator/responses.ts';
import { success } from './simulator/status.ts';

/** What the driver configured for all antennas in the AISpecs of its ROSpec. */
function configurations(heard: AnyMessage[]): AnyParameter[][] {
  const added = heard.find((one) => one.name === 'AddROSpec');
  const spec = findParameter(added?.name === 'AddROSpec' ? added.parameters : [], 'ROSpec');
  return filterParameters(spec?.parameters ?? [], 'AISpec').map((ai) => {
    const inventory = findParameter(ai.parameters, 'InventoryParameterSpec');
    return findParameter(inventory?.parameters ?? [], 'AntennaConfiguration')?.parameters ?? [];
  });
}

describe('what the installer may wish for', () => {
  it('is nothing, and then the reader is left as it is', async () => {
    const { simulator, heard } = await simulate();
    await online(open(simulator.port));
    expect(configurations(heard)).toEqual([[]]);
  });

  it('is a transmit power, which leaves the channel alone', async () => {
    const { simulator, heard } = await simulate();
    await online(open(simulator.port, { transmitPowerDbm: 24.9 }));
    // The simulated reader has 10 dBm at index 1 and a decibel more at each further one.
    expect(configurations(heard)).toEqual([
      [parameter('RFTransmitter', { HopTableID: 0, ChannelIndex: 1, TransmitPowerIndex: 15 })],
    ]);
  });

  it('is a session and a population', async () => {
    const { simulator, heard } = await simulate();
    await online(open(simulator.port, { session: 2, tagPopulation: 8 }));
    expect(configurations(heard)).toEqual([
      [
        parameter('C1G2InventoryCommand', { TagInventoryStateAware: false }, [
          parameter('C1G2SingulationControl', { Session: 2, TagPopulation: 8, TagTransitTime: 0 }),
        ]),
      ],
    ]);
  });

  it.each(['1.0.1', '1.1'] as const)('is a dual target, over and over in %s', async (version) => {
    const { simulator, heard } = await simulate({ stateAware: true, version });
    const watched = open(simulator.port, { dualTarget: true });
    await online(watched);
    const states = configurations(heard).map(([command]) => {
      const control = findParameter(
        command?.name === 'C1G2InventoryCommand' ? command.parameters : [],
        'C1G2SingulationControl',
      );
      return findParameter(control?.parameters ?? [], 'C1G2TagInventoryStateAwareSingulationAction')?.fields
        .SessionState;
    });
    expect(states).toEqual([0, 1]);
    // One target alone would read the tag once and then keep it quiet.
    simulator.tagEnters(EPC);
    await until(() => expect(watched.reads.length).toBeGreaterThan(3));
    const loops = heard.some((one) => one.name === 'AddROSpec' && one.version === Version.v1_1);
    expect(loops).toBe(version === '1.1');
  });

  it('is a dual target that the reader cannot give, which is logged', async () => {
    const { simulator, heard } = await simulate();
    const watched = open(simulator.port, { dualTarget: true });
    await online(watched);
    expect(watched.logs.join()).toContain('does not let a client choose the target');
    expect(configurations(heard)).toEqual([[]]);
  });

  it('is a dual target of an Impinj reader, by its extension', async () => {
    const heard: AnyMessage[] = [];
    const watched = open(await impinjReader(heard), { dualTarget: true });
    await online(watched);
    expect(heard.find((one) => one.name === 'CustomMessage')).toMatchObject({
      fields: { VendorID: IMPINJ, MessageSubtype: 21 },
    });
    expect(configurations(heard)).toEqual([
      [
        parameter('C1G2InventoryCommand', { TagInventoryStateAware: false }, [
          parameter('Custom', { VendorID: IMPINJ, Subtype: 23, Data: Uint8Array.of(0, 2) }),
        ]),
      ],
    ]);
    expect(names(heard)).toContain('EnableROSpec');
  });
});

describe('powerIndex', () => {
  const powers = [
    { index: 7, dbm: 30 },
    { index: 1, dbm: 10 },
    { index: 4, dbm: 20.25 },
  ];
  it.each([
    [31, 7],
    [20.25, 4],
    [20, 1],
    [3, 1],
  ])('takes for %s dBm the level %s', (dbm, index) => expect(powerIndex(powers, dbm)).toBe(index));
  it('finds none in an empty table', () => expect(powerIndex([], 20)).toBeNull());
});

describe('a reader without a clock', () => {
  it('tells its uptime, which becomes a time of day', async () => {
    const { simulator } = await simulate({ utcClock: false });
    const watched = open(simulator.port);
    await online(watched);
    const before = Date.now();
    simulator.reads(EPC, 1);
    await until(() => expect(watched.reads.length).toBe(1));
    const seenAt = Date.parse(watched.reads[0]?.seenAt ?? '');
    // Two clocks were read one after the other, each cut to its millisecond.
    expect(Math.abs(seenAt - before)).toBeLessThan(60_000);
  });
});

/** A reader of Impinj's that says yes to everything. */
function impinjReader(heard: AnyMessage[]): Promise<number> {
  const greeting = parameter('ConnectionAttemptEvent', { Event: ConnectionAttempt.success });
  const general = {
    MaxSupportedAntennas: 4,
    CanSetAntennaProperties: false,
    HasUTCClock: true,
    DeviceManufacturer: IMPINJ,
    Model: 2_001_002,
    FirmwareVersion: '5.14.0.240',
  };
  return greetingServer([greeting], (socket) => {
    const splitter = new FrameSplitter();
    const answer = (one: AnyMessage): void => void socket.write(encodeMessage(one));
    socket.on('data', (chunk) => {
      for (const frame of splitter.push(chunk)) {
        const one = unwrap(decodeMessage(unwrap(frame)));
        heard.push(one);
        const response = RESPONSES.get(one.name);
        if (one.name === 'GetSupportedVersion') {
          const refused = parameter('LLRPStatus', { Status: 110, ErrorDescription: '' });
          answer(message('ErrorMessage', one.id, {}, [refused]));
        } else if (one.name === 'CustomMessage') {
          const Data = encodeParameters([success()]);
          answer(message('CustomMessage', one.id, { VendorID: IMPINJ, MessageSubtype: 22, Data }));
        } else if (response !== undefined) {
          const told =
            one.name === 'GetReaderCapabilities' ? [parameter('GeneralDeviceCapabilities', general)] : [];
          answer(message(response, one.id, {}, [success(), ...told]));
        }
      }
    });
  });
}
