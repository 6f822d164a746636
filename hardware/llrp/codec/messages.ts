import { type Field, flag, u8, u16, u32 } from './field.ts';

/** The fields of one message in wire order; its parameters follow them. */
export interface MessageLayout {
  type: number;
  fields: Record<string, Field<unknown>>;
}

/** The messages that this codec knows (LLRP 1.0.1 sections 9 to 14 and 16.1); any other is kept as raw bytes. */
export const MESSAGES = {
  GetReaderCapabilities: { type: 1, fields: { ReaderCapabilitiesRequestedData: u8 } },
  GetReaderConfig: {
    type: 2,
    fields: { AntennaID: u16, RequestedData: u8, GPIPortNum: u16, GPOPortNum: u16 },
  },
  SetReaderConfig: { type: 3, fields: { ResetToFactoryDefaults: flag } },
  CloseConnectionResponse: { type: 4, fields: {} },
  GetReaderCapabilitiesResponse: { type: 11, fields: {} },
  GetReaderConfigResponse: { type: 12, fields: {} },
  SetReaderConfigResponse: { type: 13, fields: {} },
  CloseConnection: { type: 14, fields: {} },
  AddROSpec: { type: 20, fields: {} },
  DeleteROSpec: { type: 21, fields: { ROSpecID: u32 } },
  StartROSpec: { type: 22, fields: { ROSpecID: u32 } },
  StopROSpec: { type: 23, fields: { ROSpecID: u32 } },
  EnableROSpec: { type: 24, fields: { ROSpecID: u32 } },
  DisableROSpec: { type: 25, fields: { ROSpecID: u32 } },
  GetROSpecs: { type: 26, fields: {} },
  AddROSpecResponse: { type: 30, fields: {} },
  DeleteROSpecResponse: { type: 31, fields: {} },
  StartROSpecResponse: { type: 32, fields: {} },
  StopROSpecResponse: { type: 33, fields: {} },
  EnableROSpecResponse: { type: 34, fields: {} },
  DisableROSpecResponse: { type: 35, fields: {} },
  GetROSpecsResponse: { type: 36, fields: {} },
  DeleteAccessSpec: { type: 41, fields: { AccessSpecID: u32 } },
  GetAccessSpecs: { type: 44, fields: {} },
  DeleteAccessSpecResponse: { type: 51, fields: {} },
  GetAccessSpecsResponse: { type: 54, fields: {} },
  GetReport: { type: 60, fields: {} },
  ROAccessReport: { type: 61, fields: {} },
  KeepAlive: { type: 62, fields: {} },
  ReaderEventNotification: { type: 63, fields: {} },
  EnableEventsAndReports: { type: 64, fields: {} },
  KeepAliveAck: { type: 72, fields: {} },
  ErrorMessage: { type: 100, fields: {} },
} satisfies Record<string, MessageLayout>;
