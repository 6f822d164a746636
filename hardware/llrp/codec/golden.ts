import { readFileSync } from 'node:fs';
import type { MessageName } from './message.ts';

/** The golden message bodies of test/vectors/llrp and the message that each of them is. */
export const GOLDEN: readonly { file: string; name: MessageName }[] = [
  { file: 'CloseConnectionResponse-000', name: 'CloseConnectionResponse' },
  { file: 'GetAccessSpecsResponse-000', name: 'GetAccessSpecsResponse' },
  { file: 'GetROSpecsResponse-000', name: 'GetROSpecsResponse' },
  { file: 'GetReaderCapabilitiesResponse-000', name: 'GetReaderCapabilitiesResponse' },
  { file: 'GetReaderConfigResponse-000', name: 'GetReaderConfigResponse' },
  { file: 'ROAccessReport-001', name: 'ROAccessReport' },
  { file: 'ROAccessReport-002', name: 'ROAccessReport' },
  { file: 'ROAccessReport-003', name: 'ROAccessReport' },
  { file: 'ROAccessReport-004', name: 'ROAccessReport' },
  { file: 'ReaderEventNotification-000', name: 'ReaderEventNotification' },
];

const folder = new URL('../../../test/vectors/llrp/', import.meta.url);

/** The body of a golden message, without the frame header. */
export const goldenBody = (file: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`${file}.bytes`, folder)));

/** What the golden message says, in the shape of its source. */
export const goldenValues = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`${file}.json`, folder), 'utf8'));
