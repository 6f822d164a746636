import { z } from 'zod';
import { BasketStatus } from '../../shared/api/basket.ts';
import { PaymentStatus } from '../../shared/api/order.ts';
import { LineCharge } from '../../shared/basket/charge.ts';
import type { PricedBasket } from '../../shared/basket/price.ts';
import { Item } from '../../shared/catalog/item.ts';
import { BasketId, DeviceId, LineId, OrderId, PaymentId } from '../../shared/ids/index.ts';
import { DeviceNumber, OfflineApproval, OfflinePayment } from '../../shared/offline/document.ts';

/** One line as it was scanned: `item` is the snapshot that it is priced with, `code` the text as it came. */
const TripLine = z.object({
  n: z.int().min(1),
  line_id: LineId,
  item: Item,
  code: z.string(),
  gtin: z.string().nullable(),
  epc: z.string().nullable(),
  quantity: z.int().min(1),
  charge: LineCharge.nullable(),
  /** Absent: `item`. A deposit was never scanned: its code is empty. */
  kind: z.enum(['item', 'addon', 'deposit']).optional(),
  parent_line_id: LineId.nullable().optional(),
  per_parent: z.int().min(1).nullable().optional(),
});
export type TripLine = z.infer<typeof TripLine>;

/** A tender of the order. `paid` is what the sale will say of it; null while it is not known or was refused. */
const TripPayment = z.object({
  id: PaymentId,
  gateway: z.string(),
  method: z.string(),
  status: PaymentStatus,
  amount: z.int(),
  paid: OfflinePayment.nullable(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  created_at: z.int(),
  updated_at: z.int(),
});
export type TripPayment = z.infer<typeof TripPayment>;

const TripOrder = z.object({
  order_id: OrderId,
  number: DeviceNumber,
  status: z.enum(['created', 'completed', 'cancelled']),
  opened_at: z.int(),
  completed_at: z.int().nullable(),
  payments: z.array(TripPayment),
});
export type TripOrder = z.infer<typeof TripOrder>;

/** What it was priced with; written and read by this build alone, so its shape is the pricing's own. */
const Priced = z.custom<PricedBasket>((value) => typeof value === 'object' && value !== null);

/** A shopping trip at a till, from the first scan to the paper. Times are milliseconds since 1970. */
export const Trip = z.object({
  basket_id: BasketId,
  device_id: DeviceId,
  currency: z.string(),
  status: BasketStatus,
  lines: z.array(TripLine),
  lines_made: z.int(),
  priced: Priced,
  shelf_version: z.int(),
  catalog_version: z.int(),
  config_version: z.int(),
  approvals: z.array(OfflineApproval),
  started_at: z.int(),
  updated_at: z.int(),
  /** An open basket ends then, an order that nobody pays for too. */
  due_at: z.int(),
  order: TripOrder.nullable(),
});
export type Trip = z.infer<typeof Trip>;
