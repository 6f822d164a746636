import { err, ok, type Result } from '../../../shared/result.ts';
import { AccessReport, Status } from '../codec/enumerations.ts';
import { type AnyParameter, findParameter } from '../codec/parameter.ts';
import { SimulatedAccessSpec } from './accessspec.ts';
import type { TagMemory } from './memory.ts';
import { badField, type Refusal, refuse } from './status.ts';

export const ACCESSSPECS_MAX = 32;

export type AccessSpecCommand = 'delete' | 'enable' | 'disable';

/** What an AccessSpec did to a tag. */
export interface Access {
  accessSpecId: number;
  results: AnyParameter[];
  /** It was the AccessSpec's last, and its reports are wanted then. */
  isReported: boolean;
}

/** The AccessSpecs of the simulated reader, in the order in which they were added. */
export class SimulatedAccessSpecs {
  readonly #antennas: number;
  readonly #specs = new Map<number, SimulatedAccessSpec>();

  constructor(antennas: number) {
    this.#antennas = antennas;
  }

  describe(): AnyParameter[] {
    return [...this.#specs.values()].map((one) => one.describe());
  }

  add(parameters: readonly AnyParameter[]): Result<null, Refusal> {
    const node = findParameter(parameters, 'AccessSpec');
    if (node === undefined) return err(refuse(Status.M_MissingParameter, 'no AccessSpec'));
    const { AccessSpecID: id } = node.fields;
    if (this.#specs.has(id)) return err(refuse(Status.M_ParameterError, `AccessSpec ${id} exists`));
    if (this.#specs.size >= ACCESSSPECS_MAX) {
      return err(refuse(Status.M_OverflowParameter, `this reader keeps ${ACCESSSPECS_MAX} AccessSpecs`));
    }
    const spec = SimulatedAccessSpec.parse(node, this.#antennas);
    if (!spec.ok) return spec;
    this.#specs.set(id, spec.value);
    return ok(null);
  }

  /** Does a command to AccessSpec `id`, or to all when it is 0. */
  apply(command: AccessSpecCommand, id: number): Refusal | null {
    if (id !== 0 && !this.#specs.has(id)) return badField(0, `no AccessSpec ${id}`);
    for (const spec of [...this.#specs.values()]) {
      if (id !== 0 && spec.id !== id) continue;
      if (command === 'delete') this.#specs.delete(spec.id);
      else if (command === 'enable') spec.enable();
      else spec.disable();
    }
    return null;
  }

  /** The first AccessSpec that wants the tag works on it; one that is used up is deleted (11.2.1.1). */
  work(memory: TagMemory, antenna: number, roSpecId: number, reportTrigger: number): Access | null {
    for (const spec of this.#specs.values()) {
      if (!spec.wants(memory, antenna, roSpecId)) continue;
      const results = spec.execute(memory);
      if (spec.over) this.#specs.delete(spec.id);
      const trigger = spec.reportTrigger ?? reportTrigger;
      const isReported = spec.over && trigger === AccessReport.endOfAccessSpec;
      return { accessSpecId: spec.id, results, isReported };
    }
    return null;
  }
}
