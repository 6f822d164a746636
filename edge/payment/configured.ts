import type { z } from 'zod';
import type { GatewayContext } from './gateway.ts';

/** Makes something of an account; null where its settings or credentials are not what its gateway needs. */
export const configured =
  <S, C, T>(
    settings: z.ZodType<S>,
    secrets: z.ZodType<C>,
    make: (ctx: GatewayContext, settings: S, secrets: C) => T | null,
  ): ((ctx: GatewayContext) => T | null) =>
  (ctx) => {
    const ours = settings.safeParse(ctx.account.settings ?? {});
    const credentials = secrets.safeParse(ctx.secrets);
    return ours.success && credentials.success ? make(ctx, ours.data, credentials.data) : null;
  };
