import type { RefundStaff } from '../../shared/rpc/refunds.ts';
import type { Call, StaffCall } from './port.ts';

/** A call of a person whom the cloud knows. It handles no payments, so it has no origin of its own. */
export const staffCall = (
  { id, role, retailer_id, store_id }: RefundStaff,
  key: Call['idempotency'] | null = null,
): StaffCall => ({
  caller: { kind: 'staff', staff_id: id, role, retailer_id, store_id },
  origin: '',
  ...(key === null ? {} : { idempotency: key }),
});
