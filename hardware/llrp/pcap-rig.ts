import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// What the tests against Wireshark stand on: TCP conversations written as a pcap file, and tshark's view of it.

export type Sender = 'client' | 'reader';
/** Bytes that one side sent in one go. */
export interface Sent {
  from: Sender;
  bytes: Uint8Array;
}

const LLRP_PORT = 5_084;
const SEGMENT_BYTES_MAX = 1_400;
const LINKTYPE_RAW_IP = 101;
const CLIENT = { address: [192, 0, 2, 1], port: 40_000 };
const READER = { address: [192, 0, 2, 2], port: LLRP_PORT };

/** A pcap file with one TCP conversation: handshake, then every segment in order. */
function pcap(conversation: readonly Sent[]): Buffer {
  const next = { client: 1_000, reader: 5_000 };
  const packets: Buffer[] = [];
  const add = (from: Sender, flags: number, payload: Uint8Array): void => {
    const to = from === 'client' ? 'reader' : 'client';
    packets.push(packet(packets.length, from, next[from], next[to], flags, payload));
    next[from] = (next[from] + payload.length) >>> 0;
  };
  const none = new Uint8Array(0);
  add('client', 0x02, none);
  next.client += 1;
  add('reader', 0x12, none);
  next.reader += 1;
  add('client', 0x10, none);
  for (const { from, bytes } of conversation) {
    for (let at = 0; at < bytes.length; at += SEGMENT_BYTES_MAX) {
      add(from, 0x18, bytes.subarray(at, at + SEGMENT_BYTES_MAX));
    }
  }
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(0xffff, 16);
  head.writeUInt32LE(LINKTYPE_RAW_IP, 20);
  return Buffer.concat([head, ...packets]);
}

function packet(
  index: number,
  from: Sender,
  sequence: number,
  acknowledged: number,
  flags: number,
  payload: Uint8Array,
): Buffer {
  const [source, target] = from === 'client' ? [CLIENT, READER] : [READER, CLIENT];
  const ip = Buffer.alloc(40);
  ip[0] = 0x45;
  ip.writeUInt16BE(40 + payload.length, 2);
  ip[8] = 64;
  ip[9] = 6;
  ip.set(source.address, 12);
  ip.set(target.address, 16);
  ip.writeUInt16BE(source.port, 20);
  ip.writeUInt16BE(target.port, 22);
  ip.writeUInt32BE(sequence, 24);
  ip.writeUInt32BE(flags === 0x02 ? 0 : acknowledged, 28);
  ip[32] = 0x50;
  ip[33] = flags;
  ip.writeUInt16BE(0xffff, 34);
  const record = Buffer.alloc(16);
  record.writeUInt32LE(1_700_000_000, 0);
  record.writeUInt32LE(index, 4);
  record.writeUInt32LE(40 + payload.length, 8);
  record.writeUInt32LE(40 + payload.length, 12);
  return Buffer.concat([record, ip, payload]);
}

/** The version line of tshark, or why it cannot be asked. */
export function findTshark(): { present: true } | { present: false; reason: string } {
  const found = spawnSync('tshark', ['--version'], { encoding: 'utf8' });
  if (found.error === undefined && found.status === 0) return { present: true };
  const why = found.error?.message ?? `it ended with ${found.status}`;
  return { present: false, reason: `tshark (Debian package tshark) is not there to ask: ${why}` };
}

/** What tshark makes of one packet that ends a message or more, in the order of the wire. */
export interface Dissected {
  messages: number[];
  tlvs: number[];
  tvs: number[];
  /** Everything that it finds malformed or warns of. */
  complaints: string[];
}

/** Each of the conversation's packets in which a message ends, or of which tshark complains. */
export function dissect(conversation: readonly Sent[]): Dissected[] {
  const folder = mkdtempSync(join(tmpdir(), 'llrp-pcap-'));
  try {
    const file = join(folder, 'llrp.pcap');
    writeFileSync(file, pcap(conversation));
    const fields = ['llrp.type', 'llrp.tlv_type', 'llrp.tv_type', '_ws.malformed', '_ws.expert.message'];
    const asked = ['-r', file, '-Y', 'llrp || _ws.malformed || _ws.expert', '-T', 'fields'];
    const separators = ['-E', 'occurrence=a', '-E', 'aggregator=,', '-E', 'separator=|'];
    const run = spawnSync('tshark', [...asked, ...separators, ...fields.flatMap((one) => ['-e', one])], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (run.status !== 0) throw new Error(`tshark failed: ${run.stderr}`);
    return run.stdout
      .split('\n')
      .filter((row) => row !== '')
      .map((row) => packetOf(row.split('|')))
      .filter((one) => one.messages.length > 0 || one.complaints.length > 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function packetOf(cells: readonly string[]): Dissected {
  const numbers = (column: number): number[] => (cells[column] ?? '').split(',').filter(Boolean).map(Number);
  const complaints = cells.slice(3).filter((cell) => cell !== '' && !isHarmless(cell));
  return { messages: numbers(0), tlvs: numbers(1), tvs: numbers(2), complaints };
}

/** What tshark notes about the TCP handshake itself. */
const isHarmless = (message: string): boolean => /^Connection (establish|finish)/.test(message);
