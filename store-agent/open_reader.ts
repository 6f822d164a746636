import { openImpinjReader } from '../hardware/impinj/driver.ts';
import { openLlrpReader } from '../hardware/llrp/driver.ts';
import type { DriverContext, TagReader } from '../hardware/port.ts';
import type { ReaderConfig } from './config.ts';

const IMPINJ_PRESET_DEFAULT = 'default';

/** Opens the reader of a configuration, whatever it speaks. Returns at once; an absent reader is a health fact. */
export function openReader(reader: ReaderConfig, context: DriverContext): TagReader {
  const { url, antennas, preset = IMPINJ_PRESET_DEFAULT, credentials_file, certificate_file } = reader;
  const named = antennas === undefined ? {} : { antennas };
  const http = {
    ...(credentials_file === undefined ? {} : { credentialsFile: credentials_file }),
    ...(certificate_file === undefined ? {} : { certificateFile: certificate_file }),
  };
  switch (url.protocol) {
    case 'llrp':
      return openLlrpReader({ host: url.host, port: url.port, ...named }, context);
    case 'impinj':
      return openImpinjReader({ base: url.base, preset, ...named, ...http }, context);
  }
}
