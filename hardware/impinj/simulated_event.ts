const FREQUENCY_KHZ = 865_700;
const POWER_CDBM = 3_000;

/** How a preset reports an EPC. */
export type EpcForm = 'hex' | 'base64url' | 'both';

/** The `tagInventoryEvent` of one read; `rssi` in dBm. */
export function tagEvent(epc: string, form: EpcForm, antenna: number, rssi: number, time: string): object {
  return {
    ...(form === 'hex' ? {} : { epc: Buffer.from(epc, 'hex').toString('base64url') }),
    ...(form === 'base64url' ? {} : { epcHex: epc }),
    antennaPort: antenna,
    antennaName: `Antenna ${antenna}`,
    peakRssiCdbm: Math.round(rssi * 100),
    frequency: FREQUENCY_KHZ,
    transmitPowerCdbm: POWER_CDBM,
    lastSeenTime: time,
  };
}
