import {
  AISpecStop,
  AirProtocol,
  KeepAliveTrigger,
  ReaderEventType,
  ROReportTrigger,
  ROSpecStart,
  ROSpecState,
  ROSpecStop,
  SessionState,
  SLState,
  TagObservation,
} from './codec/enumerations.ts';
import { type LlrpVersion, Version } from './codec/frame.ts';
import { type AnyParameter, parameter } from './codec/parameter.ts';
import { impinjDualTarget } from './impinj.ts';

/** The one ROSpec that the driver owns; all others are deleted when it connects. */
export const ROSPEC_ID = 1;
/** In an AISpec antenna 0 stands for all antennas (LLRP 1.0.1 section 10.2.2). */
const ALL_ANTENNAS = 0;
const INVENTORY_PARAMETER_SPEC_ID = 1;
const TAG_POPULATION_DEFAULT = 32;
/** Inventory turns from state A to B and back when no tag was new for so long, or at the latest after so long. */
const TARGET_QUIET_MS = 100;
const TARGET_TURN_MS = 1_000;

export interface InventoryOptions {
  /** 1-based; none given means all that the reader has. */
  antennas?: readonly number[];
  /** Gen2 session. Left to the reader when absent. */
  session?: 0 | 1 | 2 | 3;
  /** How many tags stand in the field at a time; used only with `session`. */
  tagPopulation?: number;
}

/** What the reader's capabilities decided about the wishes of the installer. */
export interface InventoryPlan extends InventoryOptions {
  /** Power and channel, where the power was given. */
  transmitter?: { HopTableID: number; ChannelIndex: number; TransmitPowerIndex: number };
  /** How tags are read again that were read just now. `reader`: as the reader sees fit. */
  target?: 'reader' | 'impinj_dual' | 'alternating';
  version?: LlrpVersion;
}

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
export function inventoryROSpec(plan: InventoryPlan): AnyParameter[] {
  const isAlternating = plan.target === 'alternating';
  const specs = isAlternating
    ? [aiSpec(plan, SessionState.A), aiSpec(plan, SessionState.B)]
    : [aiSpec(plan, null)];
  // LLRP 1.1 says "over and over" itself; in 1.0.1 the ROSpec ends and is started again.
  const isLooping = isAlternating && plan.version === Version.v1_1;
  return [
    parameter('ROSpec', { ROSpecID: ROSPEC_ID, Priority: 0, ROSpecCurrentState: ROSpecState.disabled }, [
      parameter('ROBoundarySpec', {}, [
        parameter('ROSpecStartTrigger', { Trigger: ROSpecStart.immediate }),
        parameter('ROSpecStopTrigger', { Trigger: ROSpecStop.none, DurationTriggerValue: 0 }),
      ]),
      ...specs,
      ...(isLooping ? [parameter('LoopSpec', { LoopCount: 0 })] : []),
      reportSpec(),
    ]),
  ];
}

/** One turn of inventory: for ever, or on the tags in one state until they are read. */
function aiSpec(plan: InventoryPlan, state: number | null): AnyParameter {
  const antennas = plan.antennas?.length ? [...plan.antennas] : [ALL_ANTENNAS];
  const stop =
    state === null
      ? parameter('AISpecStopTrigger', { Trigger: AISpecStop.none, DurationTriggerValue: 0 })
      : parameter('AISpecStopTrigger', { Trigger: AISpecStop.tagObservation, DurationTriggerValue: 0 }, [
          parameter('TagObservationTrigger', {
            Trigger: TagObservation.noNewTagsForT,
            NumberOfTags: 0,
            NumberOfAttempts: 0,
            T: TARGET_QUIET_MS,
            Timeout: TARGET_TURN_MS,
          }),
        ]);
  const inventory = {
    InventoryParameterSpecID: INVENTORY_PARAMETER_SPEC_ID,
    AirProtocolID: AirProtocol.epcGlobalClass1Gen2,
  };
  return parameter('AISpec', { AntennaIDs: antennas }, [
    stop,
    parameter('InventoryParameterSpec', inventory, antennaConfiguration(plan, state)),
  ]);
}

/** Only what was asked for is overridden, so that power and mode stay as the installer set them. */
function antennaConfiguration(plan: InventoryPlan, state: number | null): AnyParameter[] {
  const command = inventoryCommand(plan, state);
  const transmitter = plan.transmitter === undefined ? [] : [parameter('RFTransmitter', plan.transmitter)];
  if (command.length === 0 && transmitter.length === 0) return [];
  return [parameter('AntennaConfiguration', { AntennaID: ALL_ANTENNAS }, [...transmitter, ...command])];
}

function inventoryCommand(plan: InventoryPlan, state: number | null): AnyParameter[] {
  const parts: AnyParameter[] = [];
  if (plan.session !== undefined || state !== null) {
    const action =
      state === null
        ? []
        : [
            parameter('C1G2TagInventoryStateAwareSingulationAction', {
              SessionState: state,
              SLState: SLState.deasserted,
              // Tags wake with SL deasserted. All of them is a bit of 1.1, reserved before.
              SAll: plan.version === Version.v1_1,
            }),
          ];
    const control = {
      Session: plan.session ?? 1,
      TagPopulation: plan.tagPopulation ?? TAG_POPULATION_DEFAULT,
      TagTransitTime: 0,
    };
    parts.push(parameter('C1G2SingulationControl', control, action));
  }
  if (plan.target === 'impinj_dual') parts.push(impinjDualTarget());
  if (parts.length === 0) return [];
  return [parameter('C1G2InventoryCommand', { TagInventoryStateAware: state !== null }, parts)];
}
