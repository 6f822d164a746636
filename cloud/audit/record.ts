import type { RetailerId } from '../../shared/ids/index.ts';
import type { Act } from '../act.ts';
import type { Db, Statement } from '../db/client.ts';
import { auditLog } from '../db/schema.ts';

/** What the audit log calls a change. */
type AuditAction =
  | 'basket.check_accept'
  | 'basket.check_reject'
  | 'device.create'
  | 'device.enrol'
  | 'device.enrolment_code'
  | 'device.renew'
  | 'device.revoke'
  | 'device.rotate'
  | 'fulfilment_job.retry'
  | 'fulfilment_targets.put'
  | 'incident.acknowledge'
  | 'incident.resolve'
  | 'item.put'
  | 'ledger.adjust'
  | 'ledger.open'
  | 'ledger.repayment'
  | 'ledger.repayment_captured'
  | 'ledger.repayment_failed'
  | 'ledger.terms'
  | 'ledger.top_up'
  | 'promotion.bulk'
  | 'promotion.create'
  | 'promotion.import'
  | 'promotion.put'
  | 'promotion.unlink'
  | 'promotion.update'
  | 'order.review'
  | 'projection.rebuild'
  | 'refund.approve'
  | 'refund.reject'
  | 'refund.request'
  | 'refund.retry'
  | 'service_token.create'
  | 'service_token.revoke'
  | 'staff.close'
  | 'staff.create'
  | 'store.create'
  | 'store.publish'
  | 'store.update'
  | 'tag.put'
  | 'webhook.replay';

/** Who changed something: a signed-in principal, or a device that enrols and has no token yet. */
type AuditedAct = Pick<Act, 'request_id' | 'now' | 'freshId'> & {
  principal: { id: string; role: string; retailer_id: RetailerId };
};

/** The audit row of a change, to be written in the batch of that change. `detail` holds no secret. */
export function audit(
  db: Db,
  act: AuditedAct,
  action: AuditAction,
  target: string,
  detail: Record<string, string | number> = {},
): Statement {
  const { principal, request_id, now } = act;
  const row = {
    retailer_id: principal.retailer_id,
    id: act.freshId('aud'),
    at: now,
    actor: principal.id,
    role: principal.role,
    action,
    target,
    detail: JSON.stringify(detail),
    request_id,
  };
  return db.insert(auditLog).values(row).toSQL();
}
