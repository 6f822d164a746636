import { crc32, deflateSync } from 'node:zlib';
import type { Picture } from '../../shared/receipt/pictures.ts';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const HEADER_BYTES = 13;
const UNFILTERED = 0;
/** A paper is mostly white: more effort makes it hardly smaller. */
const DEFLATE = { level: 3 } as const;

/** Black and white dots as a PNG of one bit a dot (W3C PNG, section 11): what paper shows, and a tenth of the bytes. */
export function pngOf({ widthBytes, heightDots, bits }: Picture, widthDots: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(widthDots, 0);
  header.writeUInt32BE(heightDots, 4);
  header[8] = 1;
  const rows = Buffer.alloc((widthBytes + 1) * heightDots, UNFILTERED);
  for (let y = 0; y < heightDots; y += 1) {
    const to = y * (widthBytes + 1) + 1;
    // In a PNG of one bit, one is white.
    for (let x = 0; x < widthBytes; x += 1) rows[to + x] = ~(bits[y * widthBytes + x] ?? 0) & 0xff;
  }
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, DEFLATE)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
