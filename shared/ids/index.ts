import { z } from 'zod';

/**
 * Prefixed, time-sortable ids: `ord_` + UUID (version 7 where we make it, version 8 where it is derived
 * from an idempotency key). One trip has one UUID: its basket, order and payments share it, so that the
 * object of an order or payment is found without asking a database.
 */
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

const id = <P extends string>(prefix: P) =>
  z.string().regex(new RegExp(`^${prefix}_${UUID}$`), `expected ${prefix}_ and a UUID`);

export const RetailerId = id('ret').brand<'RetailerId'>();
export const StoreId = id('str').brand<'StoreId'>();
export const ItemId = id('itm').brand<'ItemId'>();
export const PromotionId = z.string().min(1).max(128).brand<'PromotionId'>();
export const ShopperId = id('shp').brand<'ShopperId'>();
export const StaffId = id('stf').brand<'StaffId'>();
export const BasketId = id('bsk').brand<'BasketId'>();
export const OrderId = id('ord').brand<'OrderId'>();
export const PaymentId = z
  .string()
  .regex(new RegExp(`^pay_${UUID}_[1-9][0-9]{0,3}$`), 'expected a payment id')
  .brand<'PaymentId'>();
/** A movement of money back; `rfl_` is its part on one payment. */
export const RefundId = id('ref').brand<'RefundId'>();
/** An account of the store's own money: a gift card, points, credit, a budget. */
export const LedgerId = id('lgr').brand<'LedgerId'>();
/** A card that a provider keeps for a shopper. */
export const SavedCardId = id('crd').brand<'SavedCardId'>();
export const LineId = z
  .string()
  .regex(/^lin_[0-9]{1,6}$/, 'expected a line id')
  .brand<'LineId'>();
/** Gates, readers, printers, kiosks and agents: `gat_`, `rdr_`, `prn_`, `ksk_`, `agt_`. */
export const DeviceId = z
  .string()
  .regex(new RegExp(`^(gat|rdr|prn|ksk|agt)_${UUID}$`), 'expected a device id')
  .brand<'DeviceId'>();
export const PrintJobId = id('prj').brand<'PrintJobId'>();
/** A paper that a printer without an agent fetches from the edge. */
export const CloudPrintJobId = id('cpj').brand<'CloudPrintJobId'>();
export const AlarmId = id('alm').brand<'AlarmId'>();
export const CommandId = id('cmd').brand<'CommandId'>();
export const VendorDeliveryId = id('vdl').brand<'VendorDeliveryId'>();

export type RetailerId = z.infer<typeof RetailerId>;
export type StoreId = z.infer<typeof StoreId>;
export type ItemId = z.infer<typeof ItemId>;
export type PromotionId = z.infer<typeof PromotionId>;
export type ShopperId = z.infer<typeof ShopperId>;
export type StaffId = z.infer<typeof StaffId>;
export type BasketId = z.infer<typeof BasketId>;
export type OrderId = z.infer<typeof OrderId>;
export type PaymentId = z.infer<typeof PaymentId>;
export type RefundId = z.infer<typeof RefundId>;
export type LedgerId = z.infer<typeof LedgerId>;
export type SavedCardId = z.infer<typeof SavedCardId>;
export type LineId = z.infer<typeof LineId>;
export type DeviceId = z.infer<typeof DeviceId>;
export type PrintJobId = z.infer<typeof PrintJobId>;
export type CloudPrintJobId = z.infer<typeof CloudPrintJobId>;
export type CommandId = z.infer<typeof CommandId>;
export type VendorDeliveryId = z.infer<typeof VendorDeliveryId>;

const UNIX_MS_MAX = 2 ** 48 - 1;

/** RFC 9562 section 5.7: 48 bits of Unix milliseconds, then 74 random bits. `random` gives 10 bytes. */
export function uuidv7(nowMs: number, random: Uint8Array): string {
  if (random.length !== 10) throw new Error('uuidv7 needs 10 random bytes');
  if (!(nowMs >= 0 && nowMs <= UNIX_MS_MAX)) throw new Error('uuidv7 needs a time of 48 bits');
  const bytes = new Uint8Array(16);
  let rest = nowMs;
  for (let i = 5; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes.set(random, 6);
  return format(bytes, 7);
}

/** RFC 9562 section 5.8: an application-defined UUID, here the head of a digest. `digest` gives 16 bytes or more. */
export function uuidFromDigest(digest: Uint8Array): string {
  if (digest.length < 16) throw new Error('uuidFromDigest needs 16 bytes');
  return format(digest.slice(0, 16), 8);
}

function format(bytes: Uint8Array, version: number): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const uuidOf = (prefixed: string): string =>
  prefixed.slice(prefixed.indexOf('_') + 1, prefixed.indexOf('_') + 37);

export const orderIdOf = (basket: BasketId): OrderId => OrderId.parse(`ord_${uuidOf(basket)}`);
export const basketIdOfOrder = (order: OrderId): BasketId => BasketId.parse(`bsk_${uuidOf(order)}`);
export const basketIdOfPayment = (payment: PaymentId): BasketId => BasketId.parse(`bsk_${uuidOf(payment)}`);
export const paymentIdOf = (basket: BasketId, attempt: number): PaymentId =>
  PaymentId.parse(`pay_${uuidOf(basket)}_${attempt}`);
