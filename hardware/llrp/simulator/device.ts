import { err, ok, type Result } from '../../../shared/result.ts';
import { AntennaEventKind, ConnectionAttempt, ReaderEventType, Status } from '../codec/enumerations.ts';
import { type AnyMessage, message, type ResponseName } from '../codec/message.ts';
import { type AnyParameter, parameter } from '../codec/parameter.ts';
import { capabilities, type SimulatedHardware } from './capabilities.ts';
import { changeConfig, describeConfig, factoryConfig, type ReaderConfig } from './config.ts';
import { type ROSpecCommand, SimulatedInventory } from './inventory.ts';
import { badField, type Refusal, refuse, statusOf, success } from './status.ts';

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

  constructor(hardware: SimulatedHardware, outlet: DeviceOutlet, now: () => number) {
    this.#hardware = hardware;
    this.#outlet = outlet;
    this.#now = now;
    this.#config = factoryConfig(hardware);
    this.#inputs = new Map(Array.from({ length: hardware.inputs }, (_, i) => [i + 1, false]));
    this.inventory = new SimulatedInventory(hardware.antennas, {
      now,
      config: () => this.#config,
      client: () => this.#client,
      plugged: (antenna) => !this.#unplugged.has(antenna),
      report: (tags) => outlet.send(message('ROAccessReport', this.#takeId(), {}, tags)),
      overflow: () => outlet.send(this.#notification(parameter('ReportBufferOverflowErrorEvent', {}))),
      roSpecEvent: (event) => this.#notify(ReaderEventType.roSpec, event),
    });
  }

  get config(): ReaderConfig {
    return this.#config;
  }

  /** A client took the connection: it is greeted, and gets events and reports unless they are held. */
  connected(): void {
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
    return message('KeepAlive', this.#takeId(), {});
  }

  errorMessage(id: number, status: number, description: string): AnyMessage {
    return message('ErrorMessage', id, {}, [statusOf(refuse(status, description))]);
  }

  setInput(port: number, on: boolean): void {
    if (!this.#inputs.has(port)) throw new RangeError(`the reader has no input ${port}`);
    if (this.#inputs.get(port) === on) return;
    this.#inputs.set(port, on);
    this.#notify(ReaderEventType.gpi, parameter('GPIEvent', { Port: port, Event: on }));
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

  /** Answers one message of the client. */
  handle(one: AnyMessage): void {
    switch (one.name) {
      case 'GetReaderCapabilities': {
        const parts = capabilities(this.#hardware, one.fields.ReaderCapabilitiesRequestedData);
        this.#answer('GetReaderCapabilitiesResponse', one.id, ok(parts));
        break;
      }
      case 'GetReaderConfig': {
        const parts = describeConfig(
          this.#config,
          { inputs: this.#inputs, unplugged: this.#unplugged },
          one.fields,
        );
        this.#answer('GetReaderConfigResponse', one.id, ok(parts));
        break;
      }
      case 'SetReaderConfig': {
        const before = one.fields.ResetToFactoryDefaults ? factoryConfig(this.#hardware) : this.#config;
        const changed = changeConfig(before, one.parameters);
        this.#answer('SetReaderConfigResponse', one.id, changed.ok ? ok([]) : changed);
        if (changed.ok) this.#configure(changed.value);
        break;
      }
      case 'AddROSpec': {
        const added = this.inventory.add(one.parameters);
        this.#answer('AddROSpecResponse', one.id, added.ok ? ok([]) : added);
        break;
      }
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
      case 'DeleteAccessSpec': {
        const { AccessSpecID: id } = one.fields;
        this.#answer(
          'DeleteAccessSpecResponse',
          one.id,
          id === 0 ? ok([]) : err(badField(0, `no AccessSpec ${id}`)),
        );
        break;
      }
      case 'GetAccessSpecs':
        this.#answer('GetAccessSpecsResponse', one.id, ok([]));
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
      case 'raw': {
        const why = `message type ${one.type} is not supported`;
        this.#outlet.send(this.errorMessage(one.id, Status.M_UnsupportedMessage, why));
        break;
      }
      default: {
        const why = `a reader does not take ${one.name}`;
        this.#outlet.send(this.errorMessage(one.id, Status.M_UnexpectedMessage, why));
      }
    }
  }

  #answer(name: ResponseName, id: number, result: Result<AnyParameter[], Refusal>): void {
    const parts = result.ok ? [success(), ...result.value] : [statusOf(result.error)];
    // All responses have the same shape; the compiler cannot relate the generic node to its member.
    this.#outlet.send(message<ResponseName>(name, id, {}, parts) as AnyMessage);
  }

  /** The answer precedes the events and reports that follow from it. */
  #control(command: ROSpecCommand, name: ResponseName, id: number, roSpecId: number): void {
    const refusal = this.inventory.check(command, roSpecId);
    this.#answer(name, id, refusal === null ? ok([]) : err(refusal));
    if (refusal === null) this.inventory.apply(command);
  }

  #configure(config: ReaderConfig): void {
    const before = this.#config.outputs;
    this.#config = config;
    for (const [port, on] of config.outputs) if (before.get(port) !== on) this.#outlet.output(port, on);
  }

  #notify(type: number, event: AnyParameter): void {
    if (this.#client === 'open' && this.#config.events.has(type))
      this.#outlet.send(this.#notification(event));
  }

  #notification(event: AnyParameter): AnyMessage {
    const at = BigInt(Math.round(this.#now())) * 1_000n;
    return message('ReaderEventNotification', this.#takeId(), {}, [
      parameter('ReaderEventNotificationData', {}, [parameter('UTCTimestamp', { Microseconds: at }), event]),
    ]);
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId = id === 0xffff_ffff ? 1 : id + 1;
    return id;
  }
}
