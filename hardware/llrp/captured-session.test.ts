import { connect as connectTcp, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../shared/result.ts';
import { decode } from './codec/index.ts';
import { encodeMessage, message } from './codec/message.ts';
import { parameter } from './codec/parameter.ts';
import { FrameSplitter } from './codec/splitter.ts';
import { cleanups, EPC, HOST, online, open, simulate, until } from './driver-rig.ts';
import { dissect, findTshark, type Sender, type Sent } from './pcap-rig.ts';
import { inventoryROSpec } from './setup.ts';
import { client } from './simulator-rig.ts';

const tshark = findTshark();
if (!tshark.present) process.stderr.write(`skipped, Wireshark's view of a session: ${tshark.reason}\n`);

/** A relay in front of a reader that keeps everything that passes. */
async function tap(port: number): Promise<{ port: number; sent: Sent[] }> {
  const sent: Sent[] = [];
  const server = createServer({ noDelay: true }, (near) => {
    const far = connectTcp({ port, host: HOST, noDelay: true });
    const pass = (from: Sender, source: typeof near, target: typeof near): void => {
      source.on('data', (bytes) => {
        sent.push({ from, bytes });
        target.write(bytes);
      });
      source.on('error', () => target.destroy());
      source.on('close', () => target.destroy());
    };
    pass('client', near, far);
    pass('reader', far, near);
    cleanups.push(async () => void near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  cleanups.push(() => new Promise((resolve) => server.close(() => resolve())));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, sent };
}

/** The types of the messages of one side, by our own account. */
function typesOf(sent: readonly Sent[], from: Sender): number[] {
  const splitter = new FrameSplitter();
  const bytes = sent.filter((one) => one.from === from).map((one) => one.bytes);
  return bytes.flatMap((chunk) => splitter.push(chunk).map((frame) => unwrap(frame).type));
}

const sorted = (list: number[]): number[] => [...list].sort((a, b) => a - b);

/** Wireshark finds every message that we count, and nothing to complain of. */
function expectClean(sent: readonly Sent[]): void {
  const seen = dissect(sent);
  expect(seen.flatMap((one) => one.complaints)).toEqual([]);
  expect(sorted(seen.flatMap((one) => one.messages))).toEqual(
    sorted([...typesOf(sent, 'client'), ...typesOf(sent, 'reader')]),
  );
}

describe.skipIf(!tshark.present)('Wireshark', { timeout: 120_000 }, () => {
  it('finds nothing malformed in a session of the driver', async () => {
    const { simulator } = await simulate();
    const { port, sent } = await tap(simulator.port);
    const watched = open(port, {
      keepaliveMs: 100,
      antennas: [1, 2],
      session: 1,
      transmitPowerDbm: 20,
      dualTarget: true,
    });
    await online(watched);
    simulator.tagEnters(EPC);
    simulator.tagEnters('E2801160600002054E5C');
    await watched.reader.setOutput(1, true);
    simulator.setInput(1, true);
    simulator.setAntenna(2, false);
    await until(() => expect(watched.reads.length).toBeGreaterThan(10));
    await until(() => expect(typesOf(sent, 'client')).toContain(72));
    await watched.reader.close();
    expect(new Set(typesOf(sent, 'reader'))).toEqual(
      new Set([63, 100, 11, 12, 13, 51, 31, 30, 34, 61, 62, 4]),
    );
    expectClean(sent);
  });

  it('finds nothing malformed in what else a client may ask', async () => {
    const { simulator } = await simulate({ version: '1.1', stateAware: true });
    const { port, sent } = await tap(simulator.port);
    const one = client({ port });
    simulator.tagEnters(EPC);
    one.raw(encodeMessage(message('GetSupportedVersion', 1, {}, [], 2)));
    // Wireshark 4.0 reads Identification (1, and 0 for all) otherwise than the standard.
    for (const RequestedData of [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) {
      await one.ask('GetReaderConfig', { AntennaID: 0, RequestedData, GPIPortNum: 0, GPOPortNum: 0 });
    }
    await one.ask('AddROSpec', {}, inventoryROSpec({ target: 'alternating', version: 2, session: 2 }));
    const pattern = { bitCount: 0, bytes: new Uint8Array(0) };
    const where = { OpSpecID: 1, AccessPassword: 0, C1G2MemoryBank: 3, WordAddress: 0 };
    const spec = { AccessSpecID: 1, AntennaID: 0, AirProtocolID: 1, IsActive: false, ROSpecID: 0 };
    await one.ask('AddAccessSpec', {}, [
      parameter('AccessSpec', spec, [
        parameter('AccessSpecStopTrigger', { Trigger: 0, OperationCountValue: 0 }),
        parameter('AccessCommand', {}, [
          parameter('C1G2TagSpec', {}, [
            parameter('C1G2TargetTag', {
              C1G2MemoryBank: 1,
              MatchFlag: true,
              MostSignificantBit: 32,
              TagMask: pattern,
              TagData: pattern,
            }),
          ]),
          parameter('C1G2Write', { ...where, Data: [1, 2] }),
          parameter('C1G2BlockWrite', { ...where, OpSpecID: 2, Data: [3] }),
          parameter('C1G2Read', { ...where, OpSpecID: 3, WordCount: 2 }),
        ]),
      ]),
    ]);
    await one.ask('EnableAccessSpec', { AccessSpecID: 1 });
    await one.ask('EnableROSpec', { ROSpecID: 1 });
    await until(() => expect(one.reports.length).toBeGreaterThan(2));
    await one.ask('GetROSpecs', {});
    await one.ask('GetAccessSpecs', {});
    one.raw(encodeMessage(message('GetReport', 900, {})));
    await one.ask('StopROSpec', { ROSpecID: 1 });
    await one.ask('StartROSpec', { ROSpecID: 1 });
    await one.ask('DisableROSpec', { ROSpecID: 1 });
    await one.ask('DisableAccessSpec', { AccessSpecID: 1 });
    await one.ask('DeleteAccessSpec', { AccessSpecID: 7 });
    await one.ask('SetReaderConfig', { ResetToFactoryDefaults: false }, [
      parameter('GPOWriteData', { Port: 99, Data: true }),
    ]);
    const Data = new Uint8Array(4);
    one.raw(encodeMessage(message('CustomMessage', 901, { VendorID: 25_882, MessageSubtype: 21, Data })));
    await one.ask('CloseConnection', {});
    const kinds = new Set([...typesOf(sent, 'client'), ...typesOf(sent, 'reader')]);
    expect(kinds.size).toBeGreaterThan(28);
    expectClean(sent);
    // What went over the wire, our own codec reads and writes as it went.
    const splitter = new FrameSplitter();
    for (const { bytes } of sent.filter(({ from }) => from === 'reader')) {
      for (const frame of splitter.push(bytes)) {
        const { version, type, id, payload } = unwrap(frame);
        const whole = encodeMessage({ name: 'raw', version: version === 2 ? 2 : 1, type, id, payload });
        expect(Buffer.from(encodeMessage(unwrap(decode(whole)))).equals(whole)).toBe(true);
      }
    }
  });
});
