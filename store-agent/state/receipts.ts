import type { DatabaseSync } from 'node:sqlite';
import { ReceiptDocument } from '../../shared/receipt/document.ts';
import { integer, text } from './row.ts';

export interface HeldReceipt {
  order_id: string;
  number: string;
  document: ReceiptDocument;
}

/** The table `receipt`: the papers of orders that this store has heard of. */
export class ReceiptTable {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** A receipt is a fact of its sale: the first one stands. */
  keep(receipt: HeldReceipt, atMs: number): void {
    this.#db
      .prepare(
        'INSERT INTO receipt (order_id, number, document, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      )
      .run(receipt.order_id, receipt.number, JSON.stringify(receipt.document), atMs);
  }

  has(orderId: string): boolean {
    return this.#db.prepare('SELECT 1 FROM receipt WHERE order_id = ?').get(orderId) !== undefined;
  }

  document(orderId: string): ReceiptDocument | null {
    const row = this.#db.prepare('SELECT document FROM receipt WHERE order_id = ?').get(orderId);
    return row === undefined ? null : ReceiptDocument.parse(JSON.parse(text(row, 'document')));
  }

  /** Whose paper came last, since a time, newest first. */
  newestSince(atMs: number, limit: number): { order_id: string; number: string; atMs: number }[] {
    return this.#db
      .prepare('SELECT order_id, number, at FROM receipt WHERE at >= ? ORDER BY at DESC LIMIT ?')
      .all(atMs, limit)
      .map((row) => ({
        order_id: text(row, 'order_id'),
        number: text(row, 'number'),
        atMs: integer(row, 'at'),
      }));
  }

  forgetBefore(atMs: number): void {
    this.#db.prepare('DELETE FROM receipt WHERE at < ?').run(atMs);
  }
}
