import { err, ok, type Result } from '../../../shared/result.ts';
import { AISpecStop, Status, TagObservation } from '../codec/enumerations.ts';
import { findParameter, type ParameterNode } from '../codec/parameter.ts';
import { PARAMETERS } from '../codec/tables.generated.ts';
import { badParameter, badParameterField, type Refusal } from './status.ts';

/** A level on an input that starts or stops something. */
export interface InputTrigger {
  port: number;
  on: boolean;
  /** 0 when it waits for ever. */
  timeoutMs: number;
}

export const inputTrigger = (node: ParameterNode<'GPITriggerValue'>): InputTrigger => ({
  port: node.fields.Port,
  on: node.fields.Event,
  timeoutMs: node.fields.Timeout,
});

/** One AISpec: which antennas inventory, and when it makes way for the next. */
export interface AISpec {
  /** Empty when all antennas take part. */
  antennas: readonly number[];
  inventoryParameterSpecId: number;
  /** 0 when it does not end by time. */
  durationMs: number;
  input: InputTrigger | null;
  observation: ParameterNode<'TagObservationTrigger'>['fields'] | null;
  /** Only tags in this inventoried state are read (A = 0, B = 1) and go to the other; null reads all. */
  state: number | null;
}

/** What happened since the AISpec began. */
export interface AISpecProgress {
  startedAtMs: number;
  /** Different tags, and when the last new one came. */
  tags: ReadonlySet<string>;
  newTagAtMs: number;
  rounds: number;
}

export function parseAISpec(node: ParameterNode<'AISpec'>, antennas: number): Result<AISpec, Refusal> {
  const ids = node.fields.AntennaIDs;
  const unknown = ids.find((id) => id > antennas);
  if (unknown !== undefined) {
    return err(badParameterField(PARAMETERS.AISpec.type, 0, `no antenna ${unknown}`));
  }
  const stop = findParameter(node.parameters, 'AISpecStopTrigger');
  const inventory = findParameter(node.parameters, 'InventoryParameterSpec');
  if (stop === undefined || inventory === undefined) {
    const missing = stop === undefined ? 'AISpecStopTrigger' : 'InventoryParameterSpec';
    const { type } = PARAMETERS[missing];
    return err(badParameter(type, Status.P_MissingParameter, `an AISpec without ${missing}`));
  }
  const kind = stop.fields.Trigger;
  const input = findParameter(stop.parameters, 'GPITriggerValue');
  const observation = findParameter(stop.parameters, 'TagObservationTrigger');
  if (
    (kind === AISpecStop.gpi && input === undefined) ||
    (kind === AISpecStop.tagObservation && observation === undefined)
  ) {
    const { type } = PARAMETERS[kind === AISpecStop.gpi ? 'GPITriggerValue' : 'TagObservationTrigger'];
    return err(badParameter(type, Status.P_MissingParameter, 'a stop trigger without its values'));
  }
  if (kind > AISpecStop.tagObservation) {
    return err(badParameterField(PARAMETERS.AISpecStopTrigger.type, 0, 'no such stop trigger'));
  }
  return ok({
    antennas: ids.includes(0) ? [] : ids,
    inventoryParameterSpecId: inventory.fields.InventoryParameterSpecID,
    durationMs: kind === AISpecStop.duration ? stop.fields.DurationTriggerValue : 0,
    input: kind === AISpecStop.gpi && input !== undefined ? inputTrigger(input) : null,
    observation: kind === AISpecStop.tagObservation ? (observation?.fields ?? null) : null,
    state: stateOf(inventory),
  });
}

/** Whether the AISpec has come to its end by time or by tags. */
export function isAISpecOver(spec: AISpec, progress: AISpecProgress, nowMs: number): boolean {
  const elapsedMs = nowMs - progress.startedAtMs;
  const isLate = (limitMs: number): boolean => limitMs > 0 && elapsedMs >= limitMs;
  if (isLate(spec.durationMs) || isLate(spec.input?.timeoutMs ?? 0)) return true;
  const seen = spec.observation;
  if (seen === null) return false;
  if (isLate(seen.Timeout)) return true;
  switch (seen.Trigger) {
    case TagObservation.nTags:
    case TagObservation.nUniqueTags:
      return seen.NumberOfTags > 0 && progress.tags.size >= seen.NumberOfTags;
    case TagObservation.nAttempts:
      return seen.NumberOfAttempts > 0 && progress.rounds >= seen.NumberOfAttempts;
    default:
      return nowMs - Math.max(progress.newTagAtMs, progress.startedAtMs) >= seen.T;
  }
}

/** The inventoried state that the first configuration asks for. */
function stateOf(inventory: ParameterNode<'InventoryParameterSpec'>): number | null {
  const antenna = findParameter(inventory.parameters, 'AntennaConfiguration');
  const command = findParameter(antenna?.parameters ?? [], 'C1G2InventoryCommand');
  if (command?.fields.TagInventoryStateAware !== true) return null;
  const control = findParameter(command.parameters, 'C1G2SingulationControl');
  const action = findParameter(control?.parameters ?? [], 'C1G2TagInventoryStateAwareSingulationAction');
  return action?.fields.SessionState ?? null;
}
