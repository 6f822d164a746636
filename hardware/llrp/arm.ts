import { err, ok, type Result } from '../../shared/result.ts';
import type { DriverContext } from '../port.ts';
import { CapabilitiesRequest, ConfigRequest, ConnectionAttempt } from './codec/enumerations.ts';
import { type AnyParameter, filterParameters, findParameter } from './codec/parameter.ts';
import type { LlrpConnection, RequestFailure } from './connection.ts';
import { type InventoryOptions, inventoryROSpec, ROSPEC_ID, readerConfig } from './setup.ts';

/** A link is dead when this many keepalives in a row stayed away. */
const KEEPALIVES_MISSED_MAX = 3;

/** Number 0 asks GET_READER_CONFIG for all of a kind. */
const ALL_ANTENNAS_AND_PORTS = { AntennaID: 0, GPIPortNum: 0, GPOPortNum: 0 };

/** What the reader told about itself; zero or empty where it kept silent. */
export interface ReaderFacts {
  antennas: number;
  outputs: number;
  /** IANA private enterprise number. */
  manufacturer: number;
  model: number;
  firmware: string;
  readerStartMs: number | null;
}

interface ArmOptions extends InventoryOptions {
  keepaliveMs: number;
  requestTimeoutMs: number;
}

/** `owned`: the reader serves another client. The detail is a sentence for staff. */
type ArmFailure = RequestFailure | { code: 'owned'; detail: string };

/**
 * Brings a fresh connection to the point where tags are reported. Whatever ran on the reader before is
 * removed first, so the sequence has the same end from any beginning.
 */
export async function armReader(
  connection: LlrpConnection,
  options: ArmOptions,
  log: DriverContext['log'],
): Promise<Result<ReaderFacts, ArmFailure>> {
  const ms = options.requestTimeoutMs;
  const greeting = await connection.greeting(ms);
  if (!greeting.ok) return greeting;
  if (greeting.value.status !== ConnectionAttempt.success) {
    return err({ code: 'owned', detail: describeRefusal(greeting.value.status) });
  }

  const all = { ReaderCapabilitiesRequestedData: CapabilitiesRequest.all };
  const capabilities = await connection.request('GetReaderCapabilities', all, [], ms);
  if (!capabilities.ok) return capabilities;

  const config = readerConfig(options.keepaliveMs);
  const configured = await connection.request(
    'SetReaderConfig',
    { ResetToFactoryDefaults: false },
    config,
    ms,
  );
  if (!configured.ok) return configured;
  connection.watch(options.keepaliveMs * KEEPALIVES_MISSED_MAX);

  // Some readers refuse to delete what is not there; ADD_ROSPEC shows soon enough whether it matters.
  const accessSpecs = await connection.request('DeleteAccessSpec', { AccessSpecID: 0 }, [], ms);
  if (!accessSpecs.ok) {
    if (accessSpecs.error.code !== 'refused') return accessSpecs;
    log('warn', 'the reader did not delete its AccessSpecs', { detail: accessSpecs.error.detail });
  }
  const roSpecs = await connection.request('DeleteROSpec', { ROSpecID: 0 }, [], ms);
  if (!roSpecs.ok) {
    if (roSpecs.error.code !== 'refused') return roSpecs;
    log('warn', 'the reader did not delete its ROSpecs', { detail: roSpecs.error.detail });
  }

  const added = await connection.request('AddROSpec', {}, inventoryROSpec(options), ms);
  if (!added.ok) return added;
  const enabled = await connection.request('EnableROSpec', { ROSpecID: ROSPEC_ID }, [], ms);
  if (!enabled.ok) return enabled;
  connection.enableEventsAndReports();
  return ok(factsOf(capabilities.value, greeting.value.readerStartMs));
}

function factsOf(capabilities: AnyParameter[], readerStartMs: number | null): ReaderFacts {
  const general = findParameter(capabilities, 'GeneralDeviceCapabilities');
  const gpio = findParameter(general?.parameters ?? [], 'GPIOCapabilities');
  return {
    antennas: general?.fields.MaxSupportedAntennas ?? 0,
    outputs: gpio?.fields.NumGPOs ?? 0,
    manufacturer: general?.fields.DeviceManufacturer ?? 0,
    model: general?.fields.Model ?? 0,
    firmware: general?.fields.FirmwareVersion ?? '',
    readerStartMs,
  };
}

/** The antennas that the reader finds nothing at; none where it does not tell. Asked of an armed reader. */
export async function disconnectedAntennas(connection: LlrpConnection, timeoutMs: number): Promise<number[]> {
  const asked = { ...ALL_ANTENNAS_AND_PORTS, RequestedData: ConfigRequest.antennaProperties };
  const config = await connection.request('GetReaderConfig', asked, [], timeoutMs);
  return filterParameters(config.ok ? config.value : [], 'AntennaProperties')
    .filter((one) => !one.fields.AntennaConnected)
    .map((one) => one.fields.AntennaID);
}

/** What a greeting other than success means, as a sentence for staff. */
function describeRefusal(status: number): string {
  switch (status) {
    case ConnectionAttempt.readerConnectionExists:
      return 'Another client owns this reader (a connection that the reader opened itself).';
    case ConnectionAttempt.clientConnectionExists:
    case ConnectionAttempt.attemptedAgain:
      return 'Another client owns this reader.';
    default:
      return 'The reader refused the connection for a reason that it does not tell.';
  }
}
