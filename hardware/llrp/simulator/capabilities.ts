import { AirProtocol, CapabilitiesRequest } from '../codec/enumerations.ts';
import { type LlrpVersion, Version } from '../codec/frame.ts';
import { type AnyParameter, parameter } from '../codec/parameter.ts';
import { OPS_MAX } from './accessspec.ts';
import { ACCESSSPECS_MAX } from './accessspecs.ts';

export interface SimulatedHardware {
  antennas: number;
  inputs: number;
  outputs: number;
  /** The client may choose which inventoried state (A or B) is read. */
  stateAware: boolean;
  /** A reader without one tells its uptime instead. */
  utcClock: boolean;
  /** The highest version that it speaks. */
  version: LlrpVersion;
}

/** IANA keeps this enterprise number for examples, so no client switches to a vendor's dialect. */
const MANUFACTURER = 32_473;
const MODEL = 1;
const FIRMWARE = '1.0.1';
/** The simulated regulation: ETSI EN 302 208, four fixed channels, 10 to 30 dBm in steps of 1 dB. */
const COUNTRY_CODE = 276;
const ETSI_302_208 = 2;
const CHANNELS_KHZ = [865_700, 866_300, 866_900, 867_500];
const POWER_MIN_DBM = 10;
const POWER_LEVELS = 21;
const MBM_PER_DBM = 100;
const SENSITIVITY_MAX_DBM = -80;

/** The parameters of a GET_READER_CAPABILITIES_RESPONSE behind its status (LLRP 1.0.1 section 9). */
export function capabilities(hardware: SimulatedHardware, requested: number): AnyParameter[] {
  const wanted = (what: number): boolean => requested === CapabilitiesRequest.all || requested === what;
  return [
    ...(wanted(CapabilitiesRequest.general) ? [general(hardware)] : []),
    ...(wanted(CapabilitiesRequest.llrp) ? [llrp(hardware)] : []),
    ...(wanted(CapabilitiesRequest.regulatory) ? [regulatory()] : []),
    ...(wanted(CapabilitiesRequest.airProtocol) ? [airProtocol()] : []),
  ];
}

function general(hardware: SimulatedHardware): AnyParameter {
  const antennas = Array.from({ length: hardware.antennas }, (_, i) =>
    parameter('PerAntennaAirProtocol', {
      AntennaID: i + 1,
      AirProtocolIDs: Uint8Array.of(AirProtocol.epcGlobalClass1Gen2),
    }),
  );
  return parameter(
    'GeneralDeviceCapabilities',
    {
      MaxSupportedAntennas: hardware.antennas,
      CanSetAntennaProperties: false,
      HasUTCClock: hardware.utcClock,
      DeviceManufacturer: MANUFACTURER,
      Model: MODEL,
      FirmwareVersion: FIRMWARE,
    },
    [
      parameter('ReceiveSensitivityTableEntry', { Index: 1, ReceiveSensitivity: 0 }),
      parameter('GPIOCapabilities', { NumGPIs: hardware.inputs, NumGPOs: hardware.outputs }),
      ...antennas,
      ...(hardware.version === Version.v1_1
        ? [parameter('MaximumReceiveSensitivity', { MaxSensitivity: SENSITIVITY_MAX_DBM })]
        : []),
    ],
  );
}

const llrp = (hardware: SimulatedHardware): AnyParameter =>
  parameter('LLRPCapabilities', {
    CanDoRFSurvey: false,
    CanReportBufferFillWarning: false,
    SupportsClientRequestOpSpec: false,
    CanDoTagInventoryStateAwareSingulation: hardware.stateAware,
    SupportsEventsAndReportHolding: true,
    MaxPriorityLevelSupported: 0,
    ClientRequestedOpSpecTimeout: 0,
    MaxROSpecs: 1,
    MaxSpecsPerROSpec: 32,
    MaxInventoryParameterSpecsPerAISpec: 1,
    MaxAccessSpecs: ACCESSSPECS_MAX,
    MaxOpSpecsPerAccessSpec: OPS_MAX,
  });

function regulatory(): AnyParameter {
  const powers = Array.from({ length: POWER_LEVELS }, (_, i) =>
    parameter('TransmitPowerLevelTableEntry', {
      Index: i + 1,
      TransmitPowerValue: (POWER_MIN_DBM + i) * MBM_PER_DBM,
    }),
  );
  return parameter(
    'RegulatoryCapabilities',
    { CountryCode: COUNTRY_CODE, CommunicationsStandard: ETSI_302_208 },
    [
      parameter('UHFBandCapabilities', {}, [
        ...powers,
        parameter('FrequencyInformation', { Hopping: false }, [
          parameter('FixedFrequencyTable', { Frequencies: CHANNELS_KHZ }),
        ]),
        parameter('UHFC1G2RFModeTable', {}, [
          parameter('UHFC1G2RFModeTableEntry', {
            ModeID: 1,
            DivideRatio: 1,
            IsEPCHagConformant: false,
            Modulation: 2,
            ForwardLinkModulation: 2,
            SpectralMask: 3,
            BackscatterDataRate: 64_000,
            PIERatio: 2_000,
            MinTariTime: 20_000,
            MaxTariTime: 20_000,
            StepTariTime: 0,
          }),
        ]),
      ]),
    ],
  );
}

const airProtocol = (): AnyParameter =>
  parameter('C1G2LLRPCapabilities', {
    SupportsBlockErase: false,
    SupportsBlockWrite: true,
    SupportsBlockPermalock: false,
    SupportsTagRecommissioning: false,
    SupportsUMIMethod2: false,
    SupportsXPC: false,
    MaxSelectFiltersPerQuery: 0,
  });
