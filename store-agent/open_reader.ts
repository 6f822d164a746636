import { openLlrpReader } from '../hardware/llrp/driver.ts';
import type { DriverContext, TagReader } from '../hardware/port.ts';
import type { ReaderConfig } from './config.ts';

/** Opens the reader of a configuration, whatever it speaks. Returns at once; an absent reader is a health fact. */
export function openReader(reader: ReaderConfig, context: DriverContext): TagReader {
  const { antennas } = reader;
  return openLlrpReader({ ...reader.url, ...(antennas === undefined ? {} : { antennas }) }, context);
}
