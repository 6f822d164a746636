import {
  bit,
  bitArray,
  bits,
  countedBytes,
  type Field,
  fixedBytes,
  flag,
  listOf,
  restBytes,
  s8,
  s16,
  skipAfter,
  u8,
  u16,
  u32,
  u64,
  utf8,
} from './field.ts';

/** The fields of one parameter in wire order. Types 1 to 127 stand as TV, the others as TLV. */
export interface ParameterLayout {
  type: number;
  fields: Record<string, Field<unknown>>;
}

/** Types below this are TV: one byte of type, no length (LLRP 1.0.1 section 16.2). */
export const TLV_TYPE_MIN = 128;

/**
 * The parameters that this codec knows (LLRP 1.0.1 sections 9 to 15 and 16.2); any other is kept as raw bytes.
 * Sub-parameters are not listed: they follow the fields, in whatever order, and keep that order.
 */
export const PARAMETERS = {
  AntennaID: { type: 1, fields: { AntennaID: u16 } },
  FirstSeenUTC: { type: 2, fields: { FirstSeen: u64 } },
  FirstSeenUptime: { type: 3, fields: { FirstSeen: u64 } },
  LastSeenUTC: { type: 4, fields: { LastSeen: u64 } },
  LastSeenUptime: { type: 5, fields: { LastSeen: u64 } },
  PeakRSSI: { type: 6, fields: { PeakRSSI: s8 } },
  ChannelIndex: { type: 7, fields: { ChannelIndex: u16 } },
  TagSeenCount: { type: 8, fields: { TagSeenCount: u16 } },
  ROSpecID: { type: 9, fields: { ROSpecID: u32 } },
  InventoryParameterSpecID: { type: 10, fields: { InventoryParameterSpecID: u16 } },
  C1G2CRC: { type: 11, fields: { C1G2CRC: u16 } },
  C1G2PC: {
    type: 12,
    fields: {
      EPCMemoryLength: bits(0, 5),
      HasUserMemory: bit(5),
      HasXPC: bit(6),
      IsISO15961: skipAfter(bit(7)),
      AttributesOrAFI: u8,
    },
  },
  EPC96: { type: 13, fields: { EPC: fixedBytes(12) } },
  SpecIndex: { type: 14, fields: { SpecIndex: u16 } },
  ClientRequestOpSpecResult: { type: 15, fields: { ClientRequestOpSpecResult: u16 } },
  AccessSpecID: { type: 16, fields: { AccessSpecID: u32 } },
  OpSpecID: { type: 17, fields: { OpSpecID: u16 } },
  C1G2SingulationDetails: { type: 18, fields: { NumCollisionSlots: u16, NumEmptySlots: u16 } },
  C1G2XPCW1: { type: 19, fields: { C1G2XPCW1: u16 } },
  C1G2XPCW2: { type: 20, fields: { C1G2XPCW2: u16 } },

  UTCTimestamp: { type: 128, fields: { Microseconds: u64 } },
  Uptime: { type: 129, fields: { Microseconds: u64 } },

  GeneralDeviceCapabilities: {
    type: 137,
    fields: {
      MaxSupportedAntennas: u16,
      CanSetAntennaProperties: bit(0),
      HasUTCClock: skipAfter(bit(1), 2),
      DeviceManufacturer: u32,
      Model: u32,
      FirmwareVersion: utf8,
    },
  },
  ReceiveSensitivityTableEntry: { type: 139, fields: { Index: u16, ReceiveSensitivity: u16 } },
  PerAntennaAirProtocol: { type: 140, fields: { AntennaID: u16, AirProtocolIDs: countedBytes } },
  GPIOCapabilities: { type: 141, fields: { NumGPIs: u16, NumGPOs: u16 } },
  LLRPCapabilities: {
    type: 142,
    fields: {
      CanDoRFSurvey: bit(0),
      CanReportBufferFillWarning: bit(1),
      SupportsClientRequestOpSpec: bit(2),
      CanDoTagInventoryStateAwareSingulation: bit(3),
      SupportsEventsAndReportHolding: skipAfter(bit(4)),
      MaxPriorityLevelSupported: u8,
      ClientRequestedOpSpecTimeout: u16,
      MaxROSpecs: u32,
      MaxSpecsPerROSpec: u32,
      MaxInventoryParameterSpecsPerAISpec: u32,
      MaxAccessSpecs: u32,
      MaxOpSpecsPerAccessSpec: u32,
    },
  },
  RegulatoryCapabilities: { type: 143, fields: { CountryCode: u16, CommunicationsStandard: u16 } },
  UHFBandCapabilities: { type: 144, fields: {} },
  TransmitPowerLevelTableEntry: { type: 145, fields: { Index: u16, TransmitPowerValue: s16 } },
  FrequencyInformation: { type: 146, fields: { Hopping: flag } },
  FrequencyHopTable: { type: 147, fields: { HopTableID: skipAfter(u8), Frequencies: listOf(u32) } },
  FixedFrequencyTable: { type: 148, fields: { Frequencies: listOf(u32) } },
  PerAntennaReceiveSensitivityRange: {
    type: 149,
    fields: { AntennaID: u16, ReceiveSensitivityIndexMin: u16, ReceiveSensitivityIndexMax: u16 },
  },

  ROSpec: { type: 177, fields: { ROSpecID: u32, Priority: u8, ROSpecCurrentState: u8 } },
  ROBoundarySpec: { type: 178, fields: {} },
  ROSpecStartTrigger: { type: 179, fields: { Trigger: u8 } },
  PeriodicTriggerValue: { type: 180, fields: { Offset: u32, Period: u32 } },
  GPITriggerValue: { type: 181, fields: { Port: u16, Event: flag, Timeout: u32 } },
  ROSpecStopTrigger: { type: 182, fields: { Trigger: u8, DurationTriggerValue: u32 } },
  AISpec: { type: 183, fields: { AntennaIDs: listOf(u16) } },
  AISpecStopTrigger: { type: 184, fields: { Trigger: u8, DurationTriggerValue: u32 } },
  TagObservationTrigger: {
    type: 185,
    fields: { Trigger: skipAfter(u8), NumberOfTags: u16, NumberOfAttempts: u16, T: u16, Timeout: u32 },
  },
  InventoryParameterSpec: { type: 186, fields: { InventoryParameterSpecID: u16, AirProtocolID: u8 } },

  LLRPConfigurationStateValue: { type: 217, fields: { LLRPConfigurationState: u32 } },
  Identification: { type: 218, fields: { IDType: u8, ReaderID: countedBytes } },
  GPOWriteData: { type: 219, fields: { Port: u16, Data: flag } },
  KeepAliveSpec: { type: 220, fields: { Trigger: u8, Interval: u32 } },
  AntennaProperties: { type: 221, fields: { AntennaConnected: flag, AntennaID: u16, AntennaGain: s16 } },
  AntennaConfiguration: { type: 222, fields: { AntennaID: u16 } },
  RFReceiver: { type: 223, fields: { ReceiverSensitivityIndex: u16 } },
  RFTransmitter: { type: 224, fields: { HopTableID: u16, ChannelIndex: u16, TransmitPowerIndex: u16 } },
  GPIPortCurrentState: { type: 225, fields: { Port: u16, Enabled: flag, State: u8 } },
  EventsAndReports: { type: 226, fields: { HoldEventsAndReportsUponReconnect: flag } },

  ROReportSpec: { type: 237, fields: { Trigger: u8, N: u16 } },
  TagReportContentSelector: {
    type: 238,
    fields: {
      EnableROSpecID: bit(0),
      EnableSpecIndex: bit(1),
      EnableInventoryParamSpecID: bit(2),
      EnableAntennaID: bit(3),
      EnableChannelIndex: bit(4),
      EnablePeakRSSI: bit(5),
      EnableFirstSeenTimestamp: bit(6),
      EnableLastSeenTimestamp: skipAfter(bit(7)),
      EnableTagSeenCount: bit(0),
      EnableAccessSpecID: skipAfter(bit(1)),
    },
  },
  AccessReportSpec: { type: 239, fields: { Trigger: u8 } },
  TagReportData: { type: 240, fields: {} },
  EPCData: { type: 241, fields: { EPC: bitArray } },

  ReaderEventNotificationSpec: { type: 244, fields: {} },
  EventNotificationState: { type: 245, fields: { ReaderEventType: u16, NotificationEnabled: flag } },
  ReaderEventNotificationData: { type: 246, fields: {} },
  HoppingEvent: { type: 247, fields: { HopTableID: u16 } },
  GPIEvent: { type: 248, fields: { Port: u16, Event: flag } },
  ROSpecEvent: { type: 249, fields: { Event: u8, ROSpecID: u32, PreemptingROSpecID: u32 } },
  ReportBufferLevelWarningEvent: { type: 250, fields: { PercentFull: u8 } },
  ReportBufferOverflowErrorEvent: { type: 251, fields: {} },
  ReaderExceptionEvent: { type: 252, fields: { Message: utf8 } },
  RFSurveyEvent: { type: 253, fields: { Event: u8, ROSpecID: u32 } },
  AISpecEvent: { type: 254, fields: { Event: u8, ROSpecID: u32, SpecIndex: u16 } },
  AntennaEvent: { type: 255, fields: { Event: u8, AntennaID: u16 } },
  ConnectionAttemptEvent: { type: 256, fields: { Event: u16 } },
  ConnectionCloseEvent: { type: 257, fields: {} },

  LLRPStatus: { type: 287, fields: { Status: u16, ErrorDescription: utf8 } },
  FieldError: { type: 288, fields: { FieldIndex: u16, ErrorCode: u16 } },
  ParameterError: { type: 289, fields: { ParameterType: u16, ErrorCode: u16 } },

  C1G2LLRPCapabilities: {
    type: 327,
    fields: {
      SupportsBlockErase: bit(0),
      SupportsBlockWrite: bit(1),
      SupportsBlockPermalock: bit(2),
      SupportsTagRecommissioning: bit(3),
      SupportsUMIMethod2: bit(4),
      SupportsXPC: skipAfter(bit(5)),
      MaxSelectFiltersPerQuery: u16,
    },
  },
  UHFC1G2RFModeTable: { type: 328, fields: {} },
  UHFC1G2RFModeTableEntry: {
    type: 329,
    fields: {
      ModeID: u32,
      DivideRatio: bits(0, 1),
      IsEPCHagConformant: skipAfter(bit(1)),
      Modulation: u8,
      ForwardLinkModulation: u8,
      SpectralMask: u8,
      BackscatterDataRate: u32,
      PIERatio: u32,
      MinTariTime: u32,
      MaxTariTime: u32,
      StepTariTime: u32,
    },
  },
  C1G2InventoryCommand: { type: 330, fields: { TagInventoryStateAware: flag } },
  C1G2RFControl: { type: 335, fields: { RFModeID: u16, Tari: u16 } },
  C1G2SingulationControl: {
    type: 336,
    fields: { Session: skipAfter(bits(0, 2)), TagPopulation: u16, TagTransitTime: u32 },
  },
  C1G2TagInventoryStateAwareSingulationAction: {
    type: 337,
    fields: { SessionState: bits(0, 1), SLState: skipAfter(bits(1, 1)) },
  },
  C1G2EPCMemorySelector: {
    type: 348,
    fields: { CRCEnabled: bit(0), PCBitsEnabled: bit(1), XPCBitsEnabled: skipAfter(bit(2)) },
  },

  Custom: { type: 1023, fields: { VendorID: u32, Subtype: u32, Data: restBytes } },
} satisfies Record<string, ParameterLayout>;
