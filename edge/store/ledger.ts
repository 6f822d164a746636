import type { TagState, TagStatus } from '../../shared/feed/frames.ts';
import type { ItemId, OrderId } from '../../shared/ids/index.ts';
import { markOf, raiseMark } from './marks.ts';
import type { Scope } from './scope.ts';
import { first, type Sql } from './sql.ts';

/** A tag as the ledger has it. `order_id` is there exactly while it is sold. */
export type Tag = {
  epc: string;
  item_id: ItemId;
  status: TagStatus;
  rev: number;
  order_id: OrderId | null;
};

const COLUMNS = 'tag.epc, tag.item_id, tag.status, tag.rev, tag.order_id';

export function tagOf(sql: Sql, epc: string): Tag | null {
  return first<Tag>(sql, `SELECT ${COLUMNS} FROM tag WHERE epc = ?`, epc);
}

/** Writes a tag's new state under the store's next revision, which it answers. */
export function writeTag(scope: Scope, tag: Omit<Tag, 'rev'>): number {
  const rev = raiseMark(scope.sql, 'rev', 1);
  scope.sql.exec(
    `INSERT INTO tag (epc, item_id, status, rev, order_id, at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (epc) DO UPDATE SET
       item_id = excluded.item_id, status = excluded.status, rev = excluded.rev,
       order_id = excluded.order_id, at = excluded.at`,
    tag.epc,
    tag.item_id,
    tag.status,
    rev,
    tag.order_id,
    scope.now,
  );
  return rev;
}

type NamedTag = Tag & { name: string | null };

/** The states of these tags as agents hear them, with the names that the shelf has now. */
export function tagStates(sql: Sql, epcs: readonly string[]): TagState[] {
  const version = markOf(sql, 'shelf_version');
  return epcs.flatMap((epc) =>
    sql
      .exec<NamedTag>(
        `SELECT ${COLUMNS}, item.name FROM tag
         LEFT JOIN item ON item.version = ? AND item.item_id = tag.item_id WHERE tag.epc = ?`,
        version,
        epc,
      )
      .map(stateOf),
  );
}

/** Tags above an EPC, in their order: the pages of a snapshot. */
export function tagStatesAfter(sql: Sql, epc: string, limit: number): TagState[] {
  return sql
    .exec<NamedTag>(
      `SELECT ${COLUMNS}, item.name FROM tag
       LEFT JOIN item ON item.version = ? AND item.item_id = tag.item_id
       WHERE tag.epc > ? ORDER BY tag.epc LIMIT ?`,
      markOf(sql, 'shelf_version'),
      epc,
      limit,
    )
    .map(stateOf);
}

function stateOf(tag: NamedTag): TagState {
  return {
    epc: tag.epc,
    status: tag.status,
    rev: tag.rev,
    item_id: tag.item_id,
    ...(tag.name === null ? {} : { name: tag.name }),
    ...(tag.order_id === null ? {} : { order_id: tag.order_id }),
  };
}
