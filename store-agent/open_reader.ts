import { randomUUID } from 'node:crypto';
import { openImpinjReader } from '../hardware/impinj/driver.ts';
import type { EventBroker } from '../hardware/impinj/feed.ts';
import { type LlrpReaderOptions, openLlrpReader } from '../hardware/llrp/driver.ts';
import type { DriverContext, TagReader } from '../hardware/port.ts';
import type { ZebraCarrier } from '../hardware/zebra/carrier.ts';
import { openZebraReader } from '../hardware/zebra/driver.ts';
import { HttpCarrier } from '../hardware/zebra/http_carrier.ts';
import { MqttCarrier } from '../hardware/zebra/mqtt_carrier.ts';
import type { ReaderConfig } from './config.ts';

const IMPINJ_PRESET_DEFAULT = 'default';
const ZEBRA_COMMAND_TIMEOUT_MS = 2_000;

/** Opens the reader of a configuration, whatever it speaks. Returns at once; an absent reader is a health fact. */
export function openReader(reader: ReaderConfig, context: DriverContext): TagReader {
  const { url, antennas, preset = IMPINJ_PRESET_DEFAULT } = reader;
  const named = antennas === undefined ? {} : { antennas };
  switch (url.protocol) {
    case 'llrp':
      return openLlrpReader({ host: url.host, port: url.port, ...named, ...llrpOf(reader) }, context);
    case 'impinj':
      return openImpinjReader(
        { base: url.base, preset, ...named, ...filesOf(reader), ...eventsOf(reader) },
        context,
      );
    case 'zebra_http':
    case 'zebra_mqtt':
      return openZebraReader({ carrier: carrierOf(reader, url), keepMode: reader.mode === 'keep' }, context);
  }
}

function llrpOf({ llrp = {}, inputs }: ReaderConfig): Omit<LlrpReaderOptions, 'host' | 'port'> {
  return {
    session: llrp.session,
    tagPopulation: llrp.tag_population,
    transmitPowerDbm: llrp.transmit_power_dbm,
    dualTarget: llrp.dual_target,
    version: llrp.version,
    inputs: Object.values(inputs).filter((port) => port !== undefined),
  };
}

type ZebraUrl = Extract<ReaderConfig['url'], { protocol: 'zebra_http' | 'zebra_mqtt' }>;

function carrierOf(reader: ReaderConfig, url: ZebraUrl): ZebraCarrier {
  const access = { base: url.base, commandTimeoutMs: ZEBRA_COMMAND_TIMEOUT_MS, ...filesOf(reader) };
  if (url.protocol === 'zebra_mqtt')
    return new MqttCarrier({ ...access, topic: url.topic, newId: randomUUID });
  if (reader.data_listen === undefined) throw new Error('the configuration was not parsed');
  return new HttpCarrier({ ...access, listen: reader.data_listen });
}

function eventsOf({ events_url, events_credentials_file }: ReaderConfig): { events?: EventBroker } {
  if (events_url === undefined) return {};
  const file = events_credentials_file === undefined ? {} : { credentialsFile: events_credentials_file };
  return { events: { ...events_url, ...file } };
}

function filesOf(reader: ReaderConfig): { credentialsFile?: string; certificateFile?: string } {
  const { credentials_file, certificate_file } = reader;
  return {
    ...(credentials_file === undefined ? {} : { credentialsFile: credentials_file }),
    ...(certificate_file === undefined ? {} : { certificateFile: certificate_file }),
  };
}
