import type { Role } from '../../shared/auth/claims.ts';
import { DeviceId } from '../../shared/ids/index.ts';
import type { Caller } from '../till/context.ts';
import type { AgentParts, Ctx } from './context.ts';

/** Who may sell: a kiosk in its own name, staff at the till of the agent itself. */
export const TILL_ROLES: readonly Role[] = ['kiosk', 'admin', 'manager', 'cashier'];

/** To be called after `requireRole(parts, TILL_ROLES)`: a kiosk's token names its device, any other one staff. */
export function callerOf(c: Ctx, parts: AgentParts): Caller {
  const { role, sub } = c.get('claims');
  if (role === 'kiosk') return { device_id: DeviceId.parse(sub), staff_id: null };
  return { device_id: parts.config.agent_id, staff_id: sub };
}
