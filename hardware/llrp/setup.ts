import {
  AISpecStop,
  AirProtocol,
  KeepAliveTrigger,
  ReaderEventType,
  ROReportTrigger,
  ROSpecStart,
  ROSpecState,
  ROSpecStop,
} from './codec/enumerations.ts';
import { type AnyParameter, parameter } from './codec/parameter.ts';

/** The one ROSpec that the driver owns; all others are deleted when it connects. */
export const ROSPEC_ID = 1;
/** In an AISpec antenna 0 stands for all antennas (LLRP 1.0.1 section 10.2.2). */
const ALL_ANTENNAS = 0;
const INVENTORY_PARAMETER_SPEC_ID = 1;

export interface InventoryOptions {
  /** 1-based; none given means all that the reader has. */
  antennas?: readonly number[];
  /** Gen2 session. Left to the reader when absent. */
  session?: 0 | 1 | 2 | 3;
  /** How many tags stand in the field at a time; used only with `session`. */
  tagPopulation?: number;
}

const TAG_POPULATION_DEFAULT = 32;

/** One report for each read, at once: a reader that batches costs the gate its time. */
const reportSpec = (): AnyParameter =>
  parameter('ROReportSpec', { Trigger: ROReportTrigger.nTagsOrROSpecEnd, N: 1 }, [
    parameter('TagReportContentSelector', {
      EnableROSpecID: false,
      EnableSpecIndex: false,
      EnableInventoryParamSpecID: false,
      EnableAntennaID: true,
      EnableChannelIndex: false,
      EnablePeakRSSI: true,
      EnableFirstSeenTimestamp: true,
      EnableLastSeenTimestamp: true,
      EnableTagSeenCount: true,
      EnableAccessSpecID: false,
    }),
  ]);

const EVENTS_WANTED = [
  ReaderEventType.gpi,
  ReaderEventType.roSpec,
  ReaderEventType.reportBufferFillWarning,
  ReaderEventType.readerException,
  ReaderEventType.antenna,
];

/** The parameters of the SET_READER_CONFIG that every connection begins with. */
export function readerConfig(keepaliveMs: number): AnyParameter[] {
  const events = EVENTS_WANTED.map((type) =>
    parameter('EventNotificationState', { ReaderEventType: type, NotificationEnabled: true }),
  );
  return [
    parameter('ReaderEventNotificationSpec', {}, events),
    reportSpec(),
    parameter('KeepAliveSpec', { Trigger: KeepAliveTrigger.periodic, Interval: keepaliveMs }),
  ];
}

/** The parameters of ADD_ROSPEC: inventory on the given antennas from ENABLE_ROSPEC on, for ever. */
export function inventoryROSpec(options: InventoryOptions): AnyParameter[] {
  const antennas = options.antennas?.length ? [...options.antennas] : [ALL_ANTENNAS];
  return [
    parameter('ROSpec', { ROSpecID: ROSPEC_ID, Priority: 0, ROSpecCurrentState: ROSpecState.disabled }, [
      parameter('ROBoundarySpec', {}, [
        parameter('ROSpecStartTrigger', { Trigger: ROSpecStart.immediate }),
        parameter('ROSpecStopTrigger', { Trigger: ROSpecStop.none, DurationTriggerValue: 0 }),
      ]),
      parameter('AISpec', { AntennaIDs: antennas }, [
        parameter('AISpecStopTrigger', { Trigger: AISpecStop.none, DurationTriggerValue: 0 }),
        parameter(
          'InventoryParameterSpec',
          {
            InventoryParameterSpecID: INVENTORY_PARAMETER_SPEC_ID,
            AirProtocolID: AirProtocol.epcGlobalClass1Gen2,
          },
          antennaConfiguration(options),
        ),
      ]),
      reportSpec(),
    ]),
  ];
}

/** Only what was asked for is overridden, so that power and mode stay as the installer set them. */
function antennaConfiguration(options: InventoryOptions): AnyParameter[] {
  if (options.session === undefined) return [];
  return [
    parameter('AntennaConfiguration', { AntennaID: ALL_ANTENNAS }, [
      parameter('C1G2InventoryCommand', { TagInventoryStateAware: false }, [
        parameter('C1G2SingulationControl', {
          Session: options.session,
          TagPopulation: options.tagPopulation ?? TAG_POPULATION_DEFAULT,
          TagTransitTime: 0,
        }),
      ]),
    ]),
  ];
}
