import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { OrderId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { StoryStep } from '../../shared/rpc/story.ts';
import { orderRow } from '../db/schema.ts';
import type { Refusal } from '../http/refuse.ts';
import { askOrder, type RefundDesk } from '../refund/ask_order.ts';
import { refundStaff } from '../refund/staff.ts';
import { reachable } from './order.ts';
import { namesOf } from './people.ts';
import { type StoryEntry, staffIn, storyText } from './story_text.ts';

/** Every step of an order's trip in words, oldest first; what a till sold by itself has no trip and no story. */
export async function storyOf(desk: RefundDesk, orderId: OrderId): Promise<Result<StoryEntry[], Refusal>> {
  const { db, principal } = desk;
  const [row] = await db
    .select({ currency: orderRow.currency })
    .from(orderRow)
    .where(and(reachable(principal), eq(orderRow.id, orderId)));
  if (row === undefined) return err({ code: 'not_found' });
  const staff = refundStaff(principal);
  const asked = await askOrder(desk, orderId, (basket) => basket.story(staff));
  if (!asked.ok) return asked.error.code === 'not_refundable_here' ? ok([]) : asked;
  const steps = z.array(StoryStep).parse(asked.value);
  const names = await namesOf(db, principal.retailer_id, staffIn(steps));
  return ok(storyText(steps, row.currency, names));
}
