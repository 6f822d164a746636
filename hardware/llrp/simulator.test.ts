import { describe, expect, it } from 'vitest';
import { ConnectionAttempt, Status } from './codec/enumerations.ts';
import { encodeFrame } from './codec/frame.ts';
import { encodeMessage, message } from './codec/message.ts';
import { type AnyParameter, filterParameters, findParameter, parameter } from './codec/parameter.ts';
import { inventoryROSpec } from './setup.ts';
import { startLlrpSimulator } from './simulator.ts';
import { type Answer, type Client, client, EPC, start, until } from './simulator-rig.ts';

const attempts = (of: Client): number[] =>
  of.messages.flatMap((one) => {
    if (one.name !== 'ReaderEventNotification') return [];
    const data = findParameter(one.parameters, 'ReaderEventNotificationData');
    return filterParameters(data?.parameters ?? [], 'ConnectionAttemptEvent').map(
      (event) => event.fields.Event,
    );
  });
const events = (of: Client): string[] =>
  of.messages.flatMap((one) => {
    if (one.name !== 'ReaderEventNotification') return [];
    const data = findParameter(one.parameters, 'ReaderEventNotificationData');
    return (data?.parameters ?? []).map((event) => event.name).filter((name) => name !== 'UTCTimestamp');
  });
const errors = (of: Client): number[] =>
  of.messages.flatMap((one) =>
    one.name === 'ErrorMessage' ? [findParameter(one.parameters, 'LLRPStatus')?.fields.Status ?? -1] : [],
  );
const notify = (...types: number[]): AnyParameter =>
  parameter(
    'ReaderEventNotificationSpec',
    {},
    types.map((type) =>
      parameter('EventNotificationState', { ReaderEventType: type, NotificationEnabled: true }),
    ),
  );
const config = (of: Client, ...parameters: AnyParameter[]): Promise<Answer> =>
  of.ask('SetReaderConfig', { ResetToFactoryDefaults: false }, parameters);
const arm = async (of: Client): Promise<void> => {
  expect((await of.ask('AddROSpec', {}, inventoryROSpec({}))).status).toBe(Status.M_Success);
  expect((await of.ask('EnableROSpec', { ROSpecID: 1 })).status).toBe(Status.M_Success);
};

describe('the simulated reader', () => {
  it('serves one client at a time and tells both about the other', async () => {
    const simulator = await start();
    const first = client(simulator);
    await until(() => expect(attempts(first)).toEqual([ConnectionAttempt.success]));
    const second = client(simulator);
    await until(() => expect(second.closed).toBe(true));
    expect(attempts(second)).toEqual([ConnectionAttempt.clientConnectionExists]);
    await until(() =>
      expect(attempts(first)).toEqual([ConnectionAttempt.success, ConnectionAttempt.attemptedAgain]),
    );
    first.destroy();
    await until(() => expect(simulator.state().clientConnected).toBe(false));
    const third = client(simulator);
    await until(() => expect(attempts(third)).toEqual([ConnectionAttempt.success]));
    expect(simulator.state().connections).toBe(2);
  });

  it('tells its capabilities, all or one kind', async () => {
    const one = client(await start({ antennas: 2, inputs: 3, outputs: 1 }));
    const all = await one.ask('GetReaderCapabilities', { ReaderCapabilitiesRequestedData: 0 });
    expect(all.parameters.map((part) => part.name)).toEqual([
      'LLRPStatus',
      'GeneralDeviceCapabilities',
      'LLRPCapabilities',
      'RegulatoryCapabilities',
      'C1G2LLRPCapabilities',
    ]);
    const general = findParameter(all.parameters, 'GeneralDeviceCapabilities');
    expect(general?.fields.MaxSupportedAntennas).toBe(2);
    expect(findParameter(general?.parameters ?? [], 'GPIOCapabilities')?.fields).toEqual({
      NumGPIs: 3,
      NumGPOs: 1,
    });
    const llrp = await one.ask('GetReaderCapabilities', { ReaderCapabilitiesRequestedData: 2 });
    expect(llrp.parameters.map((part) => part.name)).toEqual(['LLRPStatus', 'LLRPCapabilities']);
  });

  it('keeps its configuration, and changes all of it or nothing', async () => {
    const simulator = await start({ outputs: 2 });
    const one = client(simulator);
    const ask = (data: number, gpo = 0) =>
      one.ask('GetReaderConfig', { AntennaID: 0, RequestedData: data, GPIPortNum: 0, GPOPortNum: gpo });
    const output = (port: number, on: boolean) => parameter('GPOWriteData', { Port: port, Data: on });
    expect(
      (await config(one, output(1, true), parameter('KeepAliveSpec', { Trigger: 1, Interval: 60_000 })))
        .status,
    ).toBe(0);
    const refused = await config(one, output(2, true), output(3, true));
    expect(refused.status).toBe(Status.M_ParameterError);
    expect(refused.statusParameters).toMatchObject([
      { name: 'ParameterError', fields: { ParameterType: 219 } },
    ]);
    expect(simulator.outputs()).toEqual(
      new Map([
        [1, true],
        [2, false],
      ]),
    );
    const gpo = filterParameters((await ask(10)).parameters, 'GPOWriteData').map((part) => part.fields);
    expect(gpo).toEqual([
      { Port: 1, Data: true },
      { Port: 2, Data: false },
    ]);
    expect(filterParameters((await ask(10, 2)).parameters, 'GPOWriteData').length).toBe(1);
    const all = (await ask(0)).parameters;
    expect(findParameter(all, 'KeepAliveSpec')?.fields).toEqual({ Trigger: 1, Interval: 60_000 });
    expect(filterParameters(all, 'AntennaConfiguration').length).toBe(4);
    await one.ask('SetReaderConfig', { ResetToFactoryDefaults: true });
    expect(simulator.outputs().get(1)).toBe(false);
  });

  it('sets one part of an antenna and leaves the others', async () => {
    const one = client(await start({ antennas: 2 }));
    const power = parameter('RFTransmitter', { HopTableID: 0, ChannelIndex: 1, TransmitPowerIndex: 5 });
    await config(one, parameter('AntennaConfiguration', { AntennaID: 2 }, [power]));
    const all = await one.ask('GetReaderConfig', {
      AntennaID: 0,
      RequestedData: 3,
      GPIPortNum: 0,
      GPOPortNum: 0,
    });
    const powers = filterParameters(all.parameters, 'AntennaConfiguration').map((part) => [
      findParameter(part.parameters, 'RFTransmitter')?.fields.TransmitPowerIndex,
      findParameter(part.parameters, 'C1G2InventoryCommand') !== undefined,
    ]);
    expect(powers).toEqual([
      [21, true],
      [5, true],
    ]);
    expect((await config(one, parameter('AntennaConfiguration', { AntennaID: 3 }))).status).toBe(
      Status.M_ParameterError,
    );
  });

  it('reads from ENABLE_ROSPEC on when the start trigger is immediate, again and again', async () => {
    const simulator = await start();
    const one = client(simulator);
    simulator.tagEnters(EPC, { antenna: 2, rssi: -44 });
    simulator.reads(EPC, 5);
    await arm(one);
    await until(() => expect(one.reports.length).toBeGreaterThan(3));
    expect(one.reports[0]).toMatchObject({ epc: EPC, antennaId: 2, peakRssi: -44, tagSeenCount: 1 });
    expect(simulator.state().reading).toBe(true);
    simulator.tagLeaves(EPC);
    await one.ask('GetROSpecs', {});
    const before = one.reports.length;
    simulator.reads('E2001111', 3, { antenna: 1 });
    await until(() => expect(one.reports.length).toBeGreaterThan(before));
    expect(one.reports.slice(before).map((report) => report.epc)).toEqual([
      'E2001111',
      'E2001111',
      'E2001111',
    ]);
  });

  it('starts, stops, disables and deletes an ROSpec, with its events', async () => {
    const simulator = await start();
    const one = client(simulator);
    await config(one, notify(1, 2));
    expect((await one.ask('EnableROSpec', { ROSpecID: 1 })).status).toBe(Status.M_FieldError);
    expect((await one.ask('DeleteROSpec', { ROSpecID: 0 })).status).toBe(Status.M_Success);
    expect((await one.ask('AddROSpec', {})).status).toBe(Status.M_MissingParameter);
    expect((await one.ask('AddROSpec', {}, inventoryROSpec({ antennas: [9] }))).status).toBe(
      Status.M_ParameterError,
    );
    expect((await one.ask('AddROSpec', {}, inventoryROSpec({}))).status).toBe(Status.M_Success);
    expect((await one.ask('AddROSpec', {}, inventoryROSpec({}))).status).toBe(Status.M_ParameterError);
    expect((await one.ask('StartROSpec', { ROSpecID: 1 })).status).toBe(Status.M_FieldError);
    expect(simulator.state().reading).toBe(false);
    await one.ask('EnableROSpec', { ROSpecID: 0 });
    expect(simulator.state().reading).toBe(true);
    await one.ask('DisableROSpec', { ROSpecID: 1 });
    expect(simulator.state().reading).toBe(false);
    await one.ask('EnableROSpec', { ROSpecID: 1 });
    await one.ask('DeleteROSpec', { ROSpecID: 1 });
    expect(simulator.state().reading).toBe(false);
    expect(filterParameters((await one.ask('GetROSpecs', {})).parameters, 'ROSpec')).toEqual([]);
    simulator.setInput(2, true);
    const four = ['ROSpecEvent', 'ROSpecEvent', 'ROSpecEvent', 'ROSpecEvent'];
    await until(() => expect(events(one)).toEqual(['ConnectionAttemptEvent', ...four, 'GPIEvent']));
  });

  it('does not read at an antenna whose cable is pulled, and says so', async () => {
    const simulator = await start();
    const one = client(simulator);
    await arm(one);
    simulator.setAntenna(2, false);
    simulator.reads(EPC, 2, { antenna: 2 });
    simulator.reads('E2001111', 1, { antenna: 1 });
    await until(() => expect(one.reports.map((report) => report.epc)).toEqual(['E2001111']));
    expect(events(one)).toEqual(['ConnectionAttemptEvent', 'AntennaEvent']);
    const asked = { AntennaID: 0, RequestedData: 2, GPIPortNum: 0, GPOPortNum: 0 };
    const properties = filterParameters(
      (await one.ask('GetReaderConfig', asked)).parameters,
      'AntennaProperties',
    );
    expect(properties.map((part) => part.fields.AntennaConnected)).toEqual([true, false, true, true]);
    expect(() => simulator.setAntenna(5, true)).toThrow(RangeError);
  });

  it('gathers reports until their trigger, or until GET_REPORT', async () => {
    const simulator = await start({ scanMs: 60_000 });
    const one = client(simulator);
    const [spec] = inventoryROSpec({});
    if (spec?.name !== 'ROSpec') throw new Error('no ROSpec');
    const waiting = spec.parameters.map((part) =>
      part.name === 'ROReportSpec' ? { ...part, fields: { Trigger: 0, N: 0 } } : part,
    );
    await one.ask('AddROSpec', {}, [{ ...spec, parameters: waiting }]);
    await one.ask('EnableROSpec', { ROSpecID: 1 });
    simulator.tagEnters(EPC);
    simulator.tagEnters('E2001111');
    simulator.tagEnters(EPC);
    await one.ask('GetROSpecs', {});
    expect(one.reports).toEqual([]);
    one.raw(encodeMessage(message('GetReport', 5, {})));
    await until(() =>
      expect(one.reports.map((report) => [report.epc, report.tagSeenCount])).toEqual([
        [EPC, 2],
        ['E2001111', 1],
      ]),
    );
  });

  it('keeps ROSpec and configuration over a lost connection, and holds reports when told to', async () => {
    const simulator = await start();
    const one = client(simulator);
    await config(one, parameter('EventsAndReports', { HoldEventsAndReportsUponReconnect: true }));
    await arm(one);
    simulator.disconnectClient();
    await until(() => expect(simulator.state().clientConnected).toBe(false));
    simulator.tagEnters(EPC);
    const two = client(simulator);
    expect(filterParameters((await two.ask('GetROSpecs', {})).parameters, 'ROSpec').length).toBe(1);
    expect(two.reports).toEqual([]);
    two.raw(encodeMessage(message('EnableEventsAndReports', 6, {})));
    await until(() => expect(two.reports.length).toBeGreaterThan(0));
  });

  it('sends keepalives while a client wants them', async () => {
    const one = client(await start());
    const count = () => one.messages.filter((each) => each.name === 'KeepAlive').length;
    await config(one, parameter('KeepAliveSpec', { Trigger: 1, Interval: 10 }));
    await until(() => expect(count()).toBeGreaterThan(2));
    await config(one, parameter('KeepAliveSpec', { Trigger: 0, Interval: 0 }));
    const after = count();
    for (let i = 0; i < 5; i++) await one.ask('GetROSpecs', {});
    expect(count()).toBe(after);
  });

  it('answers what it does not know with ERROR_MESSAGE and goes on', async () => {
    const one = client(await start());
    one.raw(
      encodeMessage({
        name: 'raw',
        version: 1,
        type: 1_000,
        id: 1,
        payload: Uint8Array.of(0, 0, 101, 26, 21),
      }),
    );
    one.raw(encodeMessage(message('ROAccessReport', 2, {})));
    one.raw(encodeFrame({ version: 3, type: 46, id: 3, payload: new Uint8Array(0) }));
    one.raw(encodeFrame({ version: 1, type: 3, id: 4, payload: Uint8Array.of(0, 0, 219, 0, 1) }));
    await until(() =>
      expect(errors(one)).toEqual([
        Status.M_UnsupportedMessage,
        Status.M_UnexpectedMessage,
        Status.M_UnsupportedVersion,
        Status.M_ParameterError,
      ]),
    );
    expect(await one.ask('GetROSpecs', {})).toMatchObject({ status: 0 });
  });

  it('hangs up on junk, after saying so', async () => {
    const simulator = await start();
    const one = client(simulator);
    one.raw(new TextEncoder().encode('GET / HTTP/1.1\r\nHost: reader\r\n\r\n'));
    await until(() => expect(one.closed).toBe(true));
    expect(errors(one)).toEqual([Status.M_FieldError]);
    await until(() => expect(simulator.state().clientConnected).toBe(false));
  });

  it('closes when asked, and frees its place', async () => {
    const simulator = await start();
    const one = client(simulator);
    expect((await one.ask('CloseConnection', {})).status).toBe(0);
    await until(() => expect(one.closed).toBe(true));
    await until(() => expect(simulator.state().clientConnected).toBe(false));
  });

  it('refuses tags and antennas that cannot be', async () => {
    const simulator = await start({ antennas: 2 });
    expect(() => simulator.tagEnters('XYZ')).toThrow(RangeError);
    expect(() => simulator.tagEnters('30342')).toThrow(RangeError);
    expect(() => simulator.tagEnters(EPC, { antenna: 3 })).toThrow(RangeError);
    expect(() => simulator.setInput(5, true)).toThrow(RangeError);
    await expect(startLlrpSimulator({ port: simulator.port })).rejects.toThrow(/EADDRINUSE/);
    await Promise.all([simulator.close(), simulator.close()]);
  });
});
