import { type AnyParameter, filterParameters, findParameter } from './codec/parameter.ts';

/** What the reader told about itself; zero or empty where it kept silent. */
export interface ReaderFacts {
  antennas: number;
  outputs: number;
  /** IANA private enterprise number. */
  manufacturer: number;
  model: number;
  firmware: string;
  readerStartMs: number | null;
  /** The transmit power behind each index, in dBm. */
  powers: readonly { index: number; dbm: number }[];
  /** Where the region wants hopping, the number of the first hop table. */
  hopTableId: number | null;
  /** The client may choose which inventoried state to read (A or B). */
  isStateAware: boolean;
  specsPerROSpecMax: number;
}

const MBM_PER_DBM = 100;

/** Reads the facts out of a GET_READER_CAPABILITIES_RESPONSE. */
export function readerFacts(capabilities: AnyParameter[], readerStartMs: number | null): ReaderFacts {
  const general = findParameter(capabilities, 'GeneralDeviceCapabilities');
  const gpio = findParameter(general?.parameters ?? [], 'GPIOCapabilities');
  const llrp = findParameter(capabilities, 'LLRPCapabilities')?.fields;
  const regulatory = findParameter(capabilities, 'RegulatoryCapabilities');
  const uhf = findParameter(regulatory?.parameters ?? [], 'UHFBandCapabilities')?.parameters ?? [];
  const frequencies = findParameter(uhf, 'FrequencyInformation');
  const hopTable = findParameter(frequencies?.parameters ?? [], 'FrequencyHopTable');
  return {
    antennas: general?.fields.MaxSupportedAntennas ?? 0,
    outputs: gpio?.fields.NumGPOs ?? 0,
    manufacturer: general?.fields.DeviceManufacturer ?? 0,
    model: general?.fields.Model ?? 0,
    firmware: general?.fields.FirmwareVersion ?? '',
    readerStartMs,
    powers: filterParameters(uhf, 'TransmitPowerLevelTableEntry').map((one) => ({
      index: one.fields.Index,
      dbm: one.fields.TransmitPowerValue / MBM_PER_DBM,
    })),
    hopTableId: frequencies?.fields.Hopping === true ? (hopTable?.fields.HopTableID ?? 1) : null,
    isStateAware: llrp?.CanDoTagInventoryStateAwareSingulation ?? false,
    specsPerROSpecMax: llrp?.MaxSpecsPerROSpec ?? 1,
  };
}

/** The strongest level that is not above `dbm`, or the weakest when all are. Null when the reader lists none. */
export function powerIndex(powers: ReaderFacts['powers'], dbm: number): number | null {
  const sorted = [...powers].sort((a, b) => a.dbm - b.dbm);
  return (sorted.findLast((one) => one.dbm <= dbm) ?? sorted[0])?.index ?? null;
}
