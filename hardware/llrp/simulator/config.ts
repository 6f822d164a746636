import { err, ok, type Result } from '../../../shared/result.ts';
import {
  AccessReport,
  ConfigRequest,
  KeepAliveTrigger,
  ReaderEventType,
  ROReportTrigger,
  Status,
} from '../codec/enumerations.ts';
import { type AnyParameter, type ParameterNode, parameter, typeOf } from '../codec/parameter.ts';
import { PARAMETERS } from '../codec/tables.generated.ts';
import type { SimulatedHardware } from './capabilities.ts';
import { badField, badParameter, badParameterField, type Refusal } from './status.ts';

/** What SET_READER_CONFIG changes and GET_READER_CONFIG tells. It outlives connections, as in a reader. */
export interface ReaderConfig {
  /** 0 when no keepalives are sent. */
  keepaliveMs: number;
  /** The ReaderEventTypes that are notified. */
  events: ReadonlySet<number>;
  report: ParameterNode<'ROReportSpec'>;
  holdUponReconnect: boolean;
  /** When the results of AccessSpecs are reported. */
  accessReportTrigger: number;
  /** Inputs that are watched; the others neither notify nor trigger. */
  inputs: ReadonlySet<number>;
  outputs: ReadonlyMap<number, boolean>;
  /** By antenna: the sub-parameters of its AntennaConfiguration. */
  antennas: ReadonlyMap<number, AnyParameter[]>;
}

/** What the reader finds at its sockets, whatever its configuration. */
interface PhysicalWorld {
  inputs: ReadonlyMap<number, boolean>;
  /** Antennas whose cable is pulled. */
  unplugged: ReadonlySet<number>;
  /** Counts what clients changed. */
  stateValue: number;
}

/** An EUI-64 from the range that is locally administered. */
const READER_ID = Uint8Array.of(0x02, 0x00, 0x5e, 0xff, 0xfe, 0x00, 0x53, 0x01);
const EVENT_TYPES = Object.values(ReaderEventType);
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

export function factoryConfig(hardware: SimulatedHardware): ReaderConfig {
  return {
    keepaliveMs: 0,
    events: new Set([ReaderEventType.readerException, ReaderEventType.antenna]),
    report: parameter('ROReportSpec', { Trigger: ROReportTrigger.nTagsOrROSpecEnd, N: 0 }, [
      parameter('TagReportContentSelector', {
        EnableROSpecID: false,
        EnableSpecIndex: false,
        EnableInventoryParamSpecID: false,
        EnableAntennaID: true,
        EnableChannelIndex: false,
        EnablePeakRSSI: true,
        EnableFirstSeenTimestamp: true,
        EnableLastSeenTimestamp: false,
        EnableTagSeenCount: false,
        EnableAccessSpecID: false,
      }),
    ]),
    holdUponReconnect: false,
    accessReportTrigger: AccessReport.withROReport,
    inputs: new Set(numbers(hardware.inputs)),
    outputs: new Map(numbers(hardware.outputs).map((port) => [port, false])),
    antennas: new Map(numbers(hardware.antennas).map((antenna) => [antenna, factoryAntenna()])),
  };
}

const factoryAntenna = (): AnyParameter[] => [
  parameter('RFReceiver', { ReceiverSensitivityIndex: 1 }),
  parameter('RFTransmitter', { HopTableID: 0, ChannelIndex: 1, TransmitPowerIndex: 21 }),
  parameter('C1G2InventoryCommand', { TagInventoryStateAware: false }, [
    parameter('C1G2RFControl', { RFModeID: 1, Tari: 0 }),
    parameter('C1G2SingulationControl', { Session: 1, TagPopulation: 32, TagTransitTime: 0 }),
  ]),
];

/** The configuration after `parameters`, all of them or, when one cannot be, none. */
export function changeConfig(
  before: ReaderConfig,
  parameters: readonly AnyParameter[],
  hardware: SimulatedHardware,
): Result<ReaderConfig, Refusal> {
  let config = before;
  for (const one of parameters) {
    const changed = changeOne(config, one, hardware);
    if (!changed.ok) return changed;
    config = changed.value;
  }
  return ok(config);
}

function changeOne(
  config: ReaderConfig,
  one: AnyParameter,
  hardware: SimulatedHardware,
): Result<ReaderConfig, Refusal> {
  switch (one.name) {
    case 'KeepAliveSpec': {
      const periodic = one.fields.Trigger === KeepAliveTrigger.periodic;
      if (periodic && one.fields.Interval === 0) {
        return err(badParameterField(PARAMETERS.KeepAliveSpec.type, 1, 'a period of 0 ms'));
      }
      return ok({ ...config, keepaliveMs: periodic ? one.fields.Interval : 0 });
    }
    case 'ReaderEventNotificationSpec': {
      const events = new Set(config.events);
      for (const state of one.parameters) {
        if (state.name !== 'EventNotificationState') continue;
        if (state.fields.NotificationEnabled) events.add(state.fields.ReaderEventType);
        else events.delete(state.fields.ReaderEventType);
      }
      return ok({ ...config, events });
    }
    case 'ROReportSpec': {
      const refusal = checkReportSpec(one);
      return refusal === null ? ok({ ...config, report: one }) : err(refusal);
    }
    case 'GPOWriteData': {
      if (!config.outputs.has(one.fields.Port)) {
        return err(badParameterField(PARAMETERS.GPOWriteData.type, 0, `no output ${one.fields.Port}`));
      }
      return ok({ ...config, outputs: new Map(config.outputs).set(one.fields.Port, one.fields.Data) });
    }
    case 'AntennaConfiguration':
      return changeAntenna(config, one);
    case 'EventsAndReports':
      return ok({ ...config, holdUponReconnect: one.fields.HoldEventsAndReportsUponReconnect });
    case 'AccessReportSpec':
      return ok({ ...config, accessReportTrigger: one.fields.Trigger });
    case 'GPIPortCurrentState': {
      const { Port: port, Enabled: isEnabled } = one.fields;
      if (port === 0 || port > hardware.inputs) {
        return err(badParameterField(PARAMETERS.GPIPortCurrentState.type, 0, `no input ${port}`));
      }
      const inputs = new Set(config.inputs);
      if (isEnabled) inputs.add(port);
      else inputs.delete(port);
      return ok({ ...config, inputs });
    }
    case 'AntennaProperties':
      return ok(config);
    default: {
      const type = typeOf(one);
      return err(
        badParameter(type, Status.P_UnsupportedParameter, `parameter ${type} is not supported here`),
      );
    }
  }
}

/** Refuses the report triggers that LLRP 1.0.1 does not have. */
export function checkReportSpec(spec: ParameterNode<'ROReportSpec'>): Refusal | null {
  if (spec.fields.Trigger <= ROReportTrigger.nTagsOrROSpecEnd) return null;
  return badParameterField(PARAMETERS.ROReportSpec.type, 0, `no report trigger ${spec.fields.Trigger}`);
}

/** Antenna 0 stands for all. A sub-parameter replaces the one of its name and leaves the others. */
function changeAntenna(
  config: ReaderConfig,
  one: ParameterNode<'AntennaConfiguration'>,
): Result<ReaderConfig, Refusal> {
  const { AntennaID: id } = one.fields;
  if (id !== 0 && !config.antennas.has(id)) {
    return err(badParameterField(PARAMETERS.AntennaConfiguration.type, 0, `no antenna ${id}`));
  }
  const replaced = new Set<string>(one.parameters.map((each) => each.name));
  const antennas = new Map(config.antennas);
  for (const [antenna, parts] of config.antennas) {
    if (id !== 0 && id !== antenna) continue;
    antennas.set(antenna, [...parts.filter((part) => !replaced.has(part.name)), ...one.parameters]);
  }
  return ok({ ...config, antennas });
}

/** Refuses a question for an antenna, an input or an output that is not there. */
export function checkConfigRequest(
  hardware: SimulatedHardware,
  asked: { RequestedData: number; AntennaID: number; GPIPortNum: number; GPOPortNum: number },
): Refusal | null {
  if (asked.AntennaID > hardware.antennas) return badField(0, `no antenna ${asked.AntennaID}`);
  if (asked.RequestedData > ConfigRequest.eventsAndReports) return badField(1, 'no such data');
  if (asked.GPIPortNum > hardware.inputs) return badField(2, `no input ${asked.GPIPortNum}`);
  if (asked.GPOPortNum > hardware.outputs) return badField(3, `no output ${asked.GPOPortNum}`);
  return null;
}

/** The parameters of a GET_READER_CONFIG_RESPONSE behind its status. Number 0 asks for all of a kind. */
export function describeConfig(
  config: ReaderConfig,
  world: PhysicalWorld,
  asked: { RequestedData: number; AntennaID: number; GPIPortNum: number; GPOPortNum: number },
): AnyParameter[] {
  const isOne = (number: number, wanted: number): boolean => wanted === 0 || wanted === number;
  const antennas = [...config.antennas].filter(([antenna]) => isOne(antenna, asked.AntennaID));
  const parts: [number, AnyParameter[]][] = [
    [ConfigRequest.identification, [parameter('Identification', { IDType: 0, ReaderID: READER_ID })]],
    [
      ConfigRequest.antennaProperties,
      antennas.map(([antenna]) =>
        parameter('AntennaProperties', {
          AntennaConnected: !world.unplugged.has(antenna),
          AntennaID: antenna,
          AntennaGain: 0,
        }),
      ),
    ],
    [
      ConfigRequest.antennaConfiguration,
      antennas.map(([antenna, list]) => parameter('AntennaConfiguration', { AntennaID: antenna }, list)),
    ],
    [
      ConfigRequest.readerEventNotificationSpec,
      [
        parameter(
          'ReaderEventNotificationSpec',
          {},
          EVENT_TYPES.map((type) =>
            parameter('EventNotificationState', {
              ReaderEventType: type,
              NotificationEnabled: config.events.has(type),
            }),
          ),
        ),
      ],
    ],
    [ConfigRequest.roReportSpec, [config.report]],
    [
      ConfigRequest.accessReportSpec,
      [parameter('AccessReportSpec', { Trigger: config.accessReportTrigger })],
    ],
    [
      ConfigRequest.configurationStateValue,
      [parameter('LLRPConfigurationStateValue', { LLRPConfigurationState: world.stateValue })],
    ],
    [
      ConfigRequest.keepAliveSpec,
      [
        parameter('KeepAliveSpec', {
          Trigger: config.keepaliveMs > 0 ? KeepAliveTrigger.periodic : KeepAliveTrigger.none,
          Interval: config.keepaliveMs,
        }),
      ],
    ],
    [
      ConfigRequest.gpiPortCurrentState,
      [...world.inputs]
        .filter(([port]) => isOne(port, asked.GPIPortNum))
        .map(([port, on]) =>
          parameter('GPIPortCurrentState', {
            Port: port,
            Enabled: config.inputs.has(port),
            State: on ? 1 : 0,
          }),
        ),
    ],
    [
      ConfigRequest.gpoWriteData,
      [...config.outputs]
        .filter(([port]) => isOne(port, asked.GPOPortNum))
        .map(([port, on]) => parameter('GPOWriteData', { Port: port, Data: on })),
    ],
    [
      ConfigRequest.eventsAndReports,
      [parameter('EventsAndReports', { HoldEventsAndReportsUponReconnect: config.holdUponReconnect })],
    ],
  ];
  const wanted = asked.RequestedData;
  return parts
    .filter(([kind]) => wanted === ConfigRequest.all || wanted === kind)
    .flatMap(([, list]) => list);
}
