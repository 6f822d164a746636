import { z } from 'zod';
import type { Outcome } from '../gateway.ts';
import type { StripeClient } from './client.ts';
import { type Intent, outcomeOf } from './intent.ts';

/**
 * Stripe Terminal, driven by the server: the reader is given a PaymentIntent and works by itself; what becomes of
 * it stands in the intent and in the reader's action (Stripe's page "Collect card payments", server-driven).
 */
const Reader = z.object({
  id: z.string(),
  object: z.literal('terminal.reader'),
  action: z
    .object({
      type: z.string(),
      status: z.enum(['in_progress', 'succeeded', 'failed']),
      failure_code: z.string().nullish(),
      process_payment_intent: z
        .object({ payment_intent: z.union([z.string(), z.object({ id: z.string() })]) })
        .nullish(),
    })
    .nullish(),
});
type Reader = z.infer<typeof Reader>;

const pathOf = (terminal_id: string, verb?: string): string =>
  `terminal/readers/${encodeURIComponent(terminal_id)}${verb === undefined ? '' : `/${verb}`}`;

/** Hands a new intent to the reader. One that the reader never took stays without a card and takes no money. */
export async function onReader(
  client: StripeClient,
  payment_id: string,
  terminal_id: string,
  intent: Intent,
): Promise<Outcome> {
  const path = pathOf(terminal_id, 'process_payment_intent');
  const form = { payment_intent: intent.id };
  const answer = await client.post(Reader, path, form, `${payment_id}.process`);
  if (answer.ok) return followTerminal(intent.id);
  const { failure } = answer;
  // The reader may have been given the intent all the same.
  return failure.s === 'error' && failure.code === 'terminal_reader_timeout'
    ? { s: 'unknown', reason: 'timeout' }
    : failure;
}

/** As long as no card was taken, the reader knows more than the intent does. */
export async function readerOutcome(
  client: StripeClient,
  terminal_id: string,
  intent: Intent,
): Promise<Outcome> {
  const told = outcomeOf(intent);
  if (intent.status !== 'requires_payment_method' || told.s !== 'pending') return told;
  const answer = await client.get(Reader, pathOf(terminal_id));
  if (!answer.ok) return answer.failure;
  const { action } = answer.value;
  if (!isOf(answer.value, intent.id)) return { s: 'pending', reference: intent.id };
  if (action?.status !== 'failed') return followTerminal(intent.id);
  return {
    s: 'declined',
    code: action.failure_code ?? 'terminal_failed',
    message: 'The payment at the terminal failed.',
    reference: intent.id,
  };
}

/** Null: the reader asks for this card no more. Once a card is being charged, it cannot be stopped. */
export async function cancelReader(
  client: StripeClient,
  terminal_id: string,
  reference: string,
  key: string,
): Promise<Outcome | null> {
  const now = await client.get(Reader, pathOf(terminal_id));
  if (!now.ok) return now.failure;
  if (!isOf(now.value, reference) || now.value.action?.status !== 'in_progress') return null;
  const answer = await client.post(Reader, pathOf(terminal_id, 'cancel_action'), {}, `${key}.reader`);
  return answer.ok ? null : answer.failure;
}

function isOf({ action }: Reader, reference: string): boolean {
  const ours = action?.process_payment_intent?.payment_intent;
  return (typeof ours === 'string' ? ours : ours?.id) === reference;
}

const followTerminal = (reference: string): Outcome => ({
  s: 'action_required',
  action: { type: 'terminal' },
  reference,
});
