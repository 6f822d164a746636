import type { CardFacts } from '../../shared/api/order.ts';
import type { SavedCard } from '../../shared/api/shopper.ts';
import type { SavedCardId } from '../../shared/ids/index.ts';
import { sha256Hex } from '../../shared/offline/sha256.ts';
import { first, type Sql, single } from '../store/sql.ts';
import type { NewSavedCard } from './port.ts';

/** Cards of one shopper; the oldest makes room, and its provider is told to delete it. */
export const CARDS_MAX = 20;

/** A card that was kept before: by this payment, or the very same one by another. Null: it is new. */
function knownCard(sql: Sql, card: NewSavedCard): SavedCardId | null {
  type Row = { saved_card_id: SavedCardId };
  const bySamePayment = first<Row>(
    sql,
    'SELECT saved_card_id FROM kept WHERE payment_id = ?',
    card.payment_id,
  );
  if (bySamePayment !== null) return bySamePayment.saved_card_id;
  const same = 'SELECT saved_card_id FROM saved_card WHERE token_digest = ?';
  return first<Row>(sql, same, digestOf(card))?.saved_card_id ?? null;
}

/** Keeps a card under the id that its token was sealed with, unless it is known; answers the id it now has. */
export function keepCard(
  sql: Sql,
  card: NewSavedCard,
  sealed: { saved_card_id: SavedCardId; token: string },
  now: number,
): SavedCardId {
  const known = knownCard(sql, card);
  const id = known ?? sealed.saved_card_id;
  if (known === null) {
    makeRoom(sql, now);
    sql.exec(
      `INSERT INTO saved_card (saved_card_id, gateway, account_key, token_digest, token, card, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ...[
        id,
        card.gateway,
        card.account_key,
        digestOf(card),
        sealed.token,
        JSON.stringify(shown(card.card)),
        now,
      ],
    );
  }
  sql.exec(
    'INSERT INTO kept (payment_id, saved_card_id) VALUES (?, ?) ON CONFLICT (payment_id) DO NOTHING',
    card.payment_id,
    id,
  );
  return id;
}

export interface CardRow {
  saved_card_id: SavedCardId;
  gateway: string;
  account_key: string;
  /** Sealed. */
  token: string;
  card: string;
  [column: string]: string | number | null;
}

/** Null: not this shopper's, or deleted. */
export const cardOf = (sql: Sql, id: string): CardRow | null =>
  first<CardRow>(
    sql,
    `SELECT saved_card_id, gateway, account_key, token, card FROM saved_card
     WHERE saved_card_id = ? AND deleted_at IS NULL AND forget_at IS NULL`,
    id,
  );

/** Newest first. */
export function listCards(sql: Sql): SavedCard[] {
  type Row = { saved_card_id: SavedCardId; gateway: string; card: string; created_at: number };
  const rows = sql.exec<Row>(
    `SELECT saved_card_id, gateway, card, created_at FROM saved_card
     WHERE deleted_at IS NULL AND forget_at IS NULL ORDER BY created_at DESC, saved_card_id DESC`,
  );
  return rows.map(({ saved_card_id: id, gateway, card, created_at }) => ({
    id,
    gateway,
    ...JSON.parse(card),
    created_at: new Date(created_at).toISOString(),
  }));
}

/** Leaves the id alone. */
export function tombstone(sql: Sql, id: string, now: number): void {
  sql.exec(
    `UPDATE saved_card SET token = NULL, token_digest = NULL, card = NULL, forget_at = NULL, deleted_at = ?
     WHERE saved_card_id = ? AND deleted_at IS NULL`,
    now,
    id,
  );
}

function makeRoom(sql: Sql, now: number): void {
  const live = 'deleted_at IS NULL AND forget_at IS NULL';
  const { n } = single<{ n: number }>(sql, `SELECT count(*) AS n FROM saved_card WHERE ${live}`);
  if (n < CARDS_MAX) return;
  sql.exec(
    `UPDATE saved_card SET token_digest = NULL, forget_at = ? WHERE saved_card_id =
       (SELECT saved_card_id FROM saved_card WHERE ${live} ORDER BY created_at, saved_card_id LIMIT 1)`,
    now,
  );
}

/** Cards that made room and whose provider must be asked by now. */
export const cardsToForget = (sql: Sql, now: number): CardRow[] =>
  sql.exec<CardRow>(
    `SELECT saved_card_id, gateway, account_key, token, card FROM saved_card
     WHERE deleted_at IS NULL AND forget_at <= ?`,
    now,
  );

export const nextForgetAt = (sql: Sql): number | null =>
  single<{ at: number | null }>(sql, 'SELECT min(forget_at) AS at FROM saved_card WHERE deleted_at IS NULL')
    .at;

export function forgetLater(sql: Sql, id: string, at: number): void {
  sql.exec('UPDATE saved_card SET forget_at = ? WHERE saved_card_id = ? AND deleted_at IS NULL', at, id);
}

/** Whether the shopper has saved the very same card anew. */
export const isLive = (
  sql: Sql,
  card: Pick<NewSavedCard, 'gateway' | 'account_key' | 'customer' | 'token'>,
): boolean => first(sql, 'SELECT 1 AS found FROM saved_card WHERE token_digest = ?', digestOf(card)) !== null;

/** One card of one account and customer, without its token standing anywhere in clear. */
const digestOf = ({
  gateway,
  account_key,
  customer,
  token,
}: Pick<NewSavedCard, 'gateway' | 'account_key' | 'customer' | 'token'>): string =>
  sha256Hex(JSON.stringify(['card', gateway, account_key, customer, token]));

const shown = ({ brand, last4, expiry }: CardFacts): CardFacts => ({
  ...(brand === undefined ? {} : { brand }),
  ...(last4 === undefined ? {} : { last4 }),
  ...(expiry === undefined ? {} : { expiry }),
});
