import type { z } from 'zod';
import type { LedgerId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { LedgerForCloud, LedgerView } from '../../shared/rpc/ledger.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import type { Db } from '../db/client.ts';
import type { Effect } from '../effect.ts';
import type { LedgerNamespace } from '../env.ts';
import type { KeyedCall } from '../http/idempotency.ts';
import type { Refusal } from '../http/refuse.ts';
import {
  type Adjustment,
  askLedger,
  type CreateRepayment,
  findLedger,
  idOfCall,
  type LedgerPosted,
  type LedgerRepaid,
  type LedgerTerms,
  type TopUp,
} from './ledger.ts';

/**
 * What staff do to an account. The object decides and writes under an id of the call; then the audit row and the
 * remembered answer are written together. A call that died in between changes nothing more when it is repeated.
 */
interface Desk {
  db: Db;
  ledgers: LedgerNamespace;
  act: Act;
  /** The call under its idempotency key; null: it has none. */
  call: KeyedCall | null;
}
type Done<B> = Promise<Result<Effect<B>, Refusal>>;

export async function topUp(
  desk: Desk,
  id: LedgerId,
  { units, method, reference }: z.infer<typeof TopUp>,
): Done<LedgerPosted> {
  const object = await objectOf(desk, id);
  if (object === null) return err({ code: 'not_found' });
  const { act, call, db } = desk;
  const entry_id = idOfCall(act, 'lge', call);
  const note = reference === undefined ? method : `${method} ${reference}`;
  const posting = { entry_id, units, note, by: act.principal.id };
  const posted = await askLedger(() => object.topUp(posting));
  if (!posted.ok) return posted;
  const body = { id: entry_id, ledger: posted.value };
  return ok({ body, statements: [audit(db, act, 'ledger.top_up', id, { entry_id, units, method })] });
}

export async function adjust(
  desk: Desk,
  id: LedgerId,
  { units, reason }: z.infer<typeof Adjustment>,
): Done<LedgerPosted> {
  const object = await objectOf(desk, id);
  if (object === null) return err({ code: 'not_found' });
  const { act, call, db } = desk;
  const entry_id = idOfCall(act, 'lge', call);
  const posting = { entry_id, units, note: reason, by: act.principal.id };
  const posted = await askLedger(() => object.adjust(posting));
  if (!posted.ok) return posted;
  const body = { id: entry_id, ledger: posted.value };
  return ok({ body, statements: [audit(db, act, 'ledger.adjust', id, { entry_id, units, reason })] });
}

export async function repay(
  desk: Desk,
  id: LedgerId,
  { amount, method, reference = undefined, status }: z.infer<typeof CreateRepayment>,
): Done<LedgerRepaid> {
  const object = await objectOf(desk, id);
  if (object === null) return err({ code: 'not_found' });
  const { act, call, db } = desk;
  const repayment_id = idOfCall(act, 'rpy', call);
  const repaid = await askLedger(() =>
    object.beginRepayment({
      ...{ repayment_id, amount, method, status, by: act.principal.id },
      reference: reference ?? null,
    }),
  );
  if (!repaid.ok) return repaid;
  const detail = { repayment_id, amount, method, status };
  return ok({ body: repaidBody(repaid.value), statements: [audit(db, act, 'ledger.repayment', id, detail)] });
}

export async function settleRepayment(
  desk: Desk,
  id: LedgerId,
  repayment_id: string,
  status: 'captured' | 'failed',
): Done<LedgerRepaid> {
  const object = await objectOf(desk, id);
  if (object === null) return err({ code: 'not_found' });
  const { act, db } = desk;
  const word = { repayment_id, status, by: act.principal.id };
  const settled = await askLedger(() => object.settleRepayment(word));
  if (!settled.ok) return settled;
  const row = audit(db, act, `ledger.repayment_${status}`, id, { repayment_id });
  return ok({ body: repaidBody(settled.value), statements: [row] });
}

export async function setTerms(
  desk: Desk,
  id: LedgerId,
  terms: z.infer<typeof LedgerTerms>,
): Done<LedgerView> {
  const object = await objectOf(desk, id);
  if (object === null) return err({ code: 'not_found' });
  const { act, db } = desk;
  const set = await askLedger(() => object.setTerms(terms));
  if (!set.ok) return set;
  const detail = {
    ...(terms.limit === undefined ? {} : { limit: terms.limit }),
    ...(terms.status === undefined ? {} : { status: terms.status }),
  };
  return ok({ body: set.value, statements: [audit(db, act, 'ledger.terms', id, detail)] });
}

async function objectOf({ db, ledgers, act }: Desk, id: LedgerId): Promise<LedgerForCloud | null> {
  const found = await findLedger(db, act.principal.retailer_id, id);
  return found === null ? null : ledgers.getByName(found.object_name);
}

const repaidBody = ({
  repayment,
  view,
}: {
  repayment: LedgerRepaid['repayment'];
  view: LedgerView;
}): LedgerRepaid => ({ repayment, ledger: view });
