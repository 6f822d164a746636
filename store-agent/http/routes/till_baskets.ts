import { createRoute, z } from '@hono/zod-openapi';
import { Basket, ChangeLine, CreateBasket, Scan, ScanAnswer } from '../../../shared/api/basket.ts';
import { BasketId, LineId } from '../../../shared/ids/index.ts';
import { requireRole } from '../auth.ts';
import type { AgentParts, App } from '../context.ts';
import {
  BEARER,
  BODY_REFUSALS,
  CONFLICT,
  DISK_FULL,
  idempotent,
  jsonAnswer,
  jsonBody,
  NOT_FOUND,
  TOKEN_REFUSALS,
  UNREADABLE,
} from '../describe.ts';
import { onceOnly } from '../once.ts';
import { refuse } from '../refuse.ts';
import { callerOf, TILL_ROLES } from '../till_caller.ts';

const BasketPath = z.object({ basket_id: BasketId });
const LinePath = BasketPath.extend({ line_id: LineId });

/** The shopper's basket calls, in the same shapes as at the edge, from the agent's own state. */
export function tillBaskets(app: App, parts: AgentParts): void {
  const once = onceOnly(parts);
  const { till } = parts;
  const common = { tags: ['Till'], security: BEARER, middleware: [requireRole(parts, TILL_ROLES)] };
  const refusals = { ...TOKEN_REFUSALS, ...NOT_FOUND, ...BODY_REFUSALS, ...CONFLICT, ...DISK_FULL };

  const create = createRoute({
    ...common,
    method: 'post',
    path: '/v1/baskets',
    summary: 'Open a basket at this till',
    request: { headers: idempotent, body: jsonBody(CreateBasket) },
    responses: { 201: jsonAnswer(Basket, 'The empty basket'), ...refusals },
  });
  const read = createRoute({
    ...common,
    method: 'get',
    path: '/v1/baskets/{basket_id}',
    summary: 'Read a basket',
    request: { params: BasketPath, query: z.object({ include: z.enum(['explanation']).optional() }) },
    responses: {
      200: jsonAnswer(Basket, 'The basket'),
      ...TOKEN_REFUSALS,
      ...NOT_FOUND,
      ...UNREADABLE,
    },
  });
  const scan = createRoute({
    ...common,
    method: 'post',
    path: '/v1/baskets/{basket_id}/scans',
    summary: 'Scan a code or a tag into the basket',
    request: { params: BasketPath, headers: idempotent, body: jsonBody(Scan) },
    responses: { 200: jsonAnswer(ScanAnswer, 'The line and the whole basket'), ...refusals },
  });
  const change = createRoute({
    ...common,
    method: 'patch',
    path: '/v1/baskets/{basket_id}/lines/{line_id}',
    summary: 'Set the quantity of a line; 0 removes it',
    request: { params: LinePath, body: jsonBody(ChangeLine) },
    responses: { 200: jsonAnswer(Basket, 'The basket'), ...refusals },
  });
  const remove = createRoute({
    ...common,
    method: 'delete',
    path: '/v1/baskets/{basket_id}/lines/{line_id}',
    summary: 'Take a line out of the basket',
    request: { params: LinePath },
    responses: { 200: jsonAnswer(Basket, 'The basket'), ...refusals },
  });
  const approve = createRoute({
    ...common,
    method: 'post',
    path: '/v1/baskets/{basket_id}/approvals',
    summary: 'Staff have checked the age that this basket needs',
    description: 'Only with a staff token; it counts until the basket needs a higher age.',
    request: { params: BasketPath },
    responses: { 200: jsonAnswer(Basket, 'The basket'), ...refusals },
  });

  app.openapi(create, (c) =>
    once(c, (remember) => {
      if (c.req.valid('json').store_id !== parts.config.store_id) return refuse(c, 'unknown_store');
      const basket = till.createBasket(callerOf(c, parts), (tables, answer) => remember(tables, 201, answer));
      return basket.ok ? c.json(basket.value, 201) : refuse(c, basket.error.code, basket.error);
    }),
  );
  app.openapi(read, (c) => {
    const explained = c.req.valid('query').include === 'explanation';
    const basket = till.readBasket(callerOf(c, parts), c.req.valid('param').basket_id, { explained });
    return basket.ok ? c.json(basket.value, 200) : refuse(c, basket.error.code, basket.error);
  });
  app.openapi(scan, (c) =>
    once(c, (remember) => {
      const { basket_id } = c.req.valid('param');
      const scanned = till.scan(callerOf(c, parts), basket_id, c.req.valid('json'), (tables, answer) =>
        remember(tables, 200, answer),
      );
      return scanned.ok ? c.json(scanned.value, 200) : refuse(c, scanned.error.code, scanned.error);
    }),
  );
  app.openapi(change, (c) => {
    const { basket_id, line_id } = c.req.valid('param');
    const { quantity } = c.req.valid('json');
    const basket = till.changeLine(callerOf(c, parts), basket_id, { line_id, quantity });
    return basket.ok ? c.json(basket.value, 200) : refuse(c, basket.error.code, basket.error);
  });
  app.openapi(remove, (c) => {
    const { basket_id, line_id } = c.req.valid('param');
    const basket = till.changeLine(callerOf(c, parts), basket_id, { line_id, quantity: 0 });
    return basket.ok ? c.json(basket.value, 200) : refuse(c, basket.error.code, basket.error);
  });
  app.openapi(approve, (c) => {
    const basket = till.approve(callerOf(c, parts), c.req.valid('param').basket_id);
    return basket.ok ? c.json(basket.value, 200) : refuse(c, basket.error.code, basket.error);
  });
}
