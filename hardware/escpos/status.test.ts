import { describe, expect, test } from 'vitest';
import { automaticFault, type Reply, ReplyReader } from './replies.ts';
import { judge, type StatusRequest } from './status.ts';

const answers = (...pairs: [StatusRequest, number][]) => new Map<StatusRequest, number>(pairs);
const WELL: [StatusRequest, number][] = [
  [1, 0x16],
  [2, 0x12],
  [3, 0x12],
  [4, 0x12],
];

describe('the verdict on DLE EOT', () => {
  test('fixed bits and the drawer pin are no fault', () => {
    expect(judge(answers(...WELL))).toEqual({
      fault: null,
      status: { online: true, paper: 'ok', cover: 'closed', drawer: 'unknown' },
    });
  });

  test.each([
    ['near end of paper prints on', 4, 0x1e, null, { paper: 'near_end' }],
    ['paper end at the sensor', 4, 0x72, 'paper_out', { paper: 'out' }],
    ['stopped for paper', 2, 0x32, 'paper_out', { paper: 'out' }],
    ['cover open', 2, 0x16, 'cover_open', { cover: 'open' }],
    ['error stop', 2, 0x52, 'error', {}],
    ['cutter error', 3, 0x1a, 'error', {}],
    ['unrecoverable error', 3, 0x32, 'error', {}],
    ['self-recovering error', 3, 0x52, 'error', {}],
    ['offline', 1, 0x1a, 'offline', { online: false }],
  ] as const)('%s', (_, request, byte, fault, status) => {
    expect(judge(answers(...WELL, [request, byte]))).toMatchObject({ fault, status });
  });

  test('the fault that explains the others comes first', () => {
    expect(judge(answers([1, 0x1a], [2, 0x36], [4, 0x72])).fault).toBe('cover_open');
  });

  test('what was not asked is unknown, and the drawer needs to know its wiring', () => {
    expect(judge(answers([1, 0x16])).status).toMatchObject({ paper: 'unknown', cover: 'unknown' });
    expect(judge(answers([1, 0x16]), 'high').status.drawer).toBe('open');
    expect(judge(answers([1, 0x12]), 'high').status.drawer).toBe('closed');
  });
});

describe('replies', () => {
  const read = (...bytes: number[]): Reply[] => {
    const reader = new ReplyReader();
    return bytes.flatMap((byte) => reader.push(byte) ?? []);
  };

  test('automatic status between answers is kept apart', () => {
    expect(read(0x12, 0x14, 0, 0x0f, 0, 0x16)).toEqual([
      { kind: 'status', byte: 0x12 },
      { kind: 'automatic', bytes: [0x14, 0, 0x0f, 0] },
      { kind: 'status', byte: 0x16 },
    ]);
  });

  test('an answer in the middle of automatic status ends it', () => {
    expect(read(0x14, 0, 0x12, 0x12)).toEqual([
      { kind: 'status', byte: 0x12 },
      { kind: 'status', byte: 0x12 },
    ]);
  });

  test('flow control characters are nothing, and the byte of GS r stands alone', () => {
    expect(read(0x11, 0x13, 0x0c)).toEqual([{ kind: 'sensor', byte: 0x0c }]);
  });

  test.each([
    [[0x14, 0, 0, 0], null],
    [[0x3c, 0, 0, 0], 'cover_open'],
    [[0x1c, 0, 0x0f, 0], 'paper_out'],
    [[0x1c, 0, 0, 0], 'offline'],
  ])('automatic status %j', (bytes, fault) => {
    expect(automaticFault(bytes)).toBe(fault);
  });
});
