import { describe, expect, it } from 'vitest';
import { AccessReport, AccessSpecStop, MemoryBank, Status, WriteResult } from './codec/enumerations.ts';
import { type AnyMessage, encodeMessage, message } from './codec/message.ts';
import { type AnyParameter, filterParameters, parameter } from './codec/parameter.ts';
import { inventoryROSpec } from './setup.ts';
import { type Client, client, EPC, start, until } from './simulator-rig.ts';

const OTHER = 'E200000000000000000000AA';
const bits = (hex: string) => ({ bitCount: hex.length * 4, bytes: new Uint8Array(Buffer.from(hex, 'hex')) });

interface Wanted {
  id?: number;
  antenna?: number;
  roSpec?: number;
  /** The tags whose EPC begins like this, or all but those. */
  epc?: string;
  but?: string;
  count?: number;
  report?: number;
}

function accessSpec(operations: AnyParameter[], wanted: Wanted = {}): AnyParameter {
  const { id = 1, antenna = 0, roSpec = 0, count = 0, epc = '', but } = wanted;
  const pattern = but ?? epc;
  const target = parameter('C1G2TargetTag', {
    C1G2MemoryBank: MemoryBank.epc,
    MatchFlag: but === undefined,
    // The EPC follows its CRC and its protocol control word.
    MostSignificantBit: 32,
    TagMask: bits('F'.repeat(pattern.length)),
    TagData: bits(pattern),
  });
  return parameter(
    'AccessSpec',
    { AccessSpecID: id, AntennaID: antenna, AirProtocolID: 1, IsActive: false, ROSpecID: roSpec },
    [
      parameter('AccessSpecStopTrigger', {
        Trigger: count > 0 ? AccessSpecStop.operationCount : AccessSpecStop.none,
        OperationCountValue: count,
      }),
      parameter('AccessCommand', {}, [parameter('C1G2TagSpec', {}, [target]), ...operations]),
      ...(wanted.report === undefined ? [] : [parameter('AccessReportSpec', { Trigger: wanted.report })]),
    ],
  );
}

const read = (id: number, bank: number, at: number, count: number): AnyParameter =>
  parameter('C1G2Read', {
    OpSpecID: id,
    AccessPassword: 0,
    C1G2MemoryBank: bank,
    WordAddress: at,
    WordCount: count,
  });
const write = (id: number, bank: number, at: number, data: number[], password = 0): AnyParameter =>
  parameter('C1G2Write', {
    OpSpecID: id,
    AccessPassword: password,
    C1G2MemoryBank: bank,
    WordAddress: at,
    Data: data,
  });

/** A client with an ROSpec under way that tells AccessSpecs, and every TagReportData that came. */
async function reading(): Promise<{
  simulator: Awaited<ReturnType<typeof start>>;
  one: Client;
  access: (...specs: AnyParameter[]) => Promise<void>;
  /** The results that came, each with the EPC of its tag. */
  results: () => [string, AnyParameter][];
}> {
  const simulator = await start();
  const one = client(simulator);
  const tags: AnyParameter[][] = [];
  one.onReport = (report: AnyMessage) => {
    if (report.name !== 'ROAccessReport') return;
    tags.push(...filterParameters(report.parameters, 'TagReportData').map((tag) => tag.parameters));
  };
  await one.ask('AddROSpec', {}, inventoryROSpec({}));
  await one.ask('EnableROSpec', { ROSpecID: 1 });
  return {
    simulator,
    one,
    async access(...specs) {
      for (const spec of specs) expect((await one.ask('AddAccessSpec', {}, [spec])).status).toBe(0);
      expect((await one.ask('EnableAccessSpec', { AccessSpecID: 0 })).status).toBe(0);
    },
    results: () =>
      tags.flatMap((parts) => {
        const epc = parts.flatMap((part) => (part.name === 'EPC96' ? [part.fields.EPC] : []));
        const hex = Buffer.concat(epc).toString('hex').toUpperCase();
        return parts
          .filter((part) => part.name.endsWith('OpSpecResult'))
          .map((part): [string, AnyParameter] => [hex, part]);
      }),
  };
}

describe('AccessSpecs of the simulated reader', () => {
  it('write and read the tags that they name, in the order of their operations', async () => {
    const { simulator, one, access, results } = await reading();
    await access(
      accessSpec([write(1, MemoryBank.user, 2, [0xcafe, 7]), read(2, MemoryBank.user, 1, 4)], {
        epc: EPC.slice(0, 6),
        count: 1,
      }),
    );
    simulator.tagEnters(OTHER);
    simulator.tagEnters(EPC);
    await until(() => expect(results().length).toBe(2));
    expect(results()).toEqual([
      [EPC, writeResult(1, WriteResult.success, 2)],
      [EPC, readResult(2, 0, [0, 0xcafe, 7, 0])],
    ]);
    // Its one operation is used up, and it is gone.
    expect((await one.ask('GetAccessSpecs', {})).parameters.length).toBe(1);
  });

  it('may name all tags but some, an antenna and an ROSpec', async () => {
    const { simulator, access, results } = await reading();
    await access(
      accessSpec([read(1, MemoryBank.tid, 0, 0)], { but: EPC, antenna: 2, count: 1 }),
      accessSpec([read(9, MemoryBank.tid, 0, 0)], { id: 2, roSpec: 5 }),
    );
    simulator.tagEnters(EPC, { antenna: 2 });
    simulator.tagEnters(OTHER, { antenna: 1 });
    simulator.tagEnters('E200000000000000000000BB', { antenna: 2 });
    await until(() => expect(results().length).toBe(1));
    expect(results()[0]?.[0]).toBe('E200000000000000000000BB');
  });

  it('tell why an operation failed, and try none behind it', async () => {
    const { simulator, access, results } = await reading();
    await access(
      accessSpec(
        [
          write(1, MemoryBank.reserved, 2, [0, 0x1234]),
          write(2, MemoryBank.user, 0, [1]),
          read(3, MemoryBank.user, 0, 1),
        ],
        { count: 1 },
      ),
    );
    simulator.tagEnters(EPC);
    await until(() => expect(results().length).toBe(3));
    expect(results().map(([, one]) => one)).toEqual([
      writeResult(1, WriteResult.success, 2),
      // From the first word on the tag has a password.
      writeResult(2, WriteResult.memoryLocked, 0),
      readResult(3, 3, []),
    ]);
    await access(
      accessSpec([write(4, MemoryBank.user, 31, [1, 2], 0x1234)], { count: 1 }),
      accessSpec([write(5, MemoryBank.tid, 0, [1], 0x1234)], { id: 2, count: 1 }),
      accessSpec([read(6, MemoryBank.user, 99, 1)], { id: 3, count: 1 }),
    );
    await until(() => expect(results().length).toBe(6));
    expect(results().map(([, one]) => one)).toEqual(
      expect.arrayContaining([
        writeResult(4, WriteResult.memoryOverrun, 0),
        writeResult(5, WriteResult.memoryLocked, 0),
        readResult(6, 1, []),
      ]),
    );
  });

  it('change the EPC that a tag tells', async () => {
    const { simulator, one, access } = await reading();
    simulator.tagEnters(EPC);
    await access(accessSpec([write(1, MemoryBank.epc, 2, [0xe200, 0x0001])], { count: 1 }));
    await until(() => expect(one.reports.at(-1)?.epc).toBe(`E2000001${EPC.slice(8)}`));
  });

  it('report at their end where that is asked for', async () => {
    const { simulator, one, results } = await reading();
    const [spec] = inventoryROSpec({});
    if (spec?.name !== 'ROSpec') throw new Error('no ROSpec');
    const waiting = spec.parameters.map((part) =>
      part.name === 'ROReportSpec' ? { ...part, fields: { Trigger: 0, N: 0 } } : part,
    );
    await one.ask('DeleteROSpec', { ROSpecID: 0 });
    await one.ask('AddROSpec', {}, [{ ...spec, parameters: waiting }]);
    await one.ask('EnableROSpec', { ROSpecID: 1 });
    const atEnd = { count: 2, report: AccessReport.endOfAccessSpec };
    await one.ask('AddAccessSpec', {}, [accessSpec([read(1, MemoryBank.tid, 0, 1)], atEnd)]);
    await one.ask('EnableAccessSpec', { AccessSpecID: 1 });
    simulator.tagEnters(EPC);
    await until(() => expect(results().length).toBe(2));
  });

  it('are added disabled, enabled, disabled, listed and deleted', async () => {
    const { simulator, one, results } = await reading();
    const ask = async (name: 'EnableAccessSpec' | 'DisableAccessSpec' | 'DeleteAccessSpec', id: number) =>
      (await one.ask(name, { AccessSpecID: id })).status;
    const add = async (spec: AnyParameter) => (await one.ask('AddAccessSpec', {}, [spec])).status;
    const spec = accessSpec([read(1, MemoryBank.tid, 0, 1)]);
    expect(await add(spec)).toBe(Status.M_Success);
    expect(await add(spec)).toBe(Status.M_ParameterError);
    expect((await one.ask('GetAccessSpecs', {})).parameters.slice(1)).toEqual([spec]);
    simulator.tagEnters(EPC);
    await until(() => expect(one.reports.length).toBeGreaterThan(1));
    expect(results()).toEqual([]);
    expect(await ask('EnableAccessSpec', 2)).toBe(Status.M_FieldError);
    expect(await ask('EnableAccessSpec', 1)).toBe(Status.M_Success);
    await until(() => expect(results().length).toBeGreaterThan(0));
    expect(await ask('DisableAccessSpec', 1)).toBe(Status.M_Success);
    expect(filterParameters((await one.ask('GetAccessSpecs', {})).parameters, 'AccessSpec')).toMatchObject([
      { fields: { IsActive: false } },
    ]);
    expect(await ask('DeleteAccessSpec', 1)).toBe(Status.M_Success);
    expect(await ask('DeleteAccessSpec', 1)).toBe(Status.M_FieldError);
    expect(await ask('DeleteAccessSpec', 0)).toBe(Status.M_Success);
  });

  it.each([
    ['number 0', { id: 0 }],
    ['an antenna that is not there', { antenna: 9 }],
  ])('are refused with %s', async (_what, wanted) => {
    const { one } = await reading();
    const added = await one.ask('AddAccessSpec', {}, [accessSpec([read(1, 3, 0, 1)], wanted)]);
    expect(added.status).toBe(Status.M_ParameterError);
  });

  it('are refused with an operation that the reader cannot do, or with none', async () => {
    const { one } = await reading();
    const kill = parameter('C1G2Kill', { OpSpecID: 1, KillPassword: 1 });
    for (const operations of [[kill], []]) {
      const added = await one.ask('AddAccessSpec', {}, [accessSpec(operations)]);
      expect(added.status).toBe(Status.M_ParameterError);
    }
    // A reader that was refused something goes on.
    one.raw(encodeMessage(message('GetReport', 9, {})));
    expect((await one.ask('GetAccessSpecs', {})).parameters.length).toBe(1);
  });
});

const writeResult = (id: number, result: number, words: number): AnyParameter =>
  parameter('C1G2WriteOpSpecResult', {
    C1G2WriteOpSpecResultType: result,
    OpSpecID: id,
    WordsWritten: words,
  });
const readResult = (id: number, result: number, data: number[]): AnyParameter =>
  parameter('C1G2ReadOpSpecResult', { C1G2ReadOpSpecResultType: result, OpSpecID: id, Data: data });
