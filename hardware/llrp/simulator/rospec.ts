import { err, ok, type Result } from '../../../shared/result.ts';
import { ROSpecStart, ROSpecState, ROSpecStop, Status } from '../codec/enumerations.ts';
import { filterParameters, findParameter, type ParameterNode, typeOf } from '../codec/parameter.ts';
import { PARAMETERS } from '../codec/tables.generated.ts';
import { type AISpec, type InputTrigger, inputTrigger, isAISpecOver, parseAISpec } from './aispec.ts';
import { checkReportSpec } from './config.ts';
import { badParameter, badParameterField, type Refusal } from './status.ts';

const SUPPORTED: ReadonlySet<string> = new Set(['ROBoundarySpec', 'AISpec', 'ROReportSpec', 'LoopSpec']);

/** What an ROSpec did when it was looked at: nothing, went to its next AISpec or round, or came to its end. */
type ROSpecStep = 'runs' | 'ai_spec_ended' | 'looped' | 'ended';

/** The one ROSpec of the simulated reader with its life cycle (LLRP 1.0.1 section 10.2.1). Time is an argument. */
export class SimulatedROSpec {
  readonly id: number;
  readonly node: ParameterNode<'ROSpec'>;
  readonly report: ParameterNode<'ROReportSpec'> | null;
  readonly #startTrigger: number;
  readonly #startInput: InputTrigger | null;
  readonly #offsetMs: number;
  readonly #periodMs: number;
  readonly #durationMs: number;
  readonly #stopInput: InputTrigger | null;
  readonly #specs: readonly AISpec[];
  /** How often the AISpecs are gone through, 0 for ever. */
  readonly #loops: number;
  #state: number = ROSpecState.disabled;
  #startedAtMs = 0;
  #nextStartAtMs = 0;
  #index = 0;
  #ended = 0;
  #looped = 0;
  #specStartedAtMs = 0;
  #newTagAtMs = 0;
  #rounds = 0;
  readonly #seen = new Set<string>();

  private constructor(node: ParameterNode<'ROSpec'>, specs: AISpec[]) {
    const boundary = findParameter(node.parameters, 'ROBoundarySpec')?.parameters ?? [];
    const start = findParameter(boundary, 'ROSpecStartTrigger');
    const periodic = findParameter(start?.parameters ?? [], 'PeriodicTriggerValue');
    const stop = findParameter(boundary, 'ROSpecStopTrigger');
    const startInput = findParameter(start?.parameters ?? [], 'GPITriggerValue');
    const stopInput = findParameter(stop?.parameters ?? [], 'GPITriggerValue');
    this.id = node.fields.ROSpecID;
    this.node = node;
    this.report = findParameter(node.parameters, 'ROReportSpec') ?? null;
    this.#startTrigger = start?.fields.Trigger ?? ROSpecStart.none;
    this.#startInput = startInput === undefined ? null : inputTrigger(startInput);
    this.#offsetMs = periodic?.fields.Offset ?? 0;
    this.#periodMs = periodic?.fields.Period ?? 0;
    this.#durationMs = stop?.fields.Trigger === ROSpecStop.duration ? stop.fields.DurationTriggerValue : 0;
    this.#stopInput =
      stop?.fields.Trigger === ROSpecStop.gpi && stopInput !== undefined ? inputTrigger(stopInput) : null;
    this.#specs = specs;
    this.#loops = findParameter(node.parameters, 'LoopSpec')?.fields.LoopCount ?? 1;
  }

  /** Checks an ROSpec that a client wants to add to a reader of `antennas` antennas. */
  static parse(node: ParameterNode<'ROSpec'>, antennas: number): Result<SimulatedROSpec, Refusal> {
    if (node.fields.ROSpecID === 0) {
      return err(badParameterField(PARAMETERS.ROSpec.type, 0, 'an ROSpec has no number 0'));
    }
    if (node.fields.ROSpecCurrentState !== ROSpecState.disabled) {
      return err(badParameterField(PARAMETERS.ROSpec.type, 2, 'an ROSpec is added disabled'));
    }
    const badBoundary = checkBoundary(findParameter(node.parameters, 'ROBoundarySpec'));
    if (badBoundary !== null) return err(badBoundary);
    const foreign = node.parameters.find((one) => !SUPPORTED.has(one.name));
    if (foreign !== undefined) {
      const type = typeOf(foreign);
      const code = Status.P_UnsupportedParameter;
      return err(badParameter(type, code, `parameter ${type} is not supported in an ROSpec`));
    }
    const report = findParameter(node.parameters, 'ROReportSpec');
    const badReport = report === undefined ? null : checkReportSpec(report);
    if (badReport !== null) return err(badReport);
    const specs: AISpec[] = [];
    for (const one of filterParameters(node.parameters, 'AISpec')) {
      const spec = parseAISpec(one, antennas);
      if (!spec.ok) return spec;
      specs.push(spec.value);
    }
    if (specs.length === 0) {
      return err(
        badParameter(PARAMETERS.AISpec.type, Status.P_MissingParameter, 'an ROSpec without an AISpec'),
      );
    }
    return ok(new SimulatedROSpec(node, specs));
  }

  get active(): boolean {
    return this.#state === ROSpecState.active;
  }

  get disabled(): boolean {
    return this.#state === ROSpecState.disabled;
  }

  /** 1-based, as SpecIndex reports it. */
  get specIndex(): number {
    return this.#index + 1;
  }

  /** The AISpec that ended last, 1-based. */
  get endedSpecIndex(): number {
    return this.#ended + 1;
  }

  get loopCount(): number {
    return this.#looped;
  }

  get inventoryParameterSpecId(): number {
    return this.#specs[this.#index]?.inventoryParameterSpecId ?? 0;
  }

  /** The inventoried state that is read now, or null when all tags are. */
  get inventoriedState(): number | null {
    return this.#specs[this.#index]?.state ?? null;
  }

  /** As GET_ROSPECS tells it: what was added, with the state of now. */
  describe(): ParameterNode<'ROSpec'> {
    return { ...this.node, fields: { ...this.node.fields, ROSpecCurrentState: this.#state } };
  }

  /** Disabled to inactive; answers whether it became active in the same moment. */
  enable(nowMs: number): boolean {
    if (!this.disabled) return false;
    this.#state = ROSpecState.inactive;
    this.#nextStartAtMs = nowMs + this.#offsetMs;
    return this.#startTrigger === ROSpecStart.immediate && this.start(nowMs);
  }

  /** Inactive to active; answers whether it did so. */
  start(nowMs: number): boolean {
    if (this.#state !== ROSpecState.inactive) return false;
    this.#state = ROSpecState.active;
    this.#startedAtMs = nowMs;
    this.#looped = 0;
    this.#enterSpec(0, nowMs);
    return true;
  }

  /** Active to inactive; answers whether it did so. */
  stop(): boolean {
    if (!this.active) return false;
    this.#state = ROSpecState.inactive;
    return true;
  }

  /** To disabled; answers whether it was active. */
  disable(): boolean {
    const was = this.active;
    this.#state = ROSpecState.disabled;
    return was;
  }

  /** Answers whether the start trigger calls for a start now. An immediate one starts over after each end. */
  due(nowMs: number): boolean {
    if (this.#state !== ROSpecState.inactive) return false;
    if (this.#startTrigger === ROSpecStart.immediate) return true;
    if (this.#startTrigger !== ROSpecStart.periodic || nowMs < this.#nextStartAtMs) return false;
    // A period of 0 starts once.
    this.#nextStartAtMs = this.#periodMs === 0 ? Number.POSITIVE_INFINITY : nowMs + this.#periodMs;
    return true;
  }

  /** An input changed: what the triggers make of it. `started` and `ended` are for the caller to tell. */
  input(port: number, on: boolean, nowMs: number): ROSpecStep | 'started' {
    const fires = (trigger: InputTrigger | null): boolean => trigger?.port === port && trigger.on === on;
    if (this.#state === ROSpecState.inactive && this.#startTrigger === ROSpecStart.gpi) {
      return fires(this.#startInput) && this.start(nowMs) ? 'started' : 'runs';
    }
    if (!this.active) return 'runs';
    if (fires(this.#stopInput)) return this.#end();
    return fires(this.#specs[this.#index]?.input ?? null) ? this.#leaveSpec(nowMs) : 'runs';
  }

  inventories(antenna: number): boolean {
    const antennas = this.#specs[this.#index]?.antennas ?? [];
    return this.active && (antennas.length === 0 || antennas.includes(antenna));
  }

  observe(epc: string, nowMs: number): void {
    if (!this.#seen.has(epc)) this.#newTagAtMs = nowMs;
    this.#seen.add(epc);
  }

  /** Looks at the stop triggers of an active ROSpec and goes on where one of them fires. */
  advance(nowMs: number): ROSpecStep {
    if (!this.active) return 'runs';
    this.#rounds += 1;
    const isLate = (limitMs: number): boolean => limitMs > 0 && nowMs >= this.#startedAtMs + limitMs;
    if (isLate(this.#durationMs) || isLate(this.#stopInput?.timeoutMs ?? 0)) return this.#end();
    const spec = this.#specs[this.#index];
    const progress = {
      startedAtMs: this.#specStartedAtMs,
      tags: this.#seen,
      newTagAtMs: this.#newTagAtMs,
      rounds: this.#rounds,
    };
    if (spec === undefined || !isAISpecOver(spec, progress, nowMs)) return 'runs';
    return this.#leaveSpec(nowMs);
  }

  #end(): ROSpecStep {
    this.#ended = this.#index;
    this.stop();
    return 'ended';
  }

  #leaveSpec(nowMs: number): ROSpecStep {
    this.#ended = this.#index;
    if (this.#index + 1 < this.#specs.length) {
      this.#enterSpec(this.#index + 1, nowMs);
      return 'ai_spec_ended';
    }
    this.#looped += 1;
    if (this.#loops !== 0 && this.#looped >= this.#loops) return this.#end();
    this.#enterSpec(0, nowMs);
    return 'looped';
  }

  #enterSpec(index: number, nowMs: number): void {
    this.#index = index;
    this.#specStartedAtMs = nowMs;
    this.#newTagAtMs = nowMs;
    this.#rounds = 0;
    this.#seen.clear();
  }
}

function checkBoundary(node: ParameterNode<'ROBoundarySpec'> | undefined): Refusal | null {
  const start = findParameter(node?.parameters ?? [], 'ROSpecStartTrigger');
  const stop = findParameter(node?.parameters ?? [], 'ROSpecStopTrigger');
  const missing = (type: number, what: string): Refusal =>
    badParameter(type, Status.P_MissingParameter, what);
  if (start === undefined || stop === undefined) {
    return missing(PARAMETERS.ROBoundarySpec.type, 'no full ROBoundarySpec');
  }
  if (start.fields.Trigger > ROSpecStart.gpi) {
    return badParameterField(PARAMETERS.ROSpecStartTrigger.type, 0, 'no such start trigger');
  }
  if (stop.fields.Trigger > ROSpecStop.gpi) {
    return badParameterField(PARAMETERS.ROSpecStopTrigger.type, 0, 'no such stop trigger');
  }
  const has = (of: typeof start | typeof stop, name: 'GPITriggerValue' | 'PeriodicTriggerValue'): boolean =>
    findParameter(of.parameters, name) !== undefined;
  if (start.fields.Trigger === ROSpecStart.periodic && !has(start, 'PeriodicTriggerValue')) {
    return missing(PARAMETERS.PeriodicTriggerValue.type, 'a periodic start without its period');
  }
  if (start.fields.Trigger === ROSpecStart.gpi && !has(start, 'GPITriggerValue')) {
    return missing(PARAMETERS.GPITriggerValue.type, 'a start by input without its input');
  }
  if (stop.fields.Trigger === ROSpecStop.gpi && !has(stop, 'GPITriggerValue')) {
    return missing(PARAMETERS.GPITriggerValue.type, 'a stop by input without its input');
  }
  return null;
}
