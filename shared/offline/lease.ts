import { z } from 'zod';
import { DeviceId } from '../ids/index.ts';
import { err, ok, type Result } from '../result.ts';

/** A device's series runs from 1 to this and then begins again in the next epoch. */
export const NUMBER_VALUE_MAX = 999_999;
export const LEASE_COUNT_MAX = 10_000;
const NUMBER_DIGITS = 6;

/**
 * A block of numbers that only one device may give out. Blocks of a device never overlap within an epoch, so
 * the device numbers its sales alone; every value ends as a sale or as a void.
 */
export const NumberLease = z.strictObject({
  lease_id: z.string().min(1).max(64),
  device_id: DeviceId,
  /** The device's short number in its store, for the paper; given once and never again to another. */
  register: z.int().min(1),
  epoch: z.int().min(0),
  /** Both ends included. */
  from: z.int().min(1).max(NUMBER_VALUE_MAX),
  to: z.int().min(1).max(NUMBER_VALUE_MAX),
});
export type NumberLease = z.infer<typeof NumberLease>;

/** A lease and the number that it gives next; `next` above `to`: it is used up. */
export interface HeldLease extends NumberLease {
  next: number;
}

/** Numbers that are left over all leases of a device. */
export const numbersLeft = (leases: readonly HeldLease[]): number =>
  leases.reduce((sum, { next, to }) => sum + Math.max(0, to - next + 1), 0);

/** The lease whose next number is taken: leases are used up in the order in which they were given. */
export function nextNumber(leases: readonly HeldLease[]): Result<HeldLease, { code: 'numbers_exhausted' }> {
  const lease = leases.find(({ next, to }) => next <= to);
  return lease === undefined ? err({ code: 'numbers_exhausted' }) : ok(lease);
}

/** How many to ask for, so that at least `size` are at hand again; 0 while more than `lowWater` are left. */
export function numbersToLease(
  leases: readonly HeldLease[],
  policy: { lease_size: number; lease_low_water: number },
): number {
  const left = numbersLeft(leases);
  return left > policy.lease_low_water ? 0 : Math.min(LEASE_COUNT_MAX, Math.max(1, policy.lease_size - left));
}

/** What a closed lease leaves over, to be reported as void; null where everything was given out. */
export const unusedOf = ({ next, to }: HeldLease): { from: number; to: number } | null =>
  next <= to ? { from: next, to } : null;

/** What stands on the paper: the store's prefix, the register, and a counter that grows by one an order. */
export function deviceNumberText(prefix: string, register: number, value: number): string {
  return `${prefix.replace(/-$/, '')}-K${register}-${String(value).padStart(NUMBER_DIGITS, '0')}`;
}
