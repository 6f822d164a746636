import { businessDate, offsetDateTime } from '../../shared/basket/business_date.ts';
import type { OrderId } from '../../shared/ids/index.ts';
import type { PoslogFacts, PoslogNumber } from '../../shared/poslog/facts.ts';
import type { Scope } from './scope.ts';
import { type AllocatedFor, allocatedFor, allocateOnce, closeAsVoid } from './series.ts';

/** Shoppers' phones are one kind of device and sell at one register. */
const SCAN_AND_GO = 'scan_and_go';

type Counting = Pick<Scope, 'sql' | 'config' | 'now'>;

/**
 * The POSLog number of an order's sale or of one of its refunds, given once. `device_id`: the device that sells or
 * pays back; absent: the shopper's phone.
 */
export function poslogNumber(
  scope: Counting,
  wanted: { order_id: OrderId; purpose: 'sale' | 'void' | `refund:${string}`; device_id?: string },
): PoslogNumber {
  const { device_id, ...what } = wanted;
  return asNumber(allocateOnce(scope, { ...what, ...placeOf(scope, device_id) }));
}

/** The number of an order that was given up: the one it had reserved, else a new one where the store numbers voids. */
export function voidNumber(scope: Counting, order_id: OrderId): PoslogNumber | null {
  closeAsVoid(scope, order_id);
  const known = allocatedFor(scope, order_id, 'void');
  if (known !== null) return asNumber(known);
  if (!scope.config.policies.order.numbers.poslog.voids) return null;
  return poslogNumber(scope, { order_id, purpose: 'void' });
}

/** Which series counts, and under which workstation: only a device's own series names the device. */
function placeOf({ config }: Counting, device_id: string | undefined): { of: string; workstation: string } {
  const { scope, register } = config.policies.order.numbers.poslog;
  if (scope === 'store') return { of: '', workstation: register };
  if (scope === 'device') return { of: device_id ?? SCAN_AND_GO, workstation: device_id ?? register };
  const kind = config.devices.find(({ id }) => id === device_id)?.kind;
  return { of: kind ?? SCAN_AND_GO, workstation: register };
}

const asNumber = ({ value, epoch, workstation }: AllocatedFor): PoslogNumber => ({
  number: value,
  epoch,
  workstation,
});

/** What the transaction of a number says beside its order. Instants are milliseconds since 1970. */
export function poslogFacts(
  { config }: Pick<Scope, 'config'>,
  number: PoslogNumber,
  times: { began: number; ended: number },
): PoslogFacts {
  const { numbers, business_date_offset_min } = config.policies.order;
  return {
    ...number,
    operator: numbers.poslog.operator,
    store_code: numbers.poslog.store_code ?? config.store_id,
    business_date: businessDate(times.ended, config.timezone, business_date_offset_min),
    began_at: offsetDateTime(times.began, config.timezone),
    ended_at: offsetDateTime(times.ended, config.timezone),
    training: config.demo,
    prices_include_tax: config.prices_include_tax,
  };
}
