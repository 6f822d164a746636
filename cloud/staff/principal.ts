import type { Claims, Role } from '../../shared/auth/claims.ts';
import type { RetailerId, StoreId } from '../../shared/ids/index.ts';

/** Who calls, from a token whose signature and whose account were checked. */
export interface Principal {
  /** The member of staff, device or service token. */
  id: string;
  role: Role;
  retailer_id: RetailerId;
  /** Null: every store of the retailer. */
  store_id: StoreId | null;
  /** An account of a demo seed: what it makes is demo too. */
  demo: boolean;
  claims: Claims;
}

/** Whether a store of the caller's own retailer is within the caller's reach. */
export const reachesStore = (principal: Principal, storeId: string): boolean =>
  principal.store_id === null || principal.store_id === storeId;
