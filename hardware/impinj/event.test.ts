import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unwrap } from '../../shared/result.ts';
import { parseEvent } from './event.ts';

const EPC = '3034257BF7194E4000001A85';
const AT = Date.parse('2026-03-14T12:00:00.000Z');
const RUNS = process.env['LONG'] === undefined ? 300 : 100_000;

const tag = (event: object) =>
  JSON.stringify({
    timestamp: '2026-03-14T11:59:59.123456789Z',
    hostname: 'impinj-14-46-36',
    eventType: 'tagInventory',
    tagInventoryEvent: event,
  });
const base64url = Buffer.from(EPC, 'hex').toString('base64url');

describe('a tag event', () => {
  test('becomes a read: canonical EPC, dBm, the time of the reader', () => {
    const event = {
      epc: base64url,
      epcHex: EPC.toLowerCase(),
      antennaPort: 3,
      peakRssiCdbm: -5_850,
      frequency: 1,
    };
    expect(unwrap(parseEvent(tag({ ...event, lastSeenTime: '2026-03-14T11:59:58.5Z' }), AT))).toEqual({
      kind: 'read',
      read: {
        epc: EPC,
        antenna: 3,
        rssi: -58.5,
        count: 1,
        seenAt: '2026-03-14T11:59:58.500Z',
        receivedAt: '2026-03-14T12:00:00.000Z',
      },
    });
  });

  test('may carry the EPC as base64url alone, and little else', () => {
    expect(unwrap(parseEvent(tag({ epc: base64url }), AT))).toMatchObject({
      kind: 'read',
      read: { epc: EPC, antenna: 0, rssi: null, seenAt: '2026-03-14T11:59:59.123Z' },
    });
  });

  test.each([
    ['no EPC', {}],
    ['odd hex', { epcHex: '303' }],
    ['no hex', { epcHex: 'urn:epc:id:sgtin:0614141.112345.400' }],
    ['an empty EPC', { epc: '' }],
    ['more than a tag can hold', { epcHex: 'AB'.repeat(64) }],
  ])('with %s is refused', (_, event) => {
    expect(parseEvent(tag(event), AT)).toMatchObject({ ok: false, error: { code: 'no_epc' } });
  });
});

describe('other events', () => {
  test.each([
    [{ inventoryStatusEvent: { inventoryStatus: 'armed' } }, { kind: 'inventory', status: 'armed' }],
    [{ inventoryTerminatedEvent: {} }, { kind: 'inventory', status: 'idle' }],
    [{ gpiTransitionEvent: { gpi: 2, transition: 'low-to-high' } }, { kind: 'input', port: 2, on: true }],
    [{ gpiTransitionEvent: { gpi: 1, transition: 'high-to-low' } }, { kind: 'input', port: 1, on: false }],
    [{ antennaConnectedEvent: { antennaPort: 4 } }, { kind: 'antenna', antenna: 4, connected: true }],
    [{ antennaDisconnectedEvent: { antennaPort: 4 } }, { kind: 'antenna', antenna: 4, connected: false }],
    [
      { eventType: 'somethingNew', somethingNewEvent: { a: 1 } },
      { kind: 'other', type: 'somethingNew' },
    ],
  ])('%j', (event, expected) => {
    expect(unwrap(parseEvent(JSON.stringify(event), AT))).toEqual(expected);
  });

  test.each([
    ['{', 'not_json'],
    ['[1]', 'not_an_event'],
    ['{"tagInventoryEvent":{"epcHex":7}}', 'not_an_event'],
  ])('%s is refused as %s', (line, code) => {
    expect(parseEvent(line, AT)).toMatchObject({ ok: false, error: { code } });
  });

  test('no line at all makes it throw', () => {
    const whole = tag({ epcHex: EPC, antennaPort: 1, peakRssiCdbm: -5_800 });
    const cut = fc
      .tuple(fc.nat(whole.length), fc.string({ maxLength: 5 }), fc.nat(5))
      .map(([at, put, gone]) => whole.slice(0, at) + put + whole.slice(at + gone));
    fc.assert(
      fc.property(fc.oneof(cut, fc.string(), fc.json()), (line) => {
        const parsed = parseEvent(line, AT);
        if (!parsed.ok) expect(['not_json', 'not_an_event', 'no_epc']).toContain(parsed.error.code);
        else if (parsed.value.kind === 'read') expect(parsed.value.read.epc).toMatch(/^([0-9A-F]{4})+$/);
      }),
      { seed: 11, numRuns: RUNS },
    );
  });
});
