import { err, ok, type Result } from '../../../shared/result.ts';
import { AISpecStop, ROSpecStart, ROSpecState, ROSpecStop, Status } from '../codec/enumerations.ts';
import { filterParameters, findParameter, type ParameterNode, typeOf } from '../codec/parameter.ts';
import { PARAMETERS } from '../codec/tables.generated.ts';
import { checkReportSpec } from './config.ts';
import { badParameter, badParameterField, type Refusal } from './status.ts';

const SUPPORTED: ReadonlySet<string> = new Set(['ROBoundarySpec', 'AISpec', 'ROReportSpec']);

/** One AISpec: which antennas inventory, and when it makes way for the next. */
interface AISpec {
  /** Empty when all antennas take part. */
  antennas: readonly number[];
  inventoryParameterSpecId: number;
  /** 0 when it does not end by time. */
  durationMs: number;
  /** 0 when it does not end by the number of tags seen. */
  tagsMax: number;
}

/** What an ROSpec did when it was looked at: nothing, went to its next AISpec, or came to its end. */
type ROSpecStep = 'runs' | 'ai_spec_ended' | 'ended';

/** The one ROSpec of the simulated reader with its life cycle (LLRP 1.0.1 section 10.2.1). Time is an argument. */
export class SimulatedROSpec {
  readonly id: number;
  readonly node: ParameterNode<'ROSpec'>;
  readonly report: ParameterNode<'ROReportSpec'> | null;
  readonly #startTrigger: number;
  readonly #offsetMs: number;
  readonly #periodMs: number;
  readonly #durationMs: number;
  readonly #specs: readonly AISpec[];
  #state: number = ROSpecState.disabled;
  #startedAtMs = 0;
  #nextStartAtMs = 0;
  #index = 0;
  #specStartedAtMs = 0;
  readonly #seen = new Set<string>();

  private constructor(node: ParameterNode<'ROSpec'>, specs: AISpec[]) {
    const boundary = findParameter(node.parameters, 'ROBoundarySpec')?.parameters ?? [];
    const start = findParameter(boundary, 'ROSpecStartTrigger');
    const periodic = findParameter(start?.parameters ?? [], 'PeriodicTriggerValue');
    const stop = findParameter(boundary, 'ROSpecStopTrigger');
    this.id = node.fields.ROSpecID;
    this.node = node;
    this.report = findParameter(node.parameters, 'ROReportSpec') ?? null;
    this.#startTrigger = start?.fields.Trigger ?? ROSpecStart.none;
    this.#offsetMs = periodic?.fields.Offset ?? 0;
    this.#periodMs = periodic?.fields.Period ?? 0;
    this.#durationMs = stop?.fields.Trigger === ROSpecStop.duration ? stop.fields.DurationTriggerValue : 0;
    this.#specs = specs;
  }

  /** Checks an ROSpec that a client wants to add to a reader of `antennas` antennas. */
  static parse(node: ParameterNode<'ROSpec'>, antennas: number): Result<SimulatedROSpec, Refusal> {
    if (node.fields.ROSpecID === 0) {
      return err(badParameterField(PARAMETERS.ROSpec.type, 0, 'an ROSpec has no number 0'));
    }
    if (node.fields.ROSpecCurrentState !== ROSpecState.disabled) {
      return err(badParameterField(PARAMETERS.ROSpec.type, 2, 'an ROSpec is added disabled'));
    }
    const boundary = findParameter(node.parameters, 'ROBoundarySpec')?.parameters ?? [];
    const start = findParameter(boundary, 'ROSpecStartTrigger');
    if (start === undefined || findParameter(boundary, 'ROSpecStopTrigger') === undefined) {
      return err(
        badParameter(PARAMETERS.ROBoundarySpec.type, Status.P_MissingParameter, 'no full ROBoundarySpec'),
      );
    }
    if (start.fields.Trigger > ROSpecStart.gpi) {
      return err(badParameterField(PARAMETERS.ROSpecStartTrigger.type, 0, 'no such start trigger'));
    }
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

  get inventoryParameterSpecId(): number {
    return this.#specs[this.#index]?.inventoryParameterSpecId ?? 0;
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

  inventories(antenna: number): boolean {
    const antennas = this.#specs[this.#index]?.antennas ?? [];
    return this.active && (antennas.length === 0 || antennas.includes(antenna));
  }

  observe(epc: string): void {
    this.#seen.add(epc);
  }

  /** Looks at the stop triggers of an active ROSpec and goes on where one of them fires. */
  advance(nowMs: number): ROSpecStep {
    if (!this.active) return 'runs';
    if (this.#durationMs > 0 && nowMs >= this.#startedAtMs + this.#durationMs) {
      this.stop();
      return 'ended';
    }
    const spec = this.#specs[this.#index];
    if (spec === undefined) return 'runs';
    const late = spec.durationMs > 0 && nowMs >= this.#specStartedAtMs + spec.durationMs;
    const full = spec.tagsMax > 0 && this.#seen.size >= spec.tagsMax;
    if (!late && !full) return 'runs';
    if (this.#index + 1 < this.#specs.length) {
      this.#enterSpec(this.#index + 1, nowMs);
      return 'ai_spec_ended';
    }
    this.stop();
    return 'ended';
  }

  #enterSpec(index: number, nowMs: number): void {
    this.#index = index;
    this.#specStartedAtMs = nowMs;
    this.#seen.clear();
  }
}

function parseAISpec(node: ParameterNode<'AISpec'>, antennas: number): Result<AISpec, Refusal> {
  const ids = node.fields.AntennaIDs;
  const unknown = ids.find((id) => id > antennas);
  if (unknown !== undefined) {
    return err(badParameterField(PARAMETERS.AISpec.type, 0, `no antenna ${unknown}`));
  }
  const stop = findParameter(node.parameters, 'AISpecStopTrigger');
  const inventory = findParameter(node.parameters, 'InventoryParameterSpec');
  if (stop === undefined || inventory === undefined) {
    return err(
      badParameter(PARAMETERS.AISpec.type, Status.P_MissingParameter, 'an AISpec that is not whole'),
    );
  }
  const byTags = stop.fields.Trigger === AISpecStop.tagObservation;
  const tags = byTags ? findParameter(stop.parameters, 'TagObservationTrigger') : undefined;
  const byTime = stop.fields.Trigger === AISpecStop.duration;
  return ok({
    antennas: ids.includes(0) ? [] : ids,
    inventoryParameterSpecId: inventory.fields.InventoryParameterSpecID,
    durationMs: byTime ? stop.fields.DurationTriggerValue : (tags?.fields.Timeout ?? 0),
    tagsMax: tags?.fields.NumberOfTags ?? 0,
  });
}
