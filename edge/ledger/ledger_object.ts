import { DurableObject } from 'cloudflare:workers';
import { isLedgerOf } from '../../shared/ledger/code.ts';
import { type Change, capture, type Hold, hold, post, refund, release } from '../../shared/ledger/decide.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import {
  JOURNAL_PAGE_MAX,
  type LedgerForCloud,
  type LedgerForGateway,
  LedgerPosting,
  type LedgerView,
  NewRepayment,
  OpenLedger,
} from '../../shared/rpc/ledger.ts';
import type { Env } from '../env.ts';
import type { Sql } from '../store/sql.ts';
import { openAccount } from './open_account.ts';
import { beginRepayment, settleRepayment } from './repay.ts';
import {
  accountOf,
  bookOf,
  creditSales,
  entryOf,
  holdOf,
  journalPage,
  openDebts,
  repaymentsOf,
  returnedOf,
  viewOf,
  writeChange,
} from './rows.ts';
import { isOpened, migrate } from './schema.ts';
import { setTerms } from './set_terms.ts';

type Decided<T, E> = Result<{ value: T; change: Change }, E>;
const NOT_OPENED = { code: 'not_found' } as const;

/**
 * One account of the store's own money; shared/ledger/code.ts says how its name is made. Glue: each verb decides
 * from the tables and writes what follows in the same transaction. An account that nobody opened has no tables.
 */
export class LedgerObject extends DurableObject<Env> implements LedgerForCloud, LedgerForGateway {
  readonly #sql: Sql;
  #opened = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = { exec: (query, ...bindings) => ctx.storage.sql.exec<never>(query, ...bindings).toArray() };
    ctx.blockConcurrencyWhile(async () => {
      this.#opened = isOpened(this.#sql);
      if (this.#opened) ctx.storage.transactionSync(() => migrate(this.#sql));
    });
  }

  // ---- for the cloud: payloads of another Worker are parsed here ----

  async open(input: OpenLedger): ReturnType<LedgerForCloud['open']> {
    const opening = OpenLedger.parse(input);
    const { name } = this.ctx.id;
    if (name !== undefined && !isLedgerOf(opening.retailer_id, name)) return err({ code: 'other_account' });
    if (this.#opened)
      return accountOf(this.#sql).ledger_id === opening.ledger_id
        ? ok(viewOf(this.#sql))
        : err({ code: 'other_account' });
    this.#write(() => openAccount(this.#sql, opening, Date.now()));
    this.#opened = true;
    return ok(viewOf(this.#sql));
  }

  async page({ after, limit }: Parameters<LedgerForCloud['page']>[0]): ReturnType<LedgerForCloud['page']> {
    if (!this.#opened) return err(NOT_OPENED);
    const rows = Math.min(limit, JOURNAL_PAGE_MAX);
    const journal = journalPage(this.#sql, after, rows);
    if (journal === null) return err(NOT_OPENED);
    const [sales, repayments] = [creditSales(this.#sql, rows), repaymentsOf(this.#sql, rows)];
    return ok({ view: viewOf(this.#sql), journal, sales, repayments });
  }

  async topUp(input: LedgerPosting): ReturnType<LedgerForCloud['topUp']> {
    return this.#post('top_up', LedgerPosting.parse(input));
  }

  async adjust(input: LedgerPosting): ReturnType<LedgerForCloud['adjust']> {
    return this.#post('adjustment', LedgerPosting.parse(input));
  }

  async setTerms(terms: Parameters<LedgerForCloud['setTerms']>[0]): ReturnType<LedgerForCloud['setTerms']> {
    if (!this.#opened) return err(NOT_OPENED);
    const set = this.#write(() => setTerms(this.#sql, terms, Date.now()));
    return set.ok ? ok(viewOf(this.#sql)) : set;
  }

  async beginRepayment(input: NewRepayment): ReturnType<LedgerForCloud['beginRepayment']> {
    const repayment = NewRepayment.parse(input);
    if (!this.#opened) return err(NOT_OPENED);
    const begun = this.#write(() => beginRepayment(this.#sql, repayment, Date.now()));
    return begun.ok ? ok({ repayment: begun.value, view: viewOf(this.#sql) }) : begun;
  }

  async settleRepayment(
    settle: Parameters<LedgerForCloud['settleRepayment']>[0],
  ): ReturnType<LedgerForCloud['settleRepayment']> {
    if (!this.#opened) return err(NOT_OPENED);
    const settled = this.#write(() => settleRepayment(this.#sql, settle, Date.now()));
    return settled.ok ? ok({ repayment: settled.value, view: viewOf(this.#sql) }) : settled;
  }

  // ---- for the gateway `ledger` ----

  async view(): Promise<LedgerView | null> {
    return this.#opened ? viewOf(this.#sql) : null;
  }

  async hold(request: Parameters<LedgerForGateway['hold']>[0]): ReturnType<LedgerForGateway['hold']> {
    if (!this.#opened) return null;
    if (accountOf(this.#sql).currency !== request.currency) return err({ code: 'wrong_currency' });
    return this.#write(() => {
      const { payment_id } = request;
      const held = this.#apply(hold(bookOf(this.#sql), holdOf(this.#sql, payment_id), request));
      if (!held.ok || !request.capture || held.value.state !== 'held') return held;
      return this.#apply(this.#captured(held.value, held.value.amount));
    });
  }

  async payment(payment_id: string): Promise<Hold | null> {
    return this.#opened ? holdOf(this.#sql, payment_id) : null;
  }

  async capture(
    request: Parameters<LedgerForGateway['capture']>[0],
  ): ReturnType<LedgerForGateway['capture']> {
    if (!this.#opened) return err(NOT_OPENED);
    return this.#write(() =>
      this.#apply(this.#captured(holdOf(this.#sql, request.payment_id), request.amount)),
    );
  }

  async release({
    payment_id,
  }: Parameters<LedgerForGateway['release']>[0]): ReturnType<LedgerForGateway['release']> {
    if (!this.#opened) return err(NOT_OPENED);
    return this.#write(() => {
      const known = holdOf(this.#sql, payment_id);
      return this.#apply(release(bookOf(this.#sql), known, openDebts(this.#sql), payment_id));
    });
  }

  async refund(request: Parameters<LedgerForGateway['refund']>[0]): ReturnType<LedgerForGateway['refund']> {
    if (!this.#opened) return err(NOT_OPENED);
    return this.#write(() => {
      const known = holdOf(this.#sql, request.payment_id);
      const earlier = returnedOf(this.#sql, request.refund_id);
      return this.#apply(refund(bookOf(this.#sql), known, earlier, openDebts(this.#sql), request));
    });
  }

  async refunded(refund_id: string): ReturnType<LedgerForGateway['refunded']> {
    return this.#opened ? returnedOf(this.#sql, refund_id) : null;
  }

  // ---- glue ----

  #captured(known: Hold | null, amount: number) {
    return capture(bookOf(this.#sql), known, openDebts(this.#sql), amount);
  }

  async #post(
    kind: 'top_up' | 'adjustment',
    { entry_id, units, note, by }: LedgerPosting,
  ): ReturnType<LedgerForCloud['topUp']> {
    if (!this.#opened) return err(NOT_OPENED);
    const posted = this.#write(() => {
      const entry = { entry_id, kind, units, payment_id: null };
      const earlier = entryOf(this.#sql, entry_id);
      return this.#apply(post(bookOf(this.#sql), earlier, openDebts(this.#sql), entry), { by, note });
    });
    return posted.ok ? ok(viewOf(this.#sql)) : posted;
  }

  /** Writes what was decided; the transaction is around it. */
  #apply<T, E>(decided: Decided<T, E>, { by, note } = { by: 'sesame-edge', note: '' }): Result<T, E> {
    if (!decided.ok) return decided;
    writeChange(this.#sql, decided.value.change, { by, note, now: Date.now() });
    return ok(decided.value.value);
  }

  #write<T>(change: () => T): T {
    return this.ctx.storage.transactionSync(change);
  }
}
