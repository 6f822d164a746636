import { uuidv7 } from '../shared/ids/index.ts';
import type { Principal } from './staff/principal.ts';

/** One call that changes something: who, when, and where new ids come from. */
export interface Act {
  principal: Principal;
  request_id: string;
  now_ms: number;
  /** UTC ISO 8601 with milliseconds. */
  now: string;
  /** `prefix_` and a new UUID version 7. */
  freshId(prefix: string): string;
}

const RANDOM_BYTES = 10;

/** `random` fills the bytes it is given. */
export function actOf(
  principal: Principal,
  request_id: string,
  now_ms: number,
  random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array,
): Act {
  return {
    principal,
    request_id,
    now_ms,
    now: new Date(now_ms).toISOString(),
    freshId: (prefix) => `${prefix}_${uuidv7(now_ms, random(new Uint8Array(RANDOM_BYTES)))}`,
  };
}
