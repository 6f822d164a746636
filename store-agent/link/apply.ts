import type { z } from 'zod';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import {
  CLOSE,
  FEED_VERSIONS_SPOKEN,
  FeedEntry,
  SaleEntry,
  type Snapshot,
  type StoreFrame,
  type TagState,
  type UnknownEntry,
} from '../../shared/feed/frames.ts';
import type { HeldReceipt } from '../state/receipts.ts';
import type { UnreadEntry } from '../state/unknown_entries.ts';

type SnapshotFrame = z.infer<typeof Snapshot>;

/** Where a connection stands: nothing heard yet, following the log, or taking a snapshot part by part. */
export type Session =
  | { phase: 'greeting' }
  | { phase: 'log'; epoch: string; cursor: number }
  | { phase: 'snapshot'; epoch: string; head: number | null; parts: number };

/** What the entries of a frame come to, in one transaction. */
export interface FeedPlan {
  epoch: string;
  cursor: number;
  tags: TagState[];
  receipts: HeldReceipt[];
  /** Sales in this frame: the only thing here that may cause a print, unless a till gave out the paper itself. */
  sales: { order_id: string; at: string; printed: boolean }[];
  config: StoreConfig | null;
  shelfVersion: number | null;
  unread: UnreadEntry[];
}

export interface SnapshotPart {
  epoch: string;
  head: number;
  part: number;
  last: boolean;
  tags: TagState[];
  config: StoreConfig | null;
  shelfVersion: number | null;
}

export type Verdict =
  | { do: 'greet'; epoch: string; head: number; now: string }
  | { do: 'apply'; plan: FeedPlan }
  | { do: 'stage'; part: SnapshotPart }
  | { do: 'settle'; id: number; as: 'accepted' | 'refused'; why: string }
  | { do: 'nothing' }
  | { do: 'close'; code: number; why: string };

/**
 * What a frame of the edge means to a connection, and where the connection stands after it. `known` is what
 * is on disk when the edge says welcome. Anything out of place closes: hello again is the only repair.
 */
export function judgeFrame(
  session: Session,
  frame: StoreFrame,
  known: { epoch: string | null; cursor: number },
): { session: Session; verdict: Verdict } {
  const stay = (verdict: Verdict): { session: Session; verdict: Verdict } => ({ session, verdict });
  switch (frame.type) {
    case 'pong':
      return stay({ do: 'nothing' });
    case 'accepted':
      return stay({ do: 'settle', id: frame.id, as: 'accepted', why: '' });
    case 'refused':
      if (frame.id !== undefined)
        return stay({ do: 'settle', id: frame.id, as: 'refused', why: `${frame.code}: ${frame.detail}` });
      return stay({ do: 'close', code: CLOSE.bad_frame, why: `refused: ${frame.code} ${frame.detail}` });
    case 'welcome': {
      if (session.phase !== 'greeting')
        return stay({ do: 'close', code: CLOSE.bad_frame, why: 'a second welcome' });
      if (!FEED_VERSIONS_SPOKEN.includes(frame.v))
        return stay({ do: 'close', code: CLOSE.version, why: `version ${frame.v}` });
      const verdict: Verdict = { do: 'greet', epoch: frame.epoch, head: frame.head, now: frame.now };
      if (frame.resume === 'snapshot')
        return { session: { phase: 'snapshot', epoch: frame.epoch, head: null, parts: 0 }, verdict };
      if (frame.epoch !== known.epoch)
        return stay({ do: 'close', code: CLOSE.bad_frame, why: 'the log of another epoch' });
      return { session: { phase: 'log', epoch: frame.epoch, cursor: known.cursor }, verdict };
    }
    case 'snapshot': {
      if (session.phase !== 'snapshot')
        return stay({ do: 'close', code: CLOSE.bad_frame, why: 'a snapshot nobody asked for' });
      const inOrder = frame.part === session.parts && (session.head === null || session.head === frame.head);
      if (!inOrder)
        return stay({
          do: 'close',
          code: CLOSE.gap,
          why: `snapshot part ${frame.part} instead of ${session.parts}`,
        });
      const verdict: Verdict = { do: 'stage', part: partOf(frame, session.epoch) };
      if (frame.last) return { session: { phase: 'log', epoch: session.epoch, cursor: frame.head }, verdict };
      return { session: { ...session, head: frame.head, parts: session.parts + 1 }, verdict };
    }
    case 'feed': {
      if (session.phase !== 'log')
        return stay({ do: 'close', code: CLOSE.bad_frame, why: 'a feed frame before its time' });
      if (frame.after !== session.cursor)
        return stay({ do: 'close', code: CLOSE.gap, why: `after ${frame.after} at ${session.cursor}` });
      let cursor = session.cursor;
      for (const entry of frame.entries) {
        if (entry.seq <= cursor)
          return stay({ do: 'close', code: CLOSE.gap, why: `entry ${entry.seq} at ${cursor}` });
        cursor = entry.seq;
      }
      return {
        session: { ...session, cursor },
        verdict: { do: 'apply', plan: planOf(session.epoch, cursor, frame.entries) },
      };
    }
  }
}

function partOf(frame: SnapshotFrame, epoch: string): SnapshotPart {
  return {
    epoch,
    head: frame.head,
    part: frame.part,
    last: frame.last,
    tags: frame.tags,
    config: frame.config ?? null,
    shelfVersion: frame.shelf_version ?? null,
  };
}

const KNOWN_TYPES: ReadonlySet<string> = new Set(FeedEntry.options.map((option) => option.shape.type.value));
/** A sale whose paper this build cannot read still frees its tags. */
const SaleWithoutReceipt = SaleEntry.omit({ receipt: true });

/** Reads entries one by one: what this build cannot read is set aside and its seq counts. */
export function planOf(epoch: string, cursor: number, entries: readonly UnknownEntry[]): FeedPlan {
  const plan: FeedPlan = {
    epoch,
    cursor,
    tags: [],
    receipts: [],
    sales: [],
    config: null,
    shelfVersion: null,
    unread: [],
  };
  for (const raw of entries) {
    const setAside = (reason: UnreadEntry['reason']): void => {
      plan.unread.push({ seq: raw.seq, type: raw.type.slice(0, 64), reason, entry: JSON.stringify(raw) });
    };
    if (!KNOWN_TYPES.has(raw.type)) {
      setAside('unknown_type');
      continue;
    }
    const parsed = FeedEntry.safeParse(raw);
    if (!parsed.success) {
      setAside('unread_fields');
      const sale = SaleWithoutReceipt.safeParse(raw);
      if (sale.success) plan.tags.push(...sale.data.tags);
      continue;
    }
    const entry = parsed.data;
    switch (entry.type) {
      case 'sale':
        plan.tags.push(...entry.tags);
        plan.receipts.push({ order_id: entry.order_id, number: entry.number, document: entry.receipt });
        plan.sales.push({ order_id: entry.order_id, at: entry.at, printed: entry.sold_by !== undefined });
        break;
      case 'tags':
        plan.tags.push(...entry.tags);
        break;
      case 'config':
        plan.config = entry.config;
        break;
      case 'shelf':
        plan.shelfVersion = entry.version;
        break;
    }
  }
  return plan;
}
