import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { text } from './row.ts';
import type { TagChange } from './tag_book.ts';

const Tags = z.array(z.tuple([z.string(), z.number()]));

/** The table `used_pass`: a pass opens once an agent. */
export class PassTable {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  used(jti: string): boolean {
    return this.#db.prepare('SELECT 1 FROM used_pass WHERE jti = ?').get(jti) !== undefined;
  }

  use(
    pass: { jti: string; order_id: string; epcs: readonly (readonly [string, number])[] },
    epoch: string | null,
    atMs: number,
  ): void {
    this.#db
      .prepare('INSERT INTO used_pass (jti, order_id, epoch, tags, used_at) VALUES (?, ?, ?, ?, ?)')
      .run(pass.jti, pass.order_id, epoch, JSON.stringify(pass.epcs), atMs);
  }

  /** What passes sold since a moment, under the same epoch of the edge. */
  soldSince(atMs: number, epoch: string): TagChange[] {
    return this.#db
      .prepare('SELECT order_id, tags FROM used_pass WHERE used_at >= ? AND epoch = ? ORDER BY used_at')
      .all(atMs, epoch)
      .flatMap((row) => {
        const order_id = text(row, 'order_id');
        return Tags.parse(JSON.parse(text(row, 'tags'))).map(([epc, rev]) => ({
          epc,
          rev,
          status: 'sold' as const,
          order_id,
        }));
      });
  }

  forgetBefore(atMs: number): void {
    this.#db.prepare('DELETE FROM used_pass WHERE used_at < ?').run(atMs);
  }
}
