import { z } from 'zod';
import { EpcHex } from '../api/common.ts';
import { OrderId, StoreId } from '../ids/index.ts';

/**
 * What an exit pass says (compact JWS, EdDSA, typ `exit-pass+jwt`). Each EPC carries the revision that
 * sold it: an agent applies it only above the revision it knows, so a pass shown after a refund frees nothing.
 */
export const ExitPassClaims = z.object({
  iss: z.literal('sesame-edge'),
  aud: z.literal('sesame-exit'),
  jti: z.string().min(8).max(64),
  order: OrderId,
  number: z.string(),
  store: StoreId,
  epcs: z.array(z.tuple([EpcHex, z.number().int().positive()])).max(500),
  /** `staff`: the pass opens nothing before staff have looked into the bag; then there is a new one. Absent: none. */
  verify: z.enum(['none', 'staff']).optional(),
  iat: z.number().int(),
  exp: z.number().int(),
});
export type ExitPassClaims = z.infer<typeof ExitPassClaims>;

export const EXIT_PASS_TYP = 'exit-pass+jwt';
