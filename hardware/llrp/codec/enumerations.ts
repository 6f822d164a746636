/** The enumerations that driver and simulator speak in (LLRP 1.0.1). */

/** ConnectionAttemptEvent, section 13.2.6.11. */
export const ConnectionAttempt = {
  success: 0,
  readerConnectionExists: 1,
  clientConnectionExists: 2,
  failed: 3,
  attemptedAgain: 4,
} as const;

/** LLRPStatus, section 14. M_ codes speak of the message, P_ codes of a parameter, A_ codes of a value. */
export const Status = {
  M_Success: 0,
  M_ParameterError: 100,
  M_FieldError: 101,
  M_UnexpectedParameter: 102,
  M_MissingParameter: 103,
  M_DuplicateParameter: 104,
  M_OverflowParameter: 105,
  M_OverflowField: 106,
  M_UnknownParameter: 107,
  M_UnknownField: 108,
  M_UnsupportedMessage: 109,
  M_UnsupportedVersion: 110,
  M_UnsupportedParameter: 111,
  M_UnexpectedMessage: 112,
  P_ParameterError: 200,
  P_FieldError: 201,
  P_UnexpectedParameter: 202,
  P_MissingParameter: 203,
  P_DuplicateParameter: 204,
  P_OverflowParameter: 205,
  P_OverflowField: 206,
  P_UnknownParameter: 207,
  P_UnknownField: 208,
  P_UnsupportedParameter: 209,
  A_Invalid: 300,
  A_OutOfRange: 301,
  R_DeviceError: 401,
} as const;

const statusNames = new Map<number, string>(Object.entries(Status).map(([name, code]) => [code, name]));

/** The standard's name of a status code, or its number where it has none. */
export const statusName = (code: number): string => statusNames.get(code) ?? `status ${code}`;

export const ROSpecState = { disabled: 0, inactive: 1, active: 2 } as const;
export const ROSpecStart = { none: 0, immediate: 1, periodic: 2, gpi: 3 } as const;
export const ROSpecStop = { none: 0, duration: 1, gpi: 2 } as const;
export const AISpecStop = { none: 0, duration: 1, gpi: 2, tagObservation: 3 } as const;
export const ROReportTrigger = { none: 0, nTagsOrAISpecEnd: 1, nTagsOrROSpecEnd: 2 } as const;
export const AirProtocol = { unspecified: 0, epcGlobalClass1Gen2: 1 } as const;
export const KeepAliveTrigger = { none: 0, periodic: 1 } as const;
export const ROSpecEventKind = { started: 0, ended: 1, preempted: 2 } as const;
export const AntennaEventKind = { disconnected: 0, connected: 1 } as const;

/** What GET_READER_CAPABILITIES asks for. */
export const CapabilitiesRequest = { all: 0, general: 1, llrp: 2, regulatory: 3, airProtocol: 4 } as const;

/** What GET_READER_CONFIG asks for. */
export const ConfigRequest = {
  all: 0,
  identification: 1,
  antennaProperties: 2,
  antennaConfiguration: 3,
  roReportSpec: 4,
  readerEventNotificationSpec: 5,
  accessReportSpec: 6,
  configurationStateValue: 7,
  keepAliveSpec: 8,
  gpiPortCurrentState: 9,
  gpoWriteData: 10,
  eventsAndReports: 11,
} as const;

/** EventNotificationState: what a reader may be told to notify. */
export const ReaderEventType = {
  hopToNextChannel: 0,
  gpi: 1,
  roSpec: 2,
  reportBufferFillWarning: 3,
  readerException: 4,
  rfSurvey: 5,
  aiSpec: 6,
  aiSpecWithSingulation: 7,
  antenna: 8,
  /** LLRP 1.1. */
  specLoop: 9,
} as const;

/** Which tags a state-aware inventory reads. */
export const SessionState = { A: 0, B: 1 } as const;

/** TagObservationTrigger, section 10.2.2.1.1; the last two are of LLRP 1.1. */
export const TagObservation = {
  nTags: 0,
  noNewTagsForT: 1,
  nAttempts: 2,
  nUniqueTags: 3,
  noNewUniqueTagsForT: 4,
} as const;

export const SLState = { asserted: 0, deasserted: 1 } as const;

/** Where an AccessSpec and its tags stand, and when it ends. */
export const AccessSpecState = { disabled: false, active: true } as const;
export const AccessSpecStop = { none: 0, operationCount: 1 } as const;
export const AccessReport = { withROReport: 0, endOfAccessSpec: 1 } as const;
export const MemoryBank = { reserved: 0, epc: 1, tid: 2, user: 3 } as const;

/** Results of C1G2Read, section 15.2.1.5.5. */
export const ReadResult = {
  success: 0,
  nonspecificTagError: 1,
  noResponse: 2,
  nonspecificReaderError: 3,
} as const;

/** Results of C1G2Write and C1G2BlockWrite. */
export const WriteResult = {
  success: 0,
  memoryOverrun: 1,
  memoryLocked: 2,
  insufficientPower: 3,
  nonspecificTagError: 4,
  noResponse: 5,
  nonspecificReaderError: 6,
} as const;
