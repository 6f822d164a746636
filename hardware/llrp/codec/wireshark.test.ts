import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Dissected, dissect, findTshark } from '../pcap-rig.ts';
import { MESSAGE_NAMES, messageOf } from './arbitrary.ts';
import { encode } from './index.ts';
import { TLV_TYPE_MIN } from './layout.ts';
import { type AnyMessage, type MessageName, message } from './message.ts';
import { type AnyParameter, typeOf } from './parameter.ts';
import { MESSAGES } from './tables.generated.ts';

const tshark = findTshark();
if (!tshark.present) process.stderr.write(`skipped, Wireshark's view of every message: ${tshark.reason}\n`);
const ROUNDS = process.env['LONG'] ? 20 : 3;

/** The types of all parameters in the order of the wire. */
const typesIn = (list: readonly AnyParameter[]): number[] =>
  list.flatMap((one) => [typeOf(one), ...(one.name === 'raw' ? [] : typesIn(one.parameters))]);

const samplesOf = (name: MessageName): AnyMessage[] =>
  fc.sample(messageOf(name, true), { seed: 5_084, numRuns: ROUNDS }).map(withinReach);

/** A vendor's message with four reserved bytes. */
const IMPINJ_ENABLE_EXTENSIONS = { VendorID: 25_882, MessageSubtype: 21, Data: new Uint8Array(4) };

/**
 * What Wireshark 4.0 reads otherwise than the standard: it takes the length of Identification's ReaderID for
 * the whole field (and finds the golden message of a real reader malformed), AccessSpecID of a
 * ClientRequestResponse for 16 bits, and the last byte of C1G2GetBlockPermalockStatus for none of its own.
 */
const BEYOND_REACH: ReadonlySet<string> = new Set([
  'Identification',
  'ClientRequestResponse',
  'C1G2GetBlockPermalockStatus',
]);
const without = (list: readonly AnyParameter[]): AnyParameter[] =>
  list
    .filter((one) => !BEYOND_REACH.has(one.name))
    .map((one) => (one.name === 'raw' ? one : { ...one, parameters: without(one.parameters) }));

/** The same message with what Wireshark knows; of vendors' messages those are Impinj's. */
function withinReach(one: AnyMessage): AnyMessage {
  if (one.name === 'raw') return one;
  if (one.name === 'CustomMessage') return { ...one, fields: IMPINJ_ENABLE_EXTENSIONS };
  const known = { ...one, parameters: without(one.parameters) };
  if (known.name !== 'GetReaderConfig') return known;
  return { ...known, fields: { ...known.fields, RequestedData: known.fields.RequestedData % 12 } };
}

describe.skipIf(!tshark.present)('Wireshark', { timeout: 600_000 }, () => {
  const names = MESSAGE_NAMES.filter((name) => name !== 'SetProtocolVersion');
  const samples = names.flatMap((name) => samplesOf(name).map((one) => ({ name, one })));
  let seen: Dissected[] = [];
  beforeAll(() => {
    seen = dissect(samples.map(({ one }) => ({ from: 'reader', bytes: encode(one) })));
  }, 600_000);

  it('finds as many messages as were sent', () => expect(seen.length).toBe(samples.length));

  it.each(names)('understands %s with one of every parameter that it may hold', (name) => {
    samples.forEach(({ name: of, one }, i) => {
      if (of !== name || one.name === 'raw') return;
      const types = typesIn(one.parameters);
      expect(seen[i]).toEqual({
        messages: [MESSAGES[name].type],
        tlvs: types.filter((type) => type >= TLV_TYPE_MIN),
        tvs: types.filter((type) => type < TLV_TYPE_MIN),
        complaints: [],
      });
    });
  });

  it('knows SetProtocolVersion without its one field', () => {
    const bytes = encode(message('SetProtocolVersion', 1, { TargetVersion: 2 }));
    const [packet] = dissect([{ from: 'client', bytes }]);
    expect(packet?.messages).toEqual([MESSAGES.SetProtocolVersion.type]);
    expect(packet?.complaints.join(' ')).toContain('10 bytes decoded, but 11 bytes available');
  });
});
