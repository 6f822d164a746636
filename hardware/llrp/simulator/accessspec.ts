import { err, ok, type Result } from '../../../shared/result.ts';
import { AccessSpecState, AccessSpecStop, ReadResult, Status, WriteResult } from '../codec/enumerations.ts';
import {
  type AnyParameter,
  filterParameters,
  findParameter,
  type ParameterNode,
  parameter,
  typeOf,
} from '../codec/parameter.ts';
import { PARAMETERS } from '../codec/tables.generated.ts';
import type { TagMemory } from './memory.ts';
import { badParameter, badParameterField, type Refusal } from './status.ts';

/** What the simulated reader can do to a tag; its capabilities name the rest as missing. */
export const OPS_MAX = 8;
const OPERATIONS: ReadonlySet<string> = new Set(['C1G2Read', 'C1G2Write', 'C1G2BlockWrite']);

/** One AccessSpec with its life cycle (LLRP 1.0.1 section 11.2.1). */
export class SimulatedAccessSpec {
  readonly id: number;
  readonly #node: ParameterNode<'AccessSpec'>;
  readonly #patterns: readonly ParameterNode<'C1G2TargetTag'>[];
  readonly #operations: readonly AnyParameter[];
  /** How many tags it is done to before it is over; 0 for ever. */
  readonly #countMax: number;
  #active: boolean = AccessSpecState.disabled;
  #count = 0;

  private constructor(node: ParameterNode<'AccessSpec'>, command: ParameterNode<'AccessCommand'>) {
    this.id = node.fields.AccessSpecID;
    this.#node = node;
    const tags = findParameter(command.parameters, 'C1G2TagSpec');
    this.#patterns = filterParameters(tags?.parameters ?? [], 'C1G2TargetTag');
    this.#operations = command.parameters.filter((one) => OPERATIONS.has(one.name));
    const stop = findParameter(node.parameters, 'AccessSpecStopTrigger')?.fields;
    this.#countMax = stop?.Trigger === AccessSpecStop.operationCount ? stop.OperationCountValue : 0;
  }

  /** Checks an AccessSpec that a client wants to add to a reader of `antennas` antennas. */
  static parse(node: ParameterNode<'AccessSpec'>, antennas: number): Result<SimulatedAccessSpec, Refusal> {
    const bad = (field: number, why: string): Result<never, Refusal> =>
      err(badParameterField(PARAMETERS.AccessSpec.type, field, why));
    const { AccessSpecID: id, AntennaID: antenna, IsActive: isActive } = node.fields;
    if (id === 0) return bad(0, 'an AccessSpec has no number 0');
    if (antenna > antennas) return bad(1, `no antenna ${antenna}`);
    if (isActive) return bad(3, 'an AccessSpec is added disabled');
    const command = findParameter(node.parameters, 'AccessCommand');
    if (command === undefined) {
      const { type } = PARAMETERS.AccessCommand;
      return err(badParameter(type, Status.P_MissingParameter, 'an AccessSpec without its command'));
    }
    const foreign = command.parameters.find((one) => one.name !== 'C1G2TagSpec' && !OPERATIONS.has(one.name));
    if (foreign !== undefined) {
      const why = `operation ${typeOf(foreign)} is not supported`;
      return err(badParameter(typeOf(foreign), Status.P_UnsupportedParameter, why));
    }
    const operations = command.parameters.length - 1;
    if (operations < 1 || operations > OPS_MAX) {
      const code = operations < 1 ? Status.P_MissingParameter : Status.P_OverflowParameter;
      return err(badParameter(PARAMETERS.AccessCommand.type, code, `${operations} operations`));
    }
    return ok(new SimulatedAccessSpec(node, command));
  }

  /** When its results are reported, or null to do as the reader is configured. */
  get reportTrigger(): number | null {
    return findParameter(this.#node.parameters, 'AccessReportSpec')?.fields.Trigger ?? null;
  }

  /** Whether its number of operations is used up; the reader then deletes it. */
  get over(): boolean {
    return this.#countMax > 0 && this.#count >= this.#countMax;
  }

  enable(): void {
    this.#active = AccessSpecState.active;
  }

  disable(): void {
    this.#active = AccessSpecState.disabled;
  }

  /** As GET_ACCESSSPECS tells it: what was added, with the state of now. */
  describe(): ParameterNode<'AccessSpec'> {
    return { ...this.#node, fields: { ...this.#node.fields, IsActive: this.#active } };
  }

  /** Whether a tag that `roSpecId` found at `antenna` is to be worked on. */
  wants(memory: TagMemory, antenna: number, roSpecId: number): boolean {
    const { AntennaID: at, ROSpecID: of } = this.#node.fields;
    if (!this.#active || this.over || (at !== 0 && at !== antenna) || (of !== 0 && of !== roSpecId)) {
      return false;
    }
    return this.#patterns.every(({ fields }) => {
      const isLike = memory.matches(
        fields.C1G2MemoryBank,
        fields.MostSignificantBit,
        fields.TagMask,
        fields.TagData,
      );
      return isLike === fields.MatchFlag;
    });
  }

  /** Does the operations in their order and answers their results. What follows a failure is not tried. */
  execute(memory: TagMemory): AnyParameter[] {
    this.#count += 1;
    const results: AnyParameter[] = [];
    let isGood = true;
    for (const operation of this.#operations) {
      const done: Done = isGood ? execute(memory, operation) : skip(operation);
      isGood = isGood && done.isGood;
      results.push(done.result);
    }
    return results;
  }
}

interface Done {
  isGood: boolean;
  result: AnyParameter;
}

const readDone = (id: number, code: number, data: number[]): Done => ({
  isGood: code === ReadResult.success,
  result: parameter('C1G2ReadOpSpecResult', { C1G2ReadOpSpecResultType: code, OpSpecID: id, Data: data }),
});
const writeDone = (id: number, code: number, count: number): Done => ({
  isGood: code === WriteResult.success,
  result: parameter('C1G2WriteOpSpecResult', {
    C1G2WriteOpSpecResultType: code,
    OpSpecID: id,
    WordsWritten: count,
  }),
});
const blockDone = (id: number, code: number, count: number): Done => ({
  isGood: code === WriteResult.success,
  result: parameter('C1G2BlockWriteOpSpecResult', {
    C1G2BlockWriteResult: code,
    OpSpecID: id,
    WordsWritten: count,
  }),
});

function execute(memory: TagMemory, operation: AnyParameter): Done {
  const needed = memory.accessPassword;
  switch (operation.name) {
    case 'C1G2Read': {
      const { OpSpecID: id, C1G2MemoryBank: bank, WordAddress: at, WordCount: count } = operation.fields;
      // Passwords are read only by who knows them; all else is open.
      if (bank === 0 && needed !== operation.fields.AccessPassword) {
        return readDone(id, ReadResult.nonspecificTagError, []);
      }
      const { result, words } = memory.read(bank, at, count);
      return readDone(id, result, words);
    }
    case 'C1G2Write':
    case 'C1G2BlockWrite': {
      const { OpSpecID: id, C1G2MemoryBank: bank, WordAddress: at, Data: data } = operation.fields;
      const done = operation.name === 'C1G2Write' ? writeDone : blockDone;
      if (needed !== 0 && needed !== operation.fields.AccessPassword) {
        return done(id, WriteResult.memoryLocked, 0);
      }
      const { result, written } = memory.write(bank, at, data);
      return done(id, result, written);
    }
    default:
      throw new Error(`${operation.name} is no operation of this reader`);
  }
}

function skip(operation: AnyParameter): Done {
  switch (operation.name) {
    case 'C1G2Read':
      return readDone(operation.fields.OpSpecID, ReadResult.nonspecificReaderError, []);
    case 'C1G2Write':
      return writeDone(operation.fields.OpSpecID, WriteResult.nonspecificReaderError, 0);
    case 'C1G2BlockWrite':
      return blockDone(operation.fields.OpSpecID, WriteResult.nonspecificReaderError, 0);
    default:
      throw new Error(`${operation.name} is no operation of this reader`);
  }
}
