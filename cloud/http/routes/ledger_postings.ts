import { z } from '@hono/zod-openapi';
import { LedgerId } from '../../../shared/ids/index.ts';
import { Adjustment, CreateRepayment, LedgerPosted, LedgerRepaid, TopUp } from '../../ledger/ledger.ts';
import { adjust, repay, settleRepayment, topUp } from '../../ledger/post.ts';
import { commitOnce, keyedCall } from '../commit.ts';
import type { App } from '../context.ts';
import { ADMIN, guardedWrite, IdempotencyHeader, jsonAnswer, jsonBody, STAFF } from '../route.ts';

const LedgerPath = z.object({ ledger_id: LedgerId });
const RepaymentPath = LedgerPath.extend({ repayment_id: z.string().max(128) });
const nothing = { required: false, content: { 'application/json': { schema: z.strictObject({}) } } };
const posted = { 201: jsonAnswer(LedgerPosted.openapi('LedgerPosted'), 'What was posted') };
const RepaidSchema = LedgerRepaid.openapi('LedgerRepaid');

const addTopUp = guardedWrite(STAFF, {
  method: 'post',
  path: '/v1/ledgers/{ledger_id}/top_ups',
  tags: ['Ledgers'],
  summary: 'Put money or points on an account',
  description: 'At a till, for what the customer has paid. Credit is repaid, not topped up.',
  request: { params: LedgerPath, headers: IdempotencyHeader, body: jsonBody(TopUp.openapi('TopUp')) },
  responses: posted,
});

const addAdjustment = guardedWrite(ADMIN, {
  method: 'post',
  path: '/v1/ledgers/{ledger_id}/adjustments',
  tags: ['Ledgers'],
  summary: 'Correct an account, with a reason',
  description:
    '`units` is what happens to the balance; of credit a negative one writes debt off. It takes nothing that is held.',
  request: {
    params: LedgerPath,
    headers: IdempotencyHeader,
    body: jsonBody(Adjustment.openapi('Adjustment')),
  },
  responses: posted,
});

const addRepayment = guardedWrite(STAFF, {
  method: 'post',
  path: '/v1/ledgers/{ledger_id}/repayments',
  tags: ['Ledgers'],
  summary: 'Note money that pays back credit',
  description:
    'The oldest sale is cleared first; what is over is an advance. A pending repayment lowers no debt until it is captured.',
  request: {
    params: LedgerPath,
    headers: IdempotencyHeader,
    body: jsonBody(CreateRepayment.openapi('CreateRepayment')),
  },
  responses: { 201: jsonAnswer(RepaidSchema, 'The repayment') },
});

const settle = (word: 'capture' | 'fail', summary: string) =>
  guardedWrite(STAFF, {
    method: 'post',
    path: `/v1/ledgers/{ledger_id}/repayments/{repayment_id}/${word}` as const,
    tags: ['Ledgers'],
    summary,
    request: { params: RepaymentPath, headers: IdempotencyHeader, body: nothing },
    responses: { 200: jsonAnswer(RepaidSchema, 'The repayment') },
  });
const captureRepayment = settle('capture', 'The money of a pending repayment has come');
const failRepayment = settle('fail', 'The money of a pending repayment will not come');

export function ledgerPostings(app: App): void {
  app.openapi(addTopUp, async (c) => {
    const call = await keyedCall(c);
    return commitOnce(c, LedgerPosted, 201, (db, act) =>
      topUp({ db, ledgers: c.env.LEDGER, act, call }, c.req.valid('param').ledger_id, c.req.valid('json')),
    );
  });
  app.openapi(addAdjustment, async (c) => {
    const call = await keyedCall(c);
    return commitOnce(c, LedgerPosted, 201, (db, act) =>
      adjust({ db, ledgers: c.env.LEDGER, act, call }, c.req.valid('param').ledger_id, c.req.valid('json')),
    );
  });
  app.openapi(addRepayment, async (c) => {
    const call = await keyedCall(c);
    return commitOnce(c, LedgerRepaid, 201, (db, act) =>
      repay({ db, ledgers: c.env.LEDGER, act, call }, c.req.valid('param').ledger_id, c.req.valid('json')),
    );
  });
  app.openapi(captureRepayment, (c) => {
    const { ledger_id, repayment_id } = c.req.valid('param');
    return commitOnce(c, LedgerRepaid, 200, (db, act) =>
      settleRepayment({ db, ledgers: c.env.LEDGER, act, call: null }, ledger_id, repayment_id, 'captured'),
    );
  });
  app.openapi(failRepayment, (c) => {
    const { ledger_id, repayment_id } = c.req.valid('param');
    return commitOnce(c, LedgerRepaid, 200, (db, act) =>
      settleRepayment({ db, ledgers: c.env.LEDGER, act, call: null }, ledger_id, repayment_id, 'failed'),
    );
  });
}
