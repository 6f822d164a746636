import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { SLOT_WORDS } from './layout.ts';
import { TextWriter } from './texts.ts';
import { TagWriter } from './writer.ts';

const MAGIC = Buffer.from('SESTAGS1', 'latin1');
const HEAD_BYTES_MAX = 16 * 1024 * 1024;

const Head = z.object({
  /** Which table of the database this is a copy of, and up to which of its changes. */
  table: z.string(),
  change: z.int().min(0),
  longs: z.array(z.string()),
  slotBytes: z.int().min(0),
  textBytes: z.int().min(0),
  orderBytes: z.int().min(0),
});
export type SavedHead = Pick<z.infer<typeof Head>, 'table' | 'change'>;

/**
 * Writes a table of tags as one block, which opens twenty times faster than rows. It is a copy: the rows of
 * the database stay the truth, so nothing waits for the disk here, and a torn file is found by its sum.
 */
export function saveTags(path: string, writer: TagWriter, { table, change }: SavedHead): void {
  const { texts, orders } = writer.texts.saved();
  const slots = Buffer.from(writer.words.buffer);
  const head = Buffer.from(
    JSON.stringify({
      table,
      change,
      longs: writer.longEpcs(),
      slotBytes: slots.length,
      textBytes: texts.length,
      orderBytes: orders.length,
    } satisfies z.infer<typeof Head>),
  );
  const sizes = Buffer.alloc(4);
  sizes.writeUInt32LE(head.length);
  const whole = Buffer.concat([MAGIC, sizes, head, slots, texts, orders, Buffer.alloc(4)]);
  whole.writeUInt32LE(crc32(whole.subarray(0, whole.length - 4)), whole.length - 4);
  writeFileSync(`${path}.new`, whole);
  renameSync(`${path}.new`, path);
}

/** Opens what `saveTags` wrote, or null where there is none, or it is damaged or of another build. */
export function openTags(path: string): { writer: TagWriter; head: SavedHead } | null {
  let whole: Buffer;
  try {
    whole = readFileSync(path);
  } catch {
    return null;
  }
  const start = MAGIC.length + 4;
  if (whole.length < start + 4 || !whole.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  const end = whole.length - 4;
  if (crc32(whole.subarray(0, end)) !== whole.readUInt32LE(end)) return null;
  const headBytes = whole.readUInt32LE(MAGIC.length);
  if (headBytes > HEAD_BYTES_MAX) return null;
  const head = Head.safeParse(JSON.parse(whole.toString('utf8', start, start + headBytes)));
  if (!head.success) return null;
  const { slotBytes, textBytes, orderBytes, longs } = head.data;
  const slotsAt = start + headBytes;
  const textsAt = slotsAt + slotBytes;
  const ordersAt = textsAt + textBytes;
  if (ordersAt + orderBytes !== end || slotBytes % (SLOT_WORDS * 4) !== 0) return null;
  const texts = TextWriter.opened(whole.subarray(textsAt, ordersAt), whole.subarray(ordersAt, end));
  if (texts === null) return null;
  // Words need an address that is a multiple of four.
  const words = new Int32Array(slotBytes / 4);
  Buffer.from(words.buffer).set(whole.subarray(slotsAt, textsAt));
  return { writer: TagWriter.opened(words, texts, longs), head: head.data };
}
