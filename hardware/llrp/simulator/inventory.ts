import { err, ok, type Result } from '../../../shared/result.ts';
import { ReaderEventType, ROReportTrigger, ROSpecEventKind, Status } from '../codec/enumerations.ts';
import { type AnyParameter, findParameter, type ParameterNode, parameter } from '../codec/parameter.ts';
import { SimulatedAccessSpecs } from './accessspecs.ts';
import type { ReaderConfig } from './config.ts';
import { TagMemory } from './memory.ts';
import { ReportBuffer } from './report.ts';
import { SimulatedROSpec } from './rospec.ts';
import { badField, type Refusal, refuse } from './status.ts';

/** Where a tag stands and how strongly it answers, in dBm. */
interface TagPlace {
  antenna: number;
  rssi: number;
}

interface Tag extends TagPlace {
  memory: TagMemory;
  /** Its inventoried flag, A = 0 or B = 1. */
  state: number;
}

/** What the inventory needs of the reader around it. */
interface InventoryPorts {
  now(): number;
  config(): ReaderConfig;
  /** `absent`: no client; `held`: it has not yet asked for its reports. */
  client(): 'absent' | 'held' | 'open';
  plugged(antenna: number): boolean;
  /** When the uptime of a reader without a clock began; null for one that has a clock. */
  uptimeBeganMs: number | null;
  report(tags: AnyParameter[]): void;
  /** Some reads found no room and are lost. */
  overflow(): void;
  event(type: number, event: AnyParameter): void;
}

export type ROSpecCommand = 'delete' | 'enable' | 'disable' | 'start' | 'stop';

/** The tags in the field, the ROSpec that reads them, and the reads that wait for their report. */
export class SimulatedInventory {
  readonly #antennas: number;
  readonly #ports: InventoryPorts;
  readonly #tags = new Map<string, Tag>();
  readonly #buffer = new ReportBuffer();
  readonly accessSpecs: SimulatedAccessSpecs;
  #roSpec: SimulatedROSpec | null = null;

  constructor(antennas: number, ports: InventoryPorts) {
    this.#antennas = antennas;
    this.accessSpecs = new SimulatedAccessSpecs(antennas);
    this.#ports = ports;
  }

  get reading(): boolean {
    return this.#roSpec?.active ?? false;
  }

  tag(epc: string): Tag | undefined {
    return this.#tags.get(epc);
  }

  tagEnters(epc: string, place: TagPlace): void {
    const known = this.#tags.get(epc) ?? newTag(epc, place);
    const tag = { ...known, ...place };
    this.#tags.set(epc, tag);
    this.#observe(tag);
  }

  tagLeaves(epc: string): void {
    this.#tags.delete(epc);
  }

  /** Reads the tag `count` times now and reports it, whatever the report trigger says. */
  read(epc: string, place: TagPlace, count: number): void {
    const tag = { ...(this.#tags.get(epc) ?? newTag(epc, place)), ...place };
    for (let i = 0; i < count; i++) this.#observe(tag);
    this.flush();
  }

  /** An input changed its level, and the triggers look at it. */
  input(port: number, on: boolean): void {
    const spec = this.#roSpec;
    if (spec === null) return;
    const step = spec.input(port, on, this.#ports.now());
    if (step === 'started') this.#started(spec);
    else this.#stepped(spec, step);
  }

  describe(): AnyParameter[] {
    return this.#roSpec === null ? [] : [this.#roSpec.describe()];
  }

  /** Takes the ROSpec of an ADD_ROSPEC. This reader keeps one, as its capabilities say. */
  add(parameters: readonly AnyParameter[]): Result<null, Refusal> {
    const node = findParameter(parameters, 'ROSpec');
    if (node === undefined) return err(refuse(Status.M_MissingParameter, 'ADD_ROSPEC without an ROSpec'));
    if (this.#roSpec?.id === node.fields.ROSpecID) {
      return err(refuse(Status.M_ParameterError, `ROSpec ${node.fields.ROSpecID} exists`));
    }
    if (this.#roSpec !== null) return err(refuse(Status.M_OverflowParameter, 'this reader keeps one ROSpec'));
    const spec = SimulatedROSpec.parse(node, this.#antennas);
    if (!spec.ok) return spec;
    this.#roSpec = spec.value;
    return ok(null);
  }

  /** Whether `command` can be done to ROSpec `id`; 0 stands for all where the standard allows it. */
  check(command: ROSpecCommand, id: number): Refusal | null {
    const isAll = id === 0 && command !== 'start' && command !== 'stop';
    if (isAll) return null;
    if (this.#roSpec?.id !== id) return badField(0, `no ROSpec ${id}`);
    if (command === 'start' && this.#roSpec.disabled) return badField(0, 'a disabled ROSpec cannot start');
    return null;
  }

  /** Does a command that `check` found possible. */
  apply(command: ROSpecCommand): void {
    const spec = this.#roSpec;
    if (spec === null) return;
    const nowMs = this.#ports.now();
    switch (command) {
      case 'enable':
        if (spec.enable(nowMs)) this.#started(spec);
        break;
      case 'start':
        if (spec.start(nowMs)) this.#started(spec);
        break;
      case 'stop':
        if (spec.stop()) this.#ended(spec);
        break;
      case 'disable':
        if (spec.disable()) this.#ended(spec);
        break;
      case 'delete':
        if (spec.disable()) this.#ended(spec);
        this.#roSpec = null;
        break;
    }
  }

  /** One round: triggers that are due fire, then every tag before an antenna at work is read. */
  scan(): void {
    const spec = this.#roSpec;
    if (spec === null) return;
    const nowMs = this.#ports.now();
    this.#stepped(spec, spec.advance(nowMs));
    if (spec.due(nowMs) && spec.start(nowMs)) this.#started(spec);
    else if (spec.active) this.#observeAll();
  }

  /** Sends what waits, if a client is there to take it. */
  flush(): void {
    if (this.#ports.client() !== 'open') return;
    if (this.#buffer.takeOverflow()) this.#ports.overflow();
    if (this.#buffer.size > 0)
      this.#ports.report(this.#buffer.take(this.#reportSpec(), this.#ports.uptimeBeganMs));
  }

  /** The client is gone: what waits for it is lost, unless it asked to have it kept. */
  forget(): void {
    if (!this.#ports.config().holdUponReconnect) this.#buffer.clear();
  }

  #started(spec: SimulatedROSpec): void {
    this.#ports.event(ReaderEventType.roSpec, roSpecEvent(ROSpecEventKind.started, spec.id));
    this.#observeAll();
  }

  #stepped(spec: SimulatedROSpec, step: ReturnType<SimulatedROSpec['advance']>): void {
    if (step === 'runs') return;
    const ended = { Event: 0, ROSpecID: spec.id, SpecIndex: spec.endedSpecIndex };
    this.#ports.event(ReaderEventType.aiSpec, parameter('AISpecEvent', ended));
    if (step === 'ended') {
      this.#ended(spec);
      return;
    }
    this.#flushAt(ROReportTrigger.nTagsOrAISpecEnd);
    if (step !== 'looped') return;
    const loop = parameter('SpecLoopEvent', { ROSpecID: spec.id, LoopCount: spec.loopCount });
    this.#ports.event(ReaderEventType.specLoop, loop);
  }

  #ended(spec: SimulatedROSpec): void {
    this.#flushAt(ROReportTrigger.nTagsOrROSpecEnd);
    this.#ports.event(ReaderEventType.roSpec, roSpecEvent(ROSpecEventKind.ended, spec.id));
  }

  #observeAll(): void {
    for (const tag of this.#tags.values()) this.#observe(tag);
  }

  #observe(tag: Tag): void {
    const spec = this.#roSpec;
    if (spec === null || !spec.inventories(tag.antenna) || !this.#ports.plugged(tag.antenna)) return;
    const wanted = spec.inventoriedState;
    if (wanted !== null && wanted !== tag.state) return;
    if (wanted !== null) tag.state = 1 - wanted;
    // The tag tells its EPC as it was before anything is done to it.
    const { epc } = tag.memory;
    spec.observe(epc, this.#ports.now());
    const config = this.#ports.config();
    const access = this.accessSpecs.work(tag.memory, tag.antenna, spec.id, config.accessReportTrigger);
    if (this.#ports.client() === 'absent' && !config.holdUponReconnect) return;
    this.#buffer.add({
      epc,
      antenna: tag.antenna,
      rssi: tag.rssi,
      atMs: Math.round(this.#ports.now()),
      roSpecId: spec.id,
      specIndex: spec.specIndex,
      inventoryParameterSpecId: spec.inventoryParameterSpecId,
      ...(access === null ? {} : { access }),
    });
    if (access?.isReported || this.#buffer.isFull(this.#reportSpec())) this.flush();
  }

  #reportSpec(): ParameterNode<'ROReportSpec'> {
    return this.#roSpec?.report ?? this.#ports.config().report;
  }

  /** At the end of an AISpec reports go out with trigger 1, at the end of an ROSpec with 1 and 2. */
  #flushAt(trigger: number): void {
    const own = this.#reportSpec().fields.Trigger;
    if (own !== ROReportTrigger.none && own <= trigger) this.flush();
  }
}

const newTag = (epc: string, place: TagPlace): Tag => ({ ...place, memory: new TagMemory(epc), state: 0 });

const roSpecEvent = (kind: number, id: number): AnyParameter =>
  parameter('ROSpecEvent', { Event: kind, ROSpecID: id, PreemptingROSpecID: 0 });
