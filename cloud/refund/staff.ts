import { RefundStaff } from '../../shared/rpc/refunds.ts';
import type { Principal } from '../staff/principal.ts';

/** The caller as an order's object knows her. The routes let only staff in. */
export const refundStaff = ({ id, role, retailer_id, store_id }: Principal): RefundStaff =>
  RefundStaff.parse({ id, role, retailer_id, store_id });
