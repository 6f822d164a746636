// Generated from messages.yaml by `npm run llrp:tables`; a test compares. See NOTICE.md for the source.
import type { MessageLayout, ParameterLayout } from './layout.ts';
import {
  bit,
  bitArray,
  bits,
  closeByte,
  countedBytes,
  fixedBytes,
  flag,
  listOf,
  restBytes,
  s8,
  s16,
  skipBits,
  thenReserved,
  u8,
  u16,
  u32,
  u64,
  utf8,
} from './field.ts';

export const PARAMETERS = {
  AntennaID: {
    type: 1,
    fields: {
      AntennaID: u16,
    },
    parameters: {},
  },
  FirstSeenUTC: {
    type: 2,
    fields: {
      FirstSeen: u64,
    },
    parameters: {},
  },
  FirstSeenUptime: {
    type: 3,
    fields: {
      FirstSeen: u64,
    },
    parameters: {},
  },
  LastSeenUTC: {
    type: 4,
    fields: {
      LastSeen: u64,
    },
    parameters: {},
  },
  LastSeenUptime: {
    type: 5,
    fields: {
      LastSeen: u64,
    },
    parameters: {},
  },
  PeakRSSI: {
    type: 6,
    fields: {
      PeakRSSI: s8,
    },
    parameters: {},
  },
  ChannelIndex: {
    type: 7,
    fields: {
      ChannelIndex: u16,
    },
    parameters: {},
  },
  TagSeenCount: {
    type: 8,
    fields: {
      TagSeenCount: u16,
    },
    parameters: {},
  },
  ROSpecID: {
    type: 9,
    fields: {
      ROSpecID: u32,
    },
    parameters: {},
  },
  InventoryParameterSpecID: {
    type: 10,
    fields: {
      InventoryParameterSpecID: u16,
    },
    parameters: {},
  },
  C1G2CRC: {
    type: 11,
    fields: {
      C1G2CRC: u16,
    },
    parameters: {},
  },
  C1G2PC: {
    type: 12,
    fields: {
      EPCMemoryLength: bits(0, 5),
      HasUserMemory: bit(5),
      HasXPC: bit(6),
      IsISO15961: closeByte(bit(7), 0),
      AttributesOrAFI: u8,
    },
    parameters: {},
  },
  EPC96: {
    type: 13,
    fields: {
      EPC: fixedBytes(12),
    },
    parameters: {},
  },
  SpecIndex: {
    type: 14,
    fields: {
      SpecIndex: u16,
    },
    parameters: {},
  },
  ClientRequestOpSpecResult: {
    type: 15,
    fields: {
      ClientRequestOpSpecResult: u16,
    },
    parameters: {},
  },
  AccessSpecID: {
    type: 16,
    fields: {
      AccessSpecID: u32,
    },
    parameters: {},
  },
  OpSpecID: {
    type: 17,
    fields: {
      OpSpecID: u16,
    },
    parameters: {},
  },
  C1G2SingulationDetails: {
    type: 18,
    fields: {
      NumCollisionSlots: u16,
      NumEmptySlots: u16,
    },
    parameters: {},
  },
  C1G2XPCW1: {
    type: 19,
    fields: {
      C1G2XPCW1: u16,
    },
    parameters: {},
  },
  C1G2XPCW2: {
    type: 20,
    fields: {
      C1G2XPCW2: u16,
    },
    parameters: {},
  },
  UTCTimestamp: {
    type: 128,
    fields: {
      Microseconds: u64,
    },
    parameters: {},
  },
  Uptime: {
    type: 129,
    fields: {
      Microseconds: u64,
    },
    parameters: {},
  },
  GeneralDeviceCapabilities: {
    type: 137,
    fields: {
      MaxSupportedAntennas: u16,
      CanSetAntennaProperties: bit(0),
      HasUTCClock: thenReserved(closeByte(bit(1), 6), 1),
      DeviceManufacturer: u32,
      Model: u32,
      FirmwareVersion: utf8,
    },
    parameters: {
      ReceiveSensitivityTableEntry: '1-n',
      PerAntennaReceiveSensitivityRange: '0-n',
      GPIOCapabilities: '1',
      PerAntennaAirProtocol: '1-n',
      MaximumReceiveSensitivity: '0-1',
    },
  },
  ReceiveSensitivityTableEntry: {
    type: 139,
    fields: {
      Index: u16,
      ReceiveSensitivity: u16,
    },
    parameters: {},
  },
  PerAntennaAirProtocol: {
    type: 140,
    fields: {
      AntennaID: u16,
      AirProtocolIDs: countedBytes,
    },
    parameters: {},
  },
  GPIOCapabilities: {
    type: 141,
    fields: {
      NumGPIs: u16,
      NumGPOs: u16,
    },
    parameters: {},
  },
  LLRPCapabilities: {
    type: 142,
    fields: {
      CanDoRFSurvey: bit(0),
      CanReportBufferFillWarning: bit(1),
      SupportsClientRequestOpSpec: bit(2),
      CanDoTagInventoryStateAwareSingulation: bit(3),
      SupportsEventsAndReportHolding: closeByte(bit(4), 3),
      MaxPriorityLevelSupported: u8,
      ClientRequestedOpSpecTimeout: u16,
      MaxROSpecs: u32,
      MaxSpecsPerROSpec: u32,
      MaxInventoryParameterSpecsPerAISpec: u32,
      MaxAccessSpecs: u32,
      MaxOpSpecsPerAccessSpec: u32,
    },
    parameters: {},
  },
  RegulatoryCapabilities: {
    type: 143,
    fields: {
      CountryCode: u16,
      CommunicationsStandard: u16,
    },
    parameters: {
      UHFBandCapabilities: '0-1',
      Custom: '0-n',
    },
  },
  UHFBandCapabilities: {
    type: 144,
    fields: {},
    parameters: {
      TransmitPowerLevelTableEntry: '1-n',
      FrequencyInformation: '1',
      UHFC1G2RFModeTable: '1',
      RFSurveyFrequencyCapabilities: '0-1',
    },
  },
  TransmitPowerLevelTableEntry: {
    type: 145,
    fields: {
      Index: u16,
      TransmitPowerValue: s16,
    },
    parameters: {},
  },
  FrequencyInformation: {
    type: 146,
    fields: {
      Hopping: flag,
    },
    parameters: {
      FrequencyHopTable: '0-n',
      FixedFrequencyTable: '0-1',
    },
  },
  FrequencyHopTable: {
    type: 147,
    fields: {
      HopTableID: thenReserved(u8, 1),
      Frequencies: listOf(u32),
    },
    parameters: {},
  },
  FixedFrequencyTable: {
    type: 148,
    fields: {
      Frequencies: listOf(u32),
    },
    parameters: {},
  },
  PerAntennaReceiveSensitivityRange: {
    type: 149,
    fields: {
      AntennaID: u16,
      ReceiveSensitivityIndexMin: u16,
      ReceiveSensitivityIndexMax: u16,
    },
    parameters: {},
  },
  ROSpec: {
    type: 177,
    fields: {
      ROSpecID: u32,
      Priority: u8,
      ROSpecCurrentState: u8,
    },
    parameters: {
      ROBoundarySpec: '1',
      AISpec: '0-n',
      RFSurveySpec: '0-n',
      Custom: '0-n',
      LoopSpec: '0-1',
      ROReportSpec: '0-1',
    },
  },
  ROBoundarySpec: {
    type: 178,
    fields: {},
    parameters: {
      ROSpecStartTrigger: '1',
      ROSpecStopTrigger: '1',
    },
  },
  ROSpecStartTrigger: {
    type: 179,
    fields: {
      Trigger: u8,
    },
    parameters: {
      PeriodicTriggerValue: '0-1',
      GPITriggerValue: '0-1',
    },
  },
  PeriodicTriggerValue: {
    type: 180,
    fields: {
      Offset: u32,
      Period: u32,
    },
    parameters: {
      UTCTimestamp: '0-1',
    },
  },
  GPITriggerValue: {
    type: 181,
    fields: {
      Port: u16,
      Event: flag,
      Timeout: u32,
    },
    parameters: {},
  },
  ROSpecStopTrigger: {
    type: 182,
    fields: {
      Trigger: u8,
      DurationTriggerValue: u32,
    },
    parameters: {
      GPITriggerValue: '0-1',
    },
  },
  AISpec: {
    type: 183,
    fields: {
      AntennaIDs: listOf(u16),
    },
    parameters: {
      AISpecStopTrigger: '1',
      InventoryParameterSpec: '1-n',
      Custom: '0-n',
    },
  },
  AISpecStopTrigger: {
    type: 184,
    fields: {
      Trigger: u8,
      DurationTriggerValue: u32,
    },
    parameters: {
      GPITriggerValue: '0-1',
      TagObservationTrigger: '0-1',
    },
  },
  TagObservationTrigger: {
    type: 185,
    fields: {
      Trigger: thenReserved(u8, 1),
      NumberOfTags: u16,
      NumberOfAttempts: u16,
      T: u16,
      Timeout: u32,
    },
    parameters: {},
  },
  InventoryParameterSpec: {
    type: 186,
    fields: {
      InventoryParameterSpecID: u16,
      AirProtocolID: u8,
    },
    parameters: {
      AntennaConfiguration: '0-n',
      Custom: '0-n',
    },
  },
  RFSurveySpec: {
    type: 187,
    fields: {
      AntennaID: u16,
      StartFrequency: u32,
      EndFrequency: u32,
    },
    parameters: {
      RFSurveySpecStopTrigger: '1',
      Custom: '0-n',
    },
  },
  RFSurveySpecStopTrigger: {
    type: 188,
    fields: {
      Trigger: u8,
      Duration: u32,
      N: u32,
    },
    parameters: {},
  },
  AccessSpec: {
    type: 207,
    fields: {
      AccessSpecID: u32,
      AntennaID: u16,
      AirProtocolID: u8,
      IsActive: flag,
      ROSpecID: u32,
    },
    parameters: {
      AccessSpecStopTrigger: '1',
      AccessCommand: '1',
      AccessReportSpec: '0-1',
      Custom: '0-n',
    },
  },
  AccessSpecStopTrigger: {
    type: 208,
    fields: {
      Trigger: u8,
      OperationCountValue: u16,
    },
    parameters: {},
  },
  AccessCommand: {
    type: 209,
    fields: {},
    parameters: {
      C1G2TagSpec: '1',
      C1G2Read: '0-1',
      C1G2Write: '0-1',
      C1G2Kill: '0-1',
      C1G2Recommission: '0-1',
      C1G2Lock: '0-1',
      C1G2BlockErase: '0-1',
      C1G2BlockWrite: '0-1',
      C1G2BlockPermalock: '0-1',
      C1G2GetBlockPermalockStatus: '0-1',
      ClientRequestOpSpec: '0-1',
      Custom: '0-n',
    },
  },
  ClientRequestOpSpec: {
    type: 210,
    fields: {
      OpSpecID: u16,
    },
    parameters: {},
  },
  ClientRequestResponse: {
    type: 211,
    fields: {
      AccessSpecID: u32,
    },
    parameters: {
      EPCData: '1',
      C1G2Read: '0-1',
      C1G2Write: '0-1',
      C1G2Kill: '0-1',
      C1G2Recommission: '0-1',
      C1G2Lock: '0-1',
      C1G2BlockErase: '0-1',
      C1G2BlockWrite: '0-1',
      C1G2BlockPermalock: '0-1',
      C1G2GetBlockPermalockStatus: '0-1',
      ClientRequestOpSpec: '0-1',
      Custom: '0-1',
    },
  },
  LLRPConfigurationStateValue: {
    type: 217,
    fields: {
      LLRPConfigurationState: u32,
    },
    parameters: {},
  },
  Identification: {
    type: 218,
    fields: {
      IDType: u8,
      ReaderID: countedBytes,
    },
    parameters: {},
  },
  GPOWriteData: {
    type: 219,
    fields: {
      Port: u16,
      Data: flag,
    },
    parameters: {},
  },
  KeepAliveSpec: {
    type: 220,
    fields: {
      Trigger: u8,
      Interval: u32,
    },
    parameters: {},
  },
  AntennaProperties: {
    type: 221,
    fields: {
      AntennaConnected: flag,
      AntennaID: u16,
      AntennaGain: s16,
    },
    parameters: {},
  },
  AntennaConfiguration: {
    type: 222,
    fields: {
      AntennaID: u16,
    },
    parameters: {
      RFReceiver: '0-1',
      RFTransmitter: '0-1',
      C1G2InventoryCommand: '0-1',
      Custom: '0-n',
    },
  },
  RFReceiver: {
    type: 223,
    fields: {
      ReceiverSensitivityIndex: u16,
    },
    parameters: {},
  },
  RFTransmitter: {
    type: 224,
    fields: {
      HopTableID: u16,
      ChannelIndex: u16,
      TransmitPowerIndex: u16,
    },
    parameters: {},
  },
  GPIPortCurrentState: {
    type: 225,
    fields: {
      Port: u16,
      Enabled: flag,
      State: u8,
    },
    parameters: {},
  },
  EventsAndReports: {
    type: 226,
    fields: {
      HoldEventsAndReportsUponReconnect: flag,
    },
    parameters: {},
  },
  ROReportSpec: {
    type: 237,
    fields: {
      Trigger: u8,
      N: u16,
    },
    parameters: {
      TagReportContentSelector: '1',
      Custom: '0-n',
    },
  },
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
      EnableLastSeenTimestamp: closeByte(bit(7), 0),
      EnableTagSeenCount: bit(0),
      EnableAccessSpecID: closeByte(bit(1), 6),
    },
    parameters: {
      C1G2EPCMemorySelector: '0-1',
      Custom: '0-n',
    },
  },
  AccessReportSpec: {
    type: 239,
    fields: {
      Trigger: u8,
    },
    parameters: {},
  },
  TagReportData: {
    type: 240,
    fields: {},
    parameters: {
      EPCData: '0-1',
      EPC96: '0-1',
      ROSpecID: '0-1',
      SpecIndex: '0-1',
      InventoryParameterSpecID: '0-1',
      AntennaID: '0-1',
      PeakRSSI: '0-1',
      ChannelIndex: '0-1',
      FirstSeenUTC: '0-1',
      FirstSeenUptime: '0-1',
      LastSeenUTC: '0-1',
      LastSeenUptime: '0-1',
      TagSeenCount: '0-1',
      C1G2PC: '0-1',
      C1G2XPCW1: '0-1',
      C1G2XPCW2: '0-1',
      C1G2CRC: '0-1',
      AccessSpecID: '0-1',
      C1G2ReadOpSpecResult: '0-1',
      C1G2WriteOpSpecResult: '0-1',
      C1G2KillOpSpecResult: '0-1',
      C1G2LockOpSpecResult: '0-1',
      C1G2BlockEraseOpSpecResult: '0-1',
      C1G2BlockWriteOpSpecResult: '0-1',
      C1G2RecommissionOpSpecResult: '0-1',
      C1G2BlockPermalockOpSpecResult: '0-1',
      C1G2GetBlockPermalockStatusOpSpecResult: '0-1',
      ClientRequestOpSpecResult: '0-1',
      Custom: '0-n',
    },
  },
  EPCData: {
    type: 241,
    fields: {
      EPC: bitArray,
    },
    parameters: {},
  },
  RFSurveyReportData: {
    type: 242,
    fields: {},
    parameters: {
      ROSpecID: '0-1',
      SpecIndex: '0-1',
      FrequencyRSSILevelEntry: '1-n',
      Custom: '0-n',
    },
  },
  FrequencyRSSILevelEntry: {
    type: 243,
    fields: {
      Frequency: u32,
      Bandwidth: u32,
      AverageRSSI: s8,
      PeakRSSI: s8,
    },
    parameters: {
      UTCTimestamp: '0-1',
      Uptime: '0-1',
    },
  },
  ReaderEventNotificationSpec: {
    type: 244,
    fields: {},
    parameters: {
      EventNotificationState: '1-n',
    },
  },
  EventNotificationState: {
    type: 245,
    fields: {
      ReaderEventType: u16,
      NotificationEnabled: flag,
    },
    parameters: {},
  },
  ReaderEventNotificationData: {
    type: 246,
    fields: {},
    parameters: {
      UTCTimestamp: '0-1',
      Uptime: '0-1',
      HoppingEvent: '0-1',
      GPIEvent: '0-1',
      ROSpecEvent: '0-1',
      ReportBufferLevelWarningEvent: '0-1',
      ReportBufferOverflowErrorEvent: '0-1',
      ReaderExceptionEvent: '0-1',
      RFSurveyEvent: '0-1',
      AISpecEvent: '0-1',
      AntennaEvent: '0-1',
      ConnectionAttemptEvent: '0-1',
      ConnectionCloseEvent: '0-1',
      SpecLoopEvent: '0-1',
      Custom: '0-n',
    },
  },
  HoppingEvent: {
    type: 247,
    fields: {
      HopTableID: u16,
      NextChannelIndex: u16,
    },
    parameters: {},
  },
  GPIEvent: {
    type: 248,
    fields: {
      Port: u16,
      Event: flag,
    },
    parameters: {},
  },
  ROSpecEvent: {
    type: 249,
    fields: {
      Event: u8,
      ROSpecID: u32,
      PreemptingROSpecID: u32,
    },
    parameters: {},
  },
  ReportBufferLevelWarningEvent: {
    type: 250,
    fields: {
      PercentFull: u8,
    },
    parameters: {},
  },
  ReportBufferOverflowErrorEvent: {
    type: 251,
    fields: {},
    parameters: {},
  },
  ReaderExceptionEvent: {
    type: 252,
    fields: {
      Message: utf8,
    },
    parameters: {
      ROSpecID: '0-1',
      SpecIndex: '0-1',
      InventoryParameterSpecID: '0-1',
      AntennaID: '0-1',
      AccessSpecID: '0-1',
      OpSpecID: '0-1',
      Custom: '0-n',
    },
  },
  RFSurveyEvent: {
    type: 253,
    fields: {
      Event: u8,
      ROSpecID: u32,
      SpecIndex: u16,
    },
    parameters: {},
  },
  AISpecEvent: {
    type: 254,
    fields: {
      Event: u8,
      ROSpecID: u32,
      SpecIndex: u16,
    },
    parameters: {
      C1G2SingulationDetails: '0-1',
    },
  },
  AntennaEvent: {
    type: 255,
    fields: {
      Event: u8,
      AntennaID: u16,
    },
    parameters: {},
  },
  ConnectionAttemptEvent: {
    type: 256,
    fields: {
      Event: u16,
    },
    parameters: {},
  },
  ConnectionCloseEvent: {
    type: 257,
    fields: {},
    parameters: {},
  },
  LLRPStatus: {
    type: 287,
    fields: {
      Status: u16,
      ErrorDescription: utf8,
    },
    parameters: {
      FieldError: '0-1',
      ParameterError: '0-1',
    },
  },
  FieldError: {
    type: 288,
    fields: {
      FieldIndex: u16,
      ErrorCode: u16,
    },
    parameters: {},
  },
  ParameterError: {
    type: 289,
    fields: {
      ParameterType: u16,
      ErrorCode: u16,
    },
    parameters: {
      ParameterError: '0-1',
      FieldError: '0-1',
    },
  },
  C1G2LLRPCapabilities: {
    type: 327,
    fields: {
      SupportsBlockErase: bit(0),
      SupportsBlockWrite: bit(1),
      SupportsBlockPermalock: bit(2),
      SupportsTagRecommissioning: bit(3),
      SupportsUMIMethod2: bit(4),
      SupportsXPC: closeByte(bit(5), 2),
      MaxSelectFiltersPerQuery: u16,
    },
    parameters: {},
  },
  UHFC1G2RFModeTable: {
    type: 328,
    fields: {},
    parameters: {
      UHFC1G2RFModeTableEntry: '1-n',
    },
  },
  UHFC1G2RFModeTableEntry: {
    type: 329,
    fields: {
      ModeID: u32,
      DivideRatio: bits(0, 1),
      IsEPCHagConformant: closeByte(bit(1), 6),
      Modulation: u8,
      ForwardLinkModulation: u8,
      SpectralMask: u8,
      BackscatterDataRate: u32,
      PIERatio: u32,
      MinTariTime: u32,
      MaxTariTime: u32,
      StepTariTime: u32,
    },
    parameters: {},
  },
  C1G2InventoryCommand: {
    type: 330,
    fields: {
      TagInventoryStateAware: flag,
    },
    parameters: {
      C1G2Filter: '0-n',
      C1G2RFControl: '0-1',
      C1G2SingulationControl: '0-1',
      Custom: '0-n',
    },
  },
  C1G2Filter: {
    type: 331,
    fields: {
      TruncateAction: closeByte(bits(0, 2), 6),
    },
    parameters: {
      C1G2TagInventoryMask: '1',
      C1G2TagInventoryStateAwareFilterAction: '0-1',
      C1G2TagInventoryStateUnawareFilterAction: '0-1',
    },
  },
  C1G2TagInventoryMask: {
    type: 332,
    fields: {
      MemoryBank: closeByte(bits(0, 2), 6),
      MostSignificantBit: u16,
      TagMask: bitArray,
    },
    parameters: {},
  },
  C1G2TagInventoryStateAwareFilterAction: {
    type: 333,
    fields: {
      Target: u8,
      FilterAction: u8,
    },
    parameters: {},
  },
  C1G2TagInventoryStateUnawareFilterAction: {
    type: 334,
    fields: {
      FilterAction: u8,
    },
    parameters: {},
  },
  C1G2RFControl: {
    type: 335,
    fields: {
      RFModeID: u16,
      Tari: u16,
    },
    parameters: {},
  },
  C1G2SingulationControl: {
    type: 336,
    fields: {
      Session: closeByte(bits(0, 2), 6),
      TagPopulation: u16,
      TagTransitTime: u32,
    },
    parameters: {
      C1G2TagInventoryStateAwareSingulationAction: '0-1',
    },
  },
  C1G2TagInventoryStateAwareSingulationAction: {
    type: 337,
    fields: {
      SessionState: bits(0, 1),
      SLState: bits(1, 1),
      SAll: closeByte(bit(2), 5),
    },
    parameters: {},
  },
  C1G2TagSpec: {
    type: 338,
    fields: {},
    parameters: {
      C1G2TargetTag: '1-n',
    },
  },
  C1G2TargetTag: {
    type: 339,
    fields: {
      C1G2MemoryBank: bits(0, 2),
      MatchFlag: closeByte(bit(2), 5),
      MostSignificantBit: u16,
      TagMask: bitArray,
      TagData: bitArray,
    },
    parameters: {},
  },
  C1G2Read: {
    type: 341,
    fields: {
      OpSpecID: u16,
      AccessPassword: u32,
      C1G2MemoryBank: closeByte(bits(0, 2), 6),
      WordAddress: u16,
      WordCount: u16,
    },
    parameters: {},
  },
  C1G2Write: {
    type: 342,
    fields: {
      OpSpecID: u16,
      AccessPassword: u32,
      C1G2MemoryBank: closeByte(bits(0, 2), 6),
      WordAddress: u16,
      Data: listOf(u16),
    },
    parameters: {},
  },
  C1G2Kill: {
    type: 343,
    fields: {
      OpSpecID: u16,
      KillPassword: u32,
    },
    parameters: {},
  },
  C1G2Lock: {
    type: 344,
    fields: {
      OpSpecID: u16,
      AccessPassword: u32,
    },
    parameters: {
      C1G2LockPayload: '1-n',
    },
  },
  C1G2LockPayload: {
    type: 345,
    fields: {
      LockPrivilege: u8,
      LockData: u8,
    },
    parameters: {},
  },
  C1G2BlockErase: {
    type: 346,
    fields: {
      OpSpecID: u16,
      AccessPassword: u32,
      C1G2MemoryBank: closeByte(bits(0, 2), 6),
      WordAddress: u16,
      WordCount: u16,
    },
    parameters: {},
  },
  C1G2BlockWrite: {
    type: 347,
    fields: {
      OpSpecID: u16,
      AccessPassword: u32,
      C1G2MemoryBank: closeByte(bits(0, 2), 6),
      WordAddress: u16,
      Data: listOf(u16),
    },
    parameters: {},
  },
  C1G2EPCMemorySelector: {
    type: 348,
    fields: {
      CRCEnabled: bit(0),
      PCBitsEnabled: bit(1),
      XPCBitsEnabled: closeByte(bit(2), 5),
    },
    parameters: {},
  },
  C1G2ReadOpSpecResult: {
    type: 349,
    fields: {
      C1G2ReadOpSpecResultType: u8,
      OpSpecID: u16,
      Data: listOf(u16),
    },
    parameters: {},
  },
  C1G2WriteOpSpecResult: {
    type: 350,
    fields: {
      C1G2WriteOpSpecResultType: u8,
      OpSpecID: u16,
      WordsWritten: u16,
    },
    parameters: {},
  },
  C1G2KillOpSpecResult: {
    type: 351,
    fields: {
      C1G2KillResult: u8,
      OpSpecID: u16,
    },
    parameters: {},
  },
  C1G2LockOpSpecResult: {
    type: 352,
    fields: {
      C1G2LockResult: u8,
      OpSpecID: u16,
    },
    parameters: {},
  },
  C1G2BlockEraseOpSpecResult: {
    type: 353,
    fields: {
      C1G2BlockEraseResult: u8,
      OpSpecID: u16,
    },
    parameters: {},
  },
  C1G2BlockWriteOpSpecResult: {
    type: 354,
    fields: {
      C1G2BlockWriteResult: u8,
      OpSpecID: u16,
      WordsWritten: u16,
    },
    parameters: {},
  },
  LoopSpec: {
    type: 355,
    fields: {
      LoopCount: u32,
    },
    parameters: {},
  },
  SpecLoopEvent: {
    type: 356,
    fields: {
      ROSpecID: u32,
      LoopCount: u32,
    },
    parameters: {},
  },
  C1G2Recommission: {
    type: 357,
    fields: {
      OpSpecID: u16,
      KillPassword: u32,
      SB3: skipBits(0, 5, bit(5)),
      SB2: bit(6),
      LSB: closeByte(bit(7), 0),
    },
    parameters: {},
  },
  C1G2BlockPermalock: {
    type: 358,
    fields: {
      OpSpecID: u16,
      AccessPassword: u32,
      C1G2MemoryBank: closeByte(bits(0, 2), 6),
      BlockAddress: u16,
      BlockMask: listOf(u16),
    },
    parameters: {},
  },
  C1G2GetBlockPermalockStatus: {
    type: 359,
    fields: {
      OpSpecID: u16,
      AccessPassword: u32,
      C1G2MemoryBank: closeByte(bits(0, 2), 6),
      BlockAddress: u16,
      BlockRange: u16,
    },
    parameters: {},
  },
  C1G2RecommissionOpSpecResult: {
    type: 360,
    fields: {
      C1G2RecommissionResult: u8,
      OpSpecID: u16,
    },
    parameters: {},
  },
  C1G2BlockPermalockOpSpecResult: {
    type: 361,
    fields: {
      C1G2BlockPermalockResult: u8,
      OpSpecID: u16,
    },
    parameters: {},
  },
  C1G2GetBlockPermalockStatusOpSpecResult: {
    type: 362,
    fields: {
      C1G2GetBlockPermalockStatusResult: u8,
      OpSpecID: u16,
      PermalockStatuses: listOf(u16),
    },
    parameters: {},
  },
  MaximumReceiveSensitivity: {
    type: 363,
    fields: {
      MaxSensitivity: s16,
    },
    parameters: {},
  },
  RFSurveyFrequencyCapabilities: {
    type: 365,
    fields: {
      MinFrequency: u32,
      MaxFrequency: u32,
    },
    parameters: {},
  },
  Custom: {
    type: 1023,
    fields: {
      VendorID: u32,
      Subtype: u32,
      Data: restBytes,
    },
    parameters: {},
  },
} satisfies Record<string, ParameterLayout>;

export const MESSAGES = {
  GetSupportedVersion: {
    type: 46,
    fields: {},
    parameters: {},
  },
  GetSupportedVersionResponse: {
    type: 56,
    fields: {
      CurrentVersion: u8,
      MaxSupportedVersion: u8,
    },
    parameters: {
      LLRPStatus: '1',
    },
  },
  SetProtocolVersion: {
    type: 47,
    fields: {
      TargetVersion: u8,
    },
    parameters: {},
  },
  SetProtocolVersionResponse: {
    type: 57,
    fields: {},
    parameters: {
      LLRPStatus: '1',
    },
  },
  GetReaderCapabilities: {
    type: 1,
    fields: {
      ReaderCapabilitiesRequestedData: u8,
    },
    parameters: {
      Custom: '0-n',
    },
  },
  GetReaderCapabilitiesResponse: {
    type: 11,
    fields: {},
    parameters: {
      LLRPStatus: '1',
      GeneralDeviceCapabilities: '0-1',
      LLRPCapabilities: '0-1',
      RegulatoryCapabilities: '0-1',
      C1G2LLRPCapabilities: '0-1',
      Custom: '0-n',
    },
  },
  AddROSpec: {
    type: 20,
    fields: {},
    parameters: {
      ROSpec: '1',
    },
  },
  AddROSpecResponse: {
    type: 30,
    fields: {},
    parameters: {
      LLRPStatus: '1',
    },
  },
  DeleteROSpec: {
    type: 21,
    fields: {
      ROSpecID: u32,
    },
    parameters: {},
  },
  DeleteROSpecResponse: {
    type: 31,
    fields: {},
    parameters: {
      LLRPStatus: '1',
    },
  },
  StartROSpec: {
    type: 22,
    fields: {
      ROSpecID: u32,
    },
    parameters: {},
  },
  StartROSpecResponse: {
    type: 32,
    fields: {},
    parameters: {
      LLRPStatus: '1',
    },
  },
  StopROSpec: {
    type: 23,
    fields: {
      ROSpecID: u32,
    },
    parameters: {},
  },
  StopROSpecResponse: {
    type: 33,
    fields: {},
    parameters: {
      LLRPStatus: '1',
    },
  },
  EnableROSpec: {
    type: 24,
    fields: {
      ROSpecID: u32,
    },
    parameters: {},
  },
  EnableROSpecResponse: {
    type: 34,
    fields: {},
    parameters: {
      LLRPStatus: '1',
    },
  },
  DisableROSpec: {
    type: 25,
    fields: {
      ROSpecID: u32,
    },
    parameters: {},
  },
  DisableROSpecResponse: {
    type: 35,
    fields: {},
    parameters: {
      LLRPStatus: '1',
    },
  },
  GetROSpecs: {
    type: 26,
    fields: {},
    parameters: {},
  },
  GetROSpecsResponse: {
    type: 36,
    fields: {},
    parameters: {
      LLRPStatus: '1',
      ROSpec: '0-n',
    },
  },
  AddAccessSpec: {
    type: 40,
    fields: {},
    parameters: {
      AccessSpec: '1',
    },
  },
  AddAccessSpecResponse: {
    type: 50,
    fields: {},
    parameters: {
      LLRPStatus: '1',
    },
  },
  DeleteAccessSpec: {
    type: 41,
    fields: {
      AccessSpecID: u32,
    },
    parameters: {},
  },
  DeleteAccessSpecResponse: {
    type: 51,
    fields: {},
    parameters: {
      LLRPStatus: '1',
    },
  },
  EnableAccessSpec: {
    type: 42,
    fields: {
      AccessSpecID: u32,
    },
    parameters: {},
  },
  EnableAccessSpecResponse: {
    type: 52,
    fields: {},
    parameters: {
      LLRPStatus: '1',
    },
  },
  DisableAccessSpec: {
    type: 43,
    fields: {
      AccessSpecID: u32,
    },
    parameters: {},
  },
  DisableAccessSpecResponse: {
    type: 53,
    fields: {},
    parameters: {
      LLRPStatus: '1',
    },
  },
  GetAccessSpecs: {
    type: 44,
    fields: {},
    parameters: {},
  },
  GetAccessSpecsResponse: {
    type: 54,
    fields: {},
    parameters: {
      LLRPStatus: '1',
      AccessSpec: '0-n',
    },
  },
  ClientRequestOp: {
    type: 45,
    fields: {},
    parameters: {
      TagReportData: '1',
    },
  },
  ClientRequestOpResponse: {
    type: 55,
    fields: {},
    parameters: {
      ClientRequestResponse: '1',
    },
  },
  GetReport: {
    type: 60,
    fields: {},
    parameters: {},
  },
  ROAccessReport: {
    type: 61,
    fields: {},
    parameters: {
      TagReportData: '0-n',
      RFSurveyReportData: '0-n',
      Custom: '0-n',
    },
  },
  KeepAlive: {
    type: 62,
    fields: {},
    parameters: {},
  },
  KeepAliveAck: {
    type: 72,
    fields: {},
    parameters: {},
  },
  ReaderEventNotification: {
    type: 63,
    fields: {},
    parameters: {
      ReaderEventNotificationData: '1',
    },
  },
  EnableEventsAndReports: {
    type: 64,
    fields: {},
    parameters: {},
  },
  ErrorMessage: {
    type: 100,
    fields: {},
    parameters: {
      LLRPStatus: '1',
    },
  },
  GetReaderConfig: {
    type: 2,
    fields: {
      AntennaID: u16,
      RequestedData: u8,
      GPIPortNum: u16,
      GPOPortNum: u16,
    },
    parameters: {
      Custom: '0-n',
    },
  },
  GetReaderConfigResponse: {
    type: 12,
    fields: {},
    parameters: {
      LLRPStatus: '1',
      Identification: '0-1',
      AntennaProperties: '0-n',
      AntennaConfiguration: '0-n',
      ReaderEventNotificationSpec: '0-1',
      ROReportSpec: '0-1',
      AccessReportSpec: '0-1',
      LLRPConfigurationStateValue: '0-1',
      KeepAliveSpec: '0-1',
      GPIPortCurrentState: '0-n',
      GPOWriteData: '0-n',
      EventsAndReports: '0-1',
      Custom: '0-n',
    },
  },
  SetReaderConfig: {
    type: 3,
    fields: {
      ResetToFactoryDefaults: flag,
    },
    parameters: {
      ReaderEventNotificationSpec: '0-1',
      AntennaProperties: '0-n',
      AntennaConfiguration: '0-n',
      ROReportSpec: '0-1',
      AccessReportSpec: '0-1',
      KeepAliveSpec: '0-1',
      GPOWriteData: '0-n',
      GPIPortCurrentState: '0-n',
      EventsAndReports: '0-1',
      Custom: '0-n',
    },
  },
  SetReaderConfigResponse: {
    type: 13,
    fields: {},
    parameters: {
      LLRPStatus: '1',
    },
  },
  CloseConnection: {
    type: 14,
    fields: {},
    parameters: {},
  },
  CloseConnectionResponse: {
    type: 4,
    fields: {},
    parameters: {
      LLRPStatus: '1',
    },
  },
  CustomMessage: {
    type: 1023,
    fields: {
      VendorID: u32,
      MessageSubtype: u8,
      Data: restBytes,
    },
    parameters: {},
  },
} satisfies Record<string, MessageLayout>;
