import { err, ok, type Result } from '../../../shared/result.ts';
import {
  AntennaEventKind,
  CapabilitiesRequest,
  ConnectionAttempt,
  ReaderEventType,
  Status,
} from '../codec/enumerations.ts';
import { type LlrpVersion, Version } from '../codec/frame.ts';
import { type AnyMessage, message } from '../codec/message.ts';
import { type AnyParameter, parameter } from '../codec/parameter.ts';
import { MESSAGES } from '../codec/tables.generated.ts';
import type { AccessSpecCommand } from './accessspecs.ts';
import { capabilities, type SimulatedHardware } from './capabilities.ts';
import {
  changeConfig,
  checkConfigRequest,
  describeConfig,
  factoryConfig,
  type ReaderConfig,
} from './config.ts';
import { type ROSpecCommand, SimulatedInventory } from './inventory.ts';
import { type PlainResponse, RESPONSES } from './responses.ts';
import { badField, type Refusal, refuse, statusOf, success } from './status.ts';
import { checkRequest } from './validate.ts';

/** What the simulated reader tells the world outside LLRP. */
interface DeviceOutlet {
  /** A message for the client. */
  send(message: AnyMessage): void;
  /** An output changed its level. */
  output(port: number, on: boolean): void;
}

/**
 * The simulated reader without its network: it answers LLRP messages. It sends events and reports only to
 * a client that is there and does not hold them back.
 */
export class SimulatedDevice {
  readonly inventory: SimulatedInventory;
  readonly #hardware: SimulatedHardware;
  readonly #outlet: DeviceOutlet;
  readonly #now: () => number;
  readonly #inputs: Map<number, boolean>;
  readonly #unplugged = new Set<number>();
  #config: ReaderConfig;
  #client: 'absent' | 'held' | 'open' = 'absent';
  #nextId = 1;
  /** What the present client agreed on; every connection begins with 1.0.1. */
  #version: LlrpVersion = Version.v1_0_1;
  #stateValue = 0;
  readonly #startedAtMs: number;

  constructor(hardware: SimulatedHardware, outlet: DeviceOutlet, now: () => number) {
    this.#hardware = hardware;
    this.#outlet = outlet;
    this.#now = now;
    this.#startedAtMs = now();
    this.#config = factoryConfig(hardware);
    this.#inputs = new Map(Array.from({ length: hardware.inputs }, (_, i) => [i + 1, false]));
    this.inventory = new SimulatedInventory(hardware.antennas, {
      now,
      config: () => this.#config,
      client: () => this.#client,
      plugged: (antenna) => !this.#unplugged.has(antenna),
      uptimeBeganMs: hardware.utcClock ? null : this.#startedAtMs,
      report: (tags) => outlet.send(message('ROAccessReport', this.#takeId(), {}, tags, this.#version)),
      overflow: () => outlet.send(this.#notification(parameter('ReportBufferOverflowErrorEvent', {}))),
      event: (type, event) => this.#notify(type, event),
    });
  }

  get config(): ReaderConfig {
    return this.#config;
  }

  /** A client took the connection: it is greeted, and gets events and reports unless they are held. */
  connected(): void {
    this.#version = Version.v1_0_1;
    this.#outlet.send(this.greeting(ConnectionAttempt.success));
    this.#client = this.#config.holdUponReconnect ? 'held' : 'open';
  }

  disconnected(): void {
    this.#client = 'absent';
    this.inventory.forget();
  }

  greeting(status: number): AnyMessage {
    return this.#notification(parameter('ConnectionAttemptEvent', { Event: status }));
  }

  keepAlive(): AnyMessage {
    return message('KeepAlive', this.#takeId(), {}, [], this.#version);
  }

  errorMessage(id: number, status: number, description: string): AnyMessage {
    return message('ErrorMessage', id, {}, [statusOf(refuse(status, description))], this.#version);
  }

  setInput(port: number, on: boolean): void {
    if (!this.#inputs.has(port)) throw new RangeError(`the reader has no input ${port}`);
    if (this.#inputs.get(port) === on) return;
    this.#inputs.set(port, on);
    if (!this.#config.inputs.has(port)) return;
    this.#notify(ReaderEventType.gpi, parameter('GPIEvent', { Port: port, Event: on }));
    this.inventory.input(port, on);
  }

  /** Pulls or plugs the cable of an antenna. */
  setAntenna(antenna: number, connected: boolean): void {
    if (!this.#config.antennas.has(antenna)) throw new RangeError(`the reader has no antenna ${antenna}`);
    if (this.#unplugged.has(antenna) !== connected) return;
    if (connected) this.#unplugged.delete(antenna);
    else this.#unplugged.add(antenna);
    const kind = connected ? AntennaEventKind.connected : AntennaEventKind.disconnected;
    this.#notify(ReaderEventType.antenna, parameter('AntennaEvent', { Event: kind, AntennaID: antenna }));
  }

  /**
   * Whether a message of this version may come now. The two about versions are spoken as 1.1, whatever was
   * agreed; a reader of 1.0.1 knows neither.
   */
  speaks(frame: { version: number; type: number }): boolean {
    const { GetSupportedVersion: get, SetProtocolVersion: set } = MESSAGES;
    if (frame.type === get.type || frame.type === set.type) return this.#hardware.version === Version.v1_1;
    return frame.version === this.#version;
  }

  /** Answers one message of the client. */
  handle(one: AnyMessage): void {
    const fault = checkRequest(one);
    const response = RESPONSES.get(one.name);
    if (fault !== null && response !== undefined) {
      this.#answer(response, one.id, err(fault));
      return;
    }
    switch (one.name) {
      case 'GetSupportedVersion':
        this.#outlet.send({
          ...message('GetSupportedVersionResponse', one.id, {
            CurrentVersion: this.#version,
            MaxSupportedVersion: this.#hardware.version,
          }),
          parameters: [success()],
          version: Version.v1_1,
        });
        break;
      case 'SetProtocolVersion':
        this.#setVersion(one.id, one.fields.TargetVersion);
        break;
      case 'GetReaderCapabilities': {
        const asked = one.fields.ReaderCapabilitiesRequestedData;
        const isKnown = asked <= CapabilitiesRequest.airProtocol;
        const parts = isKnown ? ok(capabilities(this.#hardware, asked)) : err(badField(0, 'no such data'));
        this.#answer('GetReaderCapabilitiesResponse', one.id, parts);
        break;
      }
      case 'GetReaderConfig': {
        const refusal = checkConfigRequest(this.#hardware, one.fields);
        const world = { inputs: this.#inputs, unplugged: this.#unplugged, stateValue: this.#stateValue };
        const parts = refusal === null ? ok(describeConfig(this.#config, world, one.fields)) : err(refusal);
        this.#answer('GetReaderConfigResponse', one.id, parts);
        break;
      }
      case 'SetReaderConfig': {
        const before = one.fields.ResetToFactoryDefaults ? factoryConfig(this.#hardware) : this.#config;
        const changed = changeConfig(before, one.parameters, this.#hardware);
        this.#answer('SetReaderConfigResponse', one.id, changed.ok ? ok([]) : changed);
        if (changed.ok) this.#configure(changed.value);
        break;
      }
      case 'AddROSpec':
        this.#add('AddROSpecResponse', one.id, this.inventory.add(one.parameters));
        break;
      case 'DeleteROSpec':
        this.#control('delete', 'DeleteROSpecResponse', one.id, one.fields.ROSpecID);
        break;
      case 'EnableROSpec':
        this.#control('enable', 'EnableROSpecResponse', one.id, one.fields.ROSpecID);
        break;
      case 'DisableROSpec':
        this.#control('disable', 'DisableROSpecResponse', one.id, one.fields.ROSpecID);
        break;
      case 'StartROSpec':
        this.#control('start', 'StartROSpecResponse', one.id, one.fields.ROSpecID);
        break;
      case 'StopROSpec':
        this.#control('stop', 'StopROSpecResponse', one.id, one.fields.ROSpecID);
        break;
      case 'GetROSpecs':
        this.#answer('GetROSpecsResponse', one.id, ok(this.inventory.describe()));
        break;
      case 'AddAccessSpec':
        this.#add('AddAccessSpecResponse', one.id, this.inventory.accessSpecs.add(one.parameters));
        break;
      case 'DeleteAccessSpec':
        this.#access('delete', 'DeleteAccessSpecResponse', one.id, one.fields.AccessSpecID);
        break;
      case 'EnableAccessSpec':
        this.#access('enable', 'EnableAccessSpecResponse', one.id, one.fields.AccessSpecID);
        break;
      case 'DisableAccessSpec':
        this.#access('disable', 'DisableAccessSpecResponse', one.id, one.fields.AccessSpecID);
        break;
      case 'GetAccessSpecs':
        this.#answer('GetAccessSpecsResponse', one.id, ok(this.inventory.accessSpecs.describe()));
        break;
      case 'EnableEventsAndReports':
        if (this.#client === 'held') this.#client = 'open';
        this.inventory.flush();
        break;
      case 'GetReport':
        this.inventory.flush();
        break;
      case 'CloseConnection':
        this.#answer('CloseConnectionResponse', one.id, ok([]));
        break;
      case 'KeepAliveAck':
        break;
      case 'raw':
      case 'CustomMessage': {
        const what = one.name === 'raw' ? `type ${one.type}` : `vendor ${one.fields.VendorID}`;
        const why = `no message of ${what} is supported`;
        this.#outlet.send(this.errorMessage(one.id, Status.M_UnsupportedMessage, why));
        break;
      }
      default: {
        const why = `a reader does not take ${one.name}`;
        this.#outlet.send(this.errorMessage(one.id, Status.M_UnexpectedMessage, why));
      }
    }
  }

  #setVersion(id: number, target: number): void {
    const version = Object.values(Version).find((one) => one === target && one <= this.#hardware.version);
    const refusal = refuse(Status.M_UnsupportedVersion, `version ${target} is not supported`);
    const status = version === undefined ? statusOf(refusal) : success();
    this.#outlet.send(message('SetProtocolVersionResponse', id, {}, [status], Version.v1_1));
    if (version !== undefined) this.#version = version;
  }

  #add(name: PlainResponse, id: number, added: Result<null, Refusal>): void {
    this.#answer(name, id, added.ok ? ok([]) : added);
    if (added.ok) this.#stateValue += 1;
  }

  #access(command: AccessSpecCommand, name: PlainResponse, id: number, accessSpecId: number): void {
    const refusal = this.inventory.accessSpecs.apply(command, accessSpecId);
    this.#answer(name, id, refusal === null ? ok([]) : err(refusal));
    if (refusal === null && command === 'delete') this.#stateValue += 1;
  }

  #answer(name: PlainResponse, id: number, result: Result<AnyParameter[], Refusal>): void {
    const parts = result.ok ? [success(), ...result.value] : [statusOf(result.error)];
    // All responses have the same shape; the compiler cannot relate the generic node to its member.
    this.#outlet.send(message<PlainResponse>(name, id, {}, parts, this.#version) as AnyMessage);
  }

  /** The answer precedes the events and reports that follow from it. */
  #control(command: ROSpecCommand, name: PlainResponse, id: number, roSpecId: number): void {
    const refusal = this.inventory.check(command, roSpecId);
    this.#answer(name, id, refusal === null ? ok([]) : err(refusal));
    if (refusal !== null) return;
    if (command === 'delete') this.#stateValue += 1;
    this.inventory.apply(command);
  }

  #configure(config: ReaderConfig): void {
    const before = this.#config.outputs;
    this.#config = config;
    this.#stateValue += 1;
    for (const [port, on] of config.outputs) if (before.get(port) !== on) this.#outlet.output(port, on);
  }

  #notify(type: number, event: AnyParameter): void {
    if (this.#client === 'open' && this.#config.events.has(type))
      this.#outlet.send(this.#notification(event));
  }

  #notification(event: AnyParameter): AnyMessage {
    const sinceMs = this.#hardware.utcClock ? 0 : this.#startedAtMs;
    const Microseconds = BigInt(Math.round(this.#now() - sinceMs)) * 1_000n;
    const time = parameter(this.#hardware.utcClock ? 'UTCTimestamp' : 'Uptime', { Microseconds });
    const data = parameter('ReaderEventNotificationData', {}, [time, event]);
    return message('ReaderEventNotification', this.#takeId(), {}, [data], this.#version);
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId = id === 0xffff_ffff ? 1 : id + 1;
    return id;
  }
}
