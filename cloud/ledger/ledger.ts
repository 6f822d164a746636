import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { Currency, Instant } from '../../shared/api/common.ts';
import { LedgerId, type RetailerId, uuidFromDigest } from '../../shared/ids/index.ts';
import { LedgerKind, PointValue } from '../../shared/ledger/book.ts';
import type { LedgerRefusal } from '../../shared/ledger/decide.ts';
import { sha256Hex } from '../../shared/offline/sha256.ts';
import { err, type Result } from '../../shared/result.ts';
import { CreditSale, JournalEntry, LedgerView, Repayment } from '../../shared/rpc/ledger.ts';
import type { Act } from '../act.ts';
import type { Db } from '../db/client.ts';
import { ledger } from '../db/schema.ts';
import type { KeyedCall } from '../http/idempotency.ts';
import type { Refusal } from '../http/refuse.ts';

/** Minor units, of `loyalty` points. */
const Units = z.int().min(0).max(1_000_000_000_000);
const Text = z.string().min(1).max(200);
const METHOD_CHARACTERS_MAX = 64;

export const LedgerRow = z.object({
  id: LedgerId,
  kind: LedgerKind,
  currency: Currency,
  last4: z.string(),
  label: z.string().nullable(),
  created_at: Instant,
});
export type LedgerRow = z.infer<typeof LedgerRow>;

export const CreateLedger = z.strictObject({
  kind: LedgerKind,
  /** A card's number, a customer's telephone: 8 to 64 characters. Only a gift card may come without: one is made. */
  code: z.string().max(128).optional(),
  currency: Currency,
  /** What is on it at once; of credit what is owed already. */
  opening: Units.default(0),
  /** Only of credit, which needs one. */
  limit: Units.optional(),
  /** Only of loyalty; absent: one minor unit. */
  minor_per_point: PointValue.optional(),
  /** Whose it is. */
  label: z.string().min(1).max(100).optional(),
});
export type CreateLedger = z.infer<typeof CreateLedger>;

/** `code` only where it was made here, and only in this answer. */
export const NewLedger = LedgerView.extend({
  label: z.string().nullable(),
  created_at: Instant,
  code: z.string().optional(),
});
export type NewLedger = z.infer<typeof NewLedger>;

export const LedgerDetail = LedgerView.extend({
  label: z.string().nullable(),
  created_at: Instant,
  journal: z.object({ data: z.array(JournalEntry), has_more: z.boolean() }),
  /** Only of credit, the newest first. */
  sales: z.array(CreditSale),
  repayments: z.array(Repayment),
});

export const TopUp = z.strictObject({
  units: Units.min(1),
  /** How it was paid. */
  method: z.string().min(1).max(METHOD_CHARACTERS_MAX),
  reference: Text.optional(),
});
export const Adjustment = z.strictObject({
  units: z
    .int()
    .min(-1_000_000_000_000)
    .max(1_000_000_000_000)
    .refine((units) => units !== 0, 'must not be 0'),
  reason: z.string().min(1).max(500),
});
export const CreateRepayment = z.strictObject({
  amount: Units.min(1),
  method: z.string().min(1).max(METHOD_CHARACTERS_MAX),
  reference: Text.optional(),
  /** `pending`: announced, as by UPI; it lowers the debt when it is captured. */
  status: z.enum(['pending', 'captured']),
});
export const LedgerTerms = z.strictObject({
  limit: Units.optional(),
  status: z.enum(['active', 'blocked']).optional(),
});

/** What was posted, and the account as it then stood. */
export const LedgerPosted = z.object({ id: z.string(), ledger: LedgerView });
export type LedgerPosted = z.infer<typeof LedgerPosted>;
export const LedgerRepaid = z.object({ repayment: Repayment, ledger: LedgerView });
export type LedgerRepaid = z.infer<typeof LedgerRepaid>;

export const LEDGER_COLUMNS = {
  id: ledger.id,
  kind: ledger.kind,
  currency: ledger.currency,
  last4: ledger.last4,
  label: ledger.label,
  created_at: ledger.created_at,
};

/** Null: not there, or another retailer's. */
export async function findLedger(
  db: Db,
  retailer_id: RetailerId,
  id: LedgerId,
): Promise<(LedgerRow & { object_name: string }) | null> {
  const [row] = await db
    .select({ ...LEDGER_COLUMNS, object_name: ledger.object_name })
    .from(ledger)
    .where(and(eq(ledger.retailer_id, retailer_id), eq(ledger.id, id)));
  return row ?? null;
}

/**
 * The id of what a call makes. Under an idempotency key it is the same each time, so that a repeat finds the account
 * changed already even where the first call died before it could remember its answer.
 */
export function idOfCall(act: Act, prefix: string, call: KeyedCall | null): string {
  if (call === null) return act.freshId(prefix);
  const { retailer_id, principal, route, key } = call;
  const digest = sha256Hex(`${prefix}\n${retailer_id}\n${principal}\n${route}\n${key}`);
  const bytes = Uint8Array.from({ length: 16 }, (_, i) =>
    Number.parseInt(digest.slice(2 * i, 2 * i + 2), 16),
  );
  return `${prefix}_${uuidFromDigest(bytes)}`;
}

const REFUSALS: Record<LedgerRefusal['code'] | 'already_settled', Refusal> = {
  not_found: { code: 'not_found' },
  key_reuse: { code: 'idempotency_key_reuse' },
  insufficient_funds: { code: 'insufficient_funds' },
  wrong_kind: { code: 'conflict', detail: 'Accounts of this kind know no such thing.' },
  already_settled: { code: 'conflict', detail: 'The repayment was settled otherwise.' },
  amount_too_large: { code: 'conflict', detail: 'That is more than there is.' },
  not_captured: { code: 'conflict', detail: 'Nothing was taken yet.' },
};

/** Asks an account; one that does not answer is unavailable, and the call may be made again under its key. */
export async function askLedger<T>(
  question: () => Promise<Result<T, { code: keyof typeof REFUSALS }>>,
): Promise<Result<T, Refusal>> {
  const answer = await question().catch(() => null);
  if (answer === null)
    return err({ code: 'store_unavailable', detail: 'The account cannot be reached right now.' });
  return answer.ok ? answer : err(REFUSALS[answer.error.code]);
}
