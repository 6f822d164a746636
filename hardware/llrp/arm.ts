import { err, ok, type Result } from '../../shared/result.ts';
import type { DriverContext } from '../port.ts';
import type { RequestFailure } from './answer.ts';
import { CapabilitiesRequest, ConfigRequest, ConnectionAttempt } from './codec/enumerations.ts';
import { type AnyParameter, filterParameters, findParameter, parameter } from './codec/parameter.ts';
import type { LlrpConnection } from './connection.ts';
import { powerIndex, type ReaderFacts, readerFacts } from './facts.ts';
import { IMPINJ, IMPINJ_ENABLE_EXTENSIONS, isImpinjEnabled } from './impinj.ts';
import {
  type InventoryOptions,
  type InventoryPlan,
  inventoryROSpec,
  ROSPEC_ID,
  readerConfig,
} from './setup.ts';
import { negotiateVersion } from './version.ts';

/** A link is dead when this many keepalives in a row stayed away. */
const KEEPALIVES_MISSED_MAX = 3;

/** GPIPortCurrentState, section 12.2.6.3. */
const GPI_HIGH = 1;
const GPI_UNKNOWN = 2;

/** Number 0 asks GET_READER_CONFIG for all of a kind. */
const ALL_ANTENNAS_AND_PORTS = { AntennaID: 0, GPIPortNum: 0, GPOPortNum: 0 };

export interface ArmOptions extends InventoryOptions {
  keepaliveMs: number;
  requestTimeoutMs: number;
  /** Left to the reader's own configuration when absent. The next level that is not above it is taken. */
  transmitPowerDbm?: number;
  /** Tags that were read are read again at once, in state A and B by turns, as a gate wants it. */
  dualTarget?: boolean;
  /** Whether to ask for LLRP 1.1 first. */
  negotiate: boolean;
  /** The reader went silent or hung up over that question. */
  takenBadly: () => void;
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
  if (options.negotiate) {
    const agreed = await negotiateVersion(connection, ms, options.takenBadly);
    if (!agreed.ok) return agreed;
  }

  const all = { ReaderCapabilitiesRequestedData: CapabilitiesRequest.all };
  const capabilities = await connection.request('GetReaderCapabilities', all, [], ms);
  if (!capabilities.ok) return capabilities;
  const facts = readerFacts(capabilities.value, greeting.value.readerStartMs);
  const plan = await planInventory(connection, facts, options, log);
  if (!plan.ok) return plan;

  const keep = { ResetToFactoryDefaults: false };
  const configured = await connection.request('SetReaderConfig', keep, readerConfig(options.keepaliveMs), ms);
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

  const added = await connection.request('AddROSpec', {}, inventoryROSpec(plan.value), ms);
  if (!added.ok) return added;
  const enabled = await connection.request('EnableROSpec', { ROSpecID: ROSPEC_ID }, [], ms);
  if (!enabled.ok) return enabled;
  connection.enableEventsAndReports();
  return ok(facts);
}

/** Turns the installer's wishes into what this reader can do; what it cannot do is logged and left to it. */
async function planInventory(
  connection: LlrpConnection,
  facts: ReaderFacts,
  options: ArmOptions,
  log: DriverContext['log'],
): Promise<Result<InventoryPlan, RequestFailure>> {
  const { antennas, session, tagPopulation } = options;
  const plan: InventoryPlan = { antennas, session, tagPopulation, version: connection.version };
  if (options.transmitPowerDbm !== undefined) {
    const index = powerIndex(facts.powers, options.transmitPowerDbm);
    if (index === null) log('warn', 'the reader lists no transmit powers, its own is kept');
    else {
      const channel = await presentChannel(connection, facts, options.requestTimeoutMs);
      if (!channel.ok) return channel;
      plan.transmitter = { ...channel.value, TransmitPowerIndex: index };
    }
  }
  if (options.dualTarget !== true) return ok(plan);
  if (facts.manufacturer === IMPINJ) {
    const enabled = await connection.askVendor(IMPINJ_ENABLE_EXTENSIONS, options.requestTimeoutMs);
    if (enabled.ok && isImpinjEnabled(enabled.value)) return ok({ ...plan, target: 'impinj_dual' });
    if (!enabled.ok && enabled.error.code !== 'refused') return enabled;
  }
  if (facts.isStateAware && facts.specsPerROSpecMax >= 2) return ok({ ...plan, target: 'alternating' });
  log('warn', 'the reader does not let a client choose the target, its own way is kept');
  return ok(plan);
}

/** The channel that the reader is set to, so that a new power leaves it where it is. */
async function presentChannel(
  connection: LlrpConnection,
  facts: ReaderFacts,
  timeoutMs: number,
): Promise<Result<{ HopTableID: number; ChannelIndex: number }, RequestFailure>> {
  const asked = { ...ALL_ANTENNAS_AND_PORTS, RequestedData: ConfigRequest.antennaConfiguration };
  const config = await connection.request('GetReaderConfig', asked, [], timeoutMs);
  if (!config.ok && config.error.code !== 'refused') return config;
  const antenna = findParameter(config.ok ? config.value : [], 'AntennaConfiguration');
  const present = findParameter(antenna?.parameters ?? [], 'RFTransmitter')?.fields;
  return ok({
    HopTableID: present?.HopTableID ?? facts.hopTableId ?? 0,
    // Channels are counted from 1; a hopping reader ignores the number.
    ChannelIndex: present?.ChannelIndex ?? 1,
  });
}

/** The antennas that the reader finds nothing at; none where it does not tell. Asked of an armed reader. */
export async function disconnectedAntennas(connection: LlrpConnection, timeoutMs: number): Promise<number[]> {
  const asked = { ...ALL_ANTENNAS_AND_PORTS, RequestedData: ConfigRequest.antennaProperties };
  const config = await connection.request('GetReaderConfig', asked, [], timeoutMs);
  const properties: AnyParameter[] = config.ok ? config.value : [];
  return filterParameters(properties, 'AntennaProperties')
    .filter((one) => !one.fields.AntennaConnected)
    .map((one) => one.fields.AntennaID);
}

/** Switches inputs on, which many readers leave off, and answers their levels. Asked of an armed reader. */
export async function watchInputs(
  connection: LlrpConnection,
  inputs: readonly number[],
  timeoutMs: number,
): Promise<Result<{ port: number; on: boolean }[], RequestFailure>> {
  const enabled = inputs.map((Port) => parameter('GPIPortCurrentState', { Port, Enabled: true, State: 0 }));
  const keep = { ResetToFactoryDefaults: false };
  const set = await connection.request('SetReaderConfig', keep, enabled, timeoutMs);
  if (!set.ok) return set;
  const asked = { ...ALL_ANTENNAS_AND_PORTS, RequestedData: ConfigRequest.gpiPortCurrentState };
  const config = await connection.request('GetReaderConfig', asked, [], timeoutMs);
  if (!config.ok) return config;
  const states = filterParameters(config.value, 'GPIPortCurrentState').map((one) => one.fields);
  return ok(
    states
      .filter(({ Port, State }) => inputs.includes(Port) && State !== GPI_UNKNOWN)
      .map(({ Port, State }) => ({ port: Port, on: State === GPI_HIGH })),
  );
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
