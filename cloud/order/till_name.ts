import type { Till } from '../../shared/api/order.ts';

/** How staff call a till: by the name they gave it, with the register that stands in its numbers. */
export function tillName({ device_name, register, device_id }: Till): string {
  const short = register === null ? null : `K${register}`;
  if (device_name === null) return short ?? device_id;
  return short === null ? device_name : `${device_name} (${short})`;
}
