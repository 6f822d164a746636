import { and, eq } from 'drizzle-orm';
import { LedgerId, uuidFromDigest } from '../../shared/ids/index.ts';
import {
  last4Of,
  ledgerName,
  MADE_CODE_RANDOM_BYTES,
  makeCardCode,
  readAccountCode,
} from '../../shared/ledger/code.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import type { Db } from '../db/client.ts';
import { ledger } from '../db/schema.ts';
import type { Effect } from '../effect.ts';
import type { LedgerNamespace } from '../env.ts';
import type { Refusal } from '../http/refuse.ts';
import { askLedger, type CreateLedger, type NewLedger } from './ledger.ts';

const TAKEN: Refusal = { code: 'conflict', detail: 'There is an account with this code already.' };

/**
 * Opens an account: first its object, then its row here. Its id follows from its code, so that a call that died in
 * between is simply made again and finds the object opened.
 */
export async function openLedger(
  db: Db,
  ledgers: LedgerNamespace,
  act: Act,
  create: CreateLedger,
  random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array,
): Promise<Result<Effect<NewLedger>, Refusal>> {
  const wrong = contradiction(create);
  if (wrong !== null) return err({ code: 'invalid', errors: [wrong] });
  const made =
    create.code === undefined ? makeCardCode(random(new Uint8Array(MADE_CODE_RANDOM_BYTES))) : null;
  const code = readAccountCode(create.code ?? made ?? '');
  if (!code.ok) return err({ code: 'invalid', errors: [BAD_CODE[code.error.code]] });

  const { retailer_id } = act.principal;
  const { kind, currency, opening, limit, minor_per_point, label = null } = create;
  const object_name = ledgerName(retailer_id, kind, code.value);
  const [known] = await db
    .select({ id: ledger.id })
    .from(ledger)
    .where(and(eq(ledger.retailer_id, retailer_id), eq(ledger.object_name, object_name)));
  if (known !== undefined) return err(TAKEN);

  const id = idOf(object_name);
  const last4 = last4Of(code.value);
  const opened = await askLedger(async () => {
    const answer = await ledgers.getByName(object_name).open({
      ...{ ledger_id: id, retailer_id, kind, currency, last4, opening, by: act.principal.id },
      limit: limit ?? 0,
      minor_per_point: minor_per_point ?? { numerator: 1, denominator: 1 },
    });
    return answer.ok ? answer : err({ code: 'key_reuse' as const });
  });
  if (!opened.ok) return opened;
  const row = { id, kind, currency, last4, label, created_at: act.now };
  return ok({
    body: { ...opened.value, label, created_at: act.now, ...(made === null ? {} : { code: made }) },
    statements: [
      db
        .insert(ledger)
        .values({ ...row, retailer_id, object_name })
        .toSQL(),
      audit(db, act, 'ledger.open', id, { kind, opening }),
    ],
    races: [
      { of: 'ledger.id', refusal: TAKEN },
      { of: 'ledger.object_name', refusal: TAKEN },
    ],
  });
}

/** From the digest in the object's name: the same account has the same id, however often it is opened. */
function idOf(object_name: string): LedgerId {
  const digest = object_name.slice(object_name.lastIndexOf('.') + 1);
  const bytes = Uint8Array.from({ length: 16 }, (_, i) =>
    Number.parseInt(digest.slice(2 * i, 2 * i + 2), 16),
  );
  return LedgerId.parse(`lgr_${uuidFromDigest(bytes)}`);
}

const BAD_CODE = {
  length: { path: '/code', code: 'length', message: 'expected 8 to 64 characters' },
  check_digit: { path: '/code', code: 'check_digit', message: 'a character is mistyped' },
};

function contradiction({ kind, code, limit, minor_per_point }: CreateLedger) {
  if (code === undefined && kind !== 'gift_card')
    return { path: '/code', code: 'required', message: 'only gift cards get a code made' };
  if ((limit !== undefined) !== (kind === 'credit'))
    return { path: '/limit', code: 'required', message: 'credit needs a limit, and nothing else has one' };
  if (minor_per_point !== undefined && kind !== 'loyalty')
    return { path: '/minor_per_point', code: 'unsupported', message: 'only points have a value' };
  return null;
}
