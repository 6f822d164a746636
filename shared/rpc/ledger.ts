import { z } from 'zod';
import { Currency, Instant } from '../api/common.ts';
import { LedgerId, RetailerId } from '../ids/index.ts';
import { LedgerKind, PointValue } from '../ledger/book.ts';
import type { Hold, LedgerRefusal, Returned } from '../ledger/decide.ts';
import type { Result } from '../result.ts';

/**
 * What a LedgerObject does for the cloud, which opens and feeds accounts, and for the gateway `ledger`, which takes
 * payments from them. Every method decides and writes in one transaction, and again with the same id changes nothing.
 */

/** Units of one account: minor units, or points. */
const Units = z.int().min(0).max(1_000_000_000_000);

export const OpenLedger = z.object({
  ledger_id: LedgerId,
  retailer_id: RetailerId,
  kind: LedgerKind,
  currency: Currency,
  last4: z.string().length(4),
  /** Of `credit`; 0 for the others. */
  limit: Units,
  minor_per_point: PointValue,
  /** What is on it at once; of `credit` what is owed already. */
  opening: Units,
  by: z.string().min(1).max(128),
});
export type OpenLedger = z.infer<typeof OpenLedger>;

/** Something that staff did to an account. `units` is what they handed over, took back or owe. */
export const LedgerPosting = z.object({
  entry_id: z.string().min(1).max(128),
  units: z.int().min(-1_000_000_000_000).max(1_000_000_000_000),
  note: z.string().max(500),
  by: z.string().min(1).max(128),
});
export type LedgerPosting = z.infer<typeof LedgerPosting>;

export const RepaymentStatus = z.enum(['pending', 'captured', 'failed']);
export const NewRepayment = z.object({
  repayment_id: z.string().min(1).max(128),
  amount: Units.min(1),
  method: z.string().min(1).max(64),
  reference: z.string().max(200).nullable(),
  status: z.enum(['pending', 'captured']),
  by: z.string().min(1).max(128),
});
export type NewRepayment = z.infer<typeof NewRepayment>;

export const Repayment = z.object({
  id: z.string(),
  amount: z.int(),
  method: z.string(),
  reference: z.string().nullable(),
  status: RepaymentStatus,
  created_at: Instant,
  settled_at: Instant.nullable(),
});
export type Repayment = z.infer<typeof Repayment>;

/** `unit`: what balance, held, available and the journal count. `available_amount` is always minor units. */
export const LedgerView = z.object({
  id: LedgerId,
  kind: LedgerKind,
  status: z.enum(['active', 'blocked']),
  currency: Currency,
  last4: z.string(),
  unit: z.enum(['minor', 'points']),
  /** Null where there is none: only credit has a limit. */
  limit: z.int().nullable(),
  minor_per_point: PointValue.nullable(),
  /** What the holder has; of `credit` what she owes, below zero an advance. */
  balance: z.int(),
  held: z.int(),
  available: z.int(),
  available_amount: z.int(),
});
export type LedgerView = z.infer<typeof LedgerView>;

export const JournalEntry = z.object({
  id: z.string(),
  kind: z.enum(['opening', 'top_up', 'repayment', 'adjustment', 'sale', 'refund', 'void']),
  units: z.int(),
  balance: z.int(),
  payment_id: z.string().nullable(),
  note: z.string(),
  by: z.string(),
  at: Instant,
});
export type JournalEntry = z.infer<typeof JournalEntry>;

/** What was bought on credit: `udhaar_paid` once the repayments cover it. */
export const CreditSale = z.object({
  entry_id: z.string(),
  payment_id: z.string().nullable(),
  amount: z.int(),
  owed: z.int(),
  udhaar_paid: z.boolean(),
  udhaar_paid_on: Instant.nullable(),
});
export type CreditSale = z.infer<typeof CreditSale>;

export const JOURNAL_PAGE_MAX = 100;
export interface LedgerPage {
  view: LedgerView;
  journal: { data: JournalEntry[]; has_more: boolean };
  /** Newest first, only of `credit`, at most a page. */
  sales: CreditSale[];
  repayments: Repayment[];
}

export interface LedgerForCloud {
  /** Opened already under this id: the account as it stands. */
  open(open: OpenLedger): Promise<Result<LedgerView, { code: 'other_account' }>>;
  /** Null: nobody opened it. Newest first; `after` is the entry before the page. */
  page(query: { after?: string | undefined; limit: number }): Promise<Result<LedgerPage, LedgerRefusal>>;
  topUp(posting: LedgerPosting): Promise<Result<LedgerView, LedgerRefusal>>;
  adjust(posting: LedgerPosting): Promise<Result<LedgerView, LedgerRefusal>>;
  setTerms(terms: {
    limit?: number | undefined;
    status?: 'active' | 'blocked' | undefined;
  }): Promise<Result<LedgerView, LedgerRefusal>>;
  beginRepayment(
    repayment: NewRepayment,
  ): Promise<Result<{ repayment: Repayment; view: LedgerView }, LedgerRefusal>>;
  /** A repayment that is settled otherwise already is `already_settled`. */
  settleRepayment(settle: {
    repayment_id: string;
    status: 'captured' | 'failed';
    by: string;
  }): Promise<
    Result<{ repayment: Repayment; view: LedgerView }, LedgerRefusal | { code: 'already_settled' }>
  >;
}

/** Amounts are minor units of `currency`. */
export interface LedgerForGateway {
  /** Null: nobody opened it. */
  view(): Promise<LedgerView | null>;
  /** `capture`: takes it at once. Null: there is no such account. */
  hold(hold: {
    payment_id: string;
    amount: number;
    currency: string;
    partial: boolean;
    capture: boolean;
  }): Promise<Result<Hold, LedgerRefusal | { code: 'wrong_currency' }> | null>;
  payment(payment_id: string): Promise<Hold | null>;
  capture(capture: { payment_id: string; amount: number }): Promise<Result<Hold, LedgerRefusal>>;
  release(release: { payment_id: string }): Promise<Result<Hold, LedgerRefusal>>;
  refund(refund: {
    refund_id: string;
    payment_id: string;
    amount: number;
  }): Promise<Result<Returned, LedgerRefusal>>;
  refunded(refund_id: string): Promise<Returned | null>;
}
