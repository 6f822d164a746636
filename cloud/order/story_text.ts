import { z } from 'zod';
import { formatMoney } from '../../shared/money/format.ts';
import type { StoryStep } from '../../shared/rpc/story.ts';
import { partName, SENTENCES, words } from './story_sentences.ts';
import { Detail, type KnownPayment } from './story_step.ts';

/** One step of a trip, in words; the instant stands beside it. */
export const StoryEntry = z.object({ at: z.string(), text: z.string(), payment_id: z.string().optional() });
export type StoryEntry = z.infer<typeof StoryEntry>;

/** The steps of a trip as sentences. `currency` null: bare minor units. `names`: staff by id. */
export function storyText(
  steps: readonly StoryStep[],
  currency: string | null,
  names: ReadonlyMap<string, string>,
): StoryEntry[] {
  const payments = new Map<string, KnownPayment>();
  const parts = new Map<string, { payment_id: string | undefined; name: string }>();
  const money = (minor: number | null | undefined): string =>
    minor == null ? 'a sum' : currency === null ? String(minor) : formatMoney(minor, currency);
  const who = (id: string | undefined): string => (id === undefined ? 'staff' : (names.get(id) ?? 'staff'));
  return steps.map(({ at, what, detail }) => {
    const known = Detail.parse(JSON.parse(detail));
    const { leg_refund_id } = known;
    if (what === 'refund_begun' && leg_refund_id !== undefined)
      parts.set(leg_refund_id, { payment_id: known.payment_id, name: partName(known, money(known.amount)) });
    const part = leg_refund_id === undefined ? undefined : parts.get(leg_refund_id);
    const payment_id = known.payment_id ?? part?.payment_id;
    const payment = (payment_id === undefined ? undefined : payments.get(payment_id)) ?? begun(known);
    if (payment_id !== undefined) payments.set(payment_id, payment);
    const telling = { at, payment, part: part?.name ?? 'the money', money, who };
    const said = SENTENCES[what]?.(known, telling) ?? words(what);
    if (what === 'capturing') payment.capturing = known.amount ?? null;
    return { at, text: said, ...(payment_id === undefined ? {} : { payment_id }) };
  });
}

const begun = ({ gateway, method, amount }: Detail): KnownPayment => ({
  ...{ gateway: gateway ?? '', method: method ?? 'payment', amount: amount ?? null },
  ...{ reserved: null, capturing: null, unanswered_at: null },
});

/** The members of staff that the steps name, to be looked up. */
export function staffIn(steps: readonly StoryStep[]): string[] {
  const ids = steps.flatMap(({ detail }) => {
    const { by, reviewer } = Detail.parse(JSON.parse(detail));
    return [by, reviewer].filter((id) => id !== undefined);
  });
  return [...new Set(ids)];
}
