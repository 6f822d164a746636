import { createRoute } from '@hono/zod-openapi';
import { AskLedgerBalance, LedgerBalance } from '../../../shared/api/shopper.ts';
import { ledgerName, readAccountCode } from '../../../shared/ledger/code.ts';
import type { App } from '../context.ts';
import { jsonAnswer, jsonBody, WRITE_REFUSALS } from '../describe.ts';
import { limitGuesses } from '../limit_guesses.ts';
import { ownStore } from '../own_store.ts';
import { refuse } from '../refuse.ts';
import { forRoles } from '../require_role.ts';

const ask = createRoute({
  ...forRoles('shopper'),
  method: 'post',
  path: '/v1/ledger_balances',
  tags: ['Payments'],
  summary: 'What a gift card, points or a budget code still pays',
  description:
    'The code travels in the body, never in an address. Few questions a minute; a wrong code is 404.',
  request: { body: jsonBody(AskLedgerBalance) },
  responses: { 200: jsonAnswer(LedgerBalance, 'What is available now'), ...WRITE_REFUSALS },
});

export function ledgerBalances(app: App): void {
  app.openapi(ask, async (c) => {
    if ((await ownStore(c)) === null) return refuse(c, 'unknown_store');
    const tooMany = limitGuesses(c);
    if (tooMany !== null) return tooMany;
    const { kind, account } = c.req.valid('json');
    const code = readAccountCode(account);
    if (!code.ok) return refuse(c, 'not_found');
    const name = ledgerName(c.get('claims').retailer, kind, code.value);
    const view = await c.env.LEDGER.getByName(name).view();
    if (view === null) return refuse(c, 'not_found');
    const { currency, available, available_amount } = view;
    const points = kind === 'loyalty' ? { points: available } : {};
    return c.json({ kind, currency, available: available_amount, ...points }, 200);
  });
}
