import { z } from 'zod';
import type { Payment, Till } from '../../shared/api/order.ts';
import type { Refund } from '../../shared/api/refund.ts';
import { formatMoney } from '../../shared/money/format.ts';
import { tillName } from './till_name.ts';

/** One thing that happened to an order, in words; the instant stands beside it. */
export const TimelineEntry = z.object({ at: z.string(), text: z.string() });
export type TimelineEntry = z.infer<typeof TimelineEntry>;

export interface TimelineFacts {
  number: string;
  total: number | null;
  currency: string | null;
  items: number | null;
  created_at: string;
  completed_at: string | null;
  cancelled_at: string | null;
  cancel_reason: string | null;
  tags: number;
  fiscal_number: string | null;
  payments: readonly Payment[];
  refunds: readonly Refund[];
  /** Looks into the bag; `by` null: nobody came in time. */
  reviews?: readonly {
    result: 'verified' | 'failed';
    by: string | null;
    reason: string | null;
    at: string;
  }[];
  /** Steps of an order that is fetched later; `by` null: of somebody whose name is not known. */
  collection?: readonly {
    status: string;
    actor: 'staff' | 'shopper' | 'system';
    by: string | null;
    reason: string | null;
    at: string;
  }[];
  reports: readonly { kind: string; at: string; data: unknown }[];
  /** Absent: a shopper's phone. */
  till?: Till | null;
  /** Devices by id, so that a gate has a name. */
  names: ReadonlyMap<string, string>;
}

/** The order's history, oldest first. Entries of one instant stand in the order in which they follow. */
export function timelineOf(facts: TimelineFacts): TimelineEntry[] {
  const entries = [
    { at: facts.created_at, text: createdText(facts) },
    ...facts.payments.flatMap(paymentEntries),
    ...completedEntries(facts),
    ...(facts.cancelled_at === null
      ? []
      : [
          {
            at: facts.cancelled_at,
            text: `order cancelled: ${words(facts.cancel_reason ?? 'no reason given')}`,
          },
        ]),
    ...(facts.reviews ?? []).map(({ result, by, reason, at }) => ({
      at,
      text: reviewText(result, by, reason),
    })),
    ...(facts.collection ?? []).map((step, n, all) => ({
      at: step.at,
      text: collectionText(step, all[n - 1]),
    })),
    ...facts.refunds.flatMap(refundEntries),
    ...facts.reports.flatMap(({ kind, at, data }) => {
      const text = reportText(kind, data, facts.names);
      return text === null ? [] : [{ at, text }];
    }),
  ];
  // Stable: what stands first above comes first within one millisecond.
  return entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function createdText({ number, items, total, currency, till }: TimelineFacts): string {
  const what = items === null ? '' : `, ${counted(items, 'item')}`;
  const sum = total === null ? '' : `, ${amount(total, currency)}`;
  return `order ${number} ${soldBy(till)}${what}${sum}`;
}

const soldBy = (till: Till | null | undefined): string =>
  till == null
    ? 'created'
    : `sold${till.offline ? ' offline' : ''} by ${tillName(till)}, its no. ${till.device_seq}, business day ${till.business_date}`;

function paymentEntries(payment: Payment): TimelineEntry[] {
  const sum = amount(payment.amount, payment.currency);
  const through = `${words(payment.method)} by ${payment.gateway}`;
  const began = { at: payment.created_at, text: `payment of ${sum} begun: ${through}` };
  if (payment.status === 'waiting' || payment.status === 'pending' || payment.status === 'action_required')
    return [began];
  const why = payment.failure === undefined ? '' : `: ${payment.failure.message}`;
  return [began, { at: payment.updated_at, text: `${sum} ${words(payment.status)}, ${through}${why}` }];
}

function refundEntries(refund: Refund): TimelineEntry[] {
  const { kind, amount: asked, refunded, currency, reason, note, number, failure } = refund;
  const why = `${words(reason)}${note === '' ? '' : `, “${note}”`}`;
  const what = kind === 'goodwill' || kind === 'price_adjustment' ? `${words(kind)} of` : 'refund of';
  const begun = { at: refund.created_at, text: `${what} ${amount(asked, currency)} asked for: ${why}` };
  const verdicts = refund.approvals.map(({ at, verdict, role }) => ({
    at,
    text: `refund ${verdict} by ${role}`,
  }));
  const tags = refund.lines.reduce((sum, line) => sum + (line.return_to_stock ? line.epcs.length : 0), 0);
  const shelf = tags === 0 ? '' : `, ${counted(tags, 'tag')} back on the shelf`;
  const at = refund.completed_at ?? refund.updated_at;
  switch (refund.status) {
    case 'succeeded':
      return [
        ...[begun, ...verdicts],
        {
          at,
          text: `${amount(asked, currency)} refunded${number === null ? '' : `, refund ${number}`}${shelf}`,
        },
      ];
    case 'partially_succeeded':
      return [
        ...[begun, ...verdicts],
        { at, text: `only ${amount(refunded, currency)} of ${amount(asked, currency)} refunded` },
      ];
    case 'failed': {
      const failed = failure ?? refund.legs.findLast((leg) => leg.failure !== undefined)?.failure;
      const reasonOf = failed === undefined ? '' : `: ${failed.message || words(failed.code)}`;
      return [begun, ...verdicts, { at, text: `refund of ${amount(asked, currency)} failed${reasonOf}` }];
    }
    default:
      return [begun, ...verdicts];
  }
}

function completedEntries({ completed_at, tags, fiscal_number }: TimelineFacts): TimelineEntry[] {
  if (completed_at === null) return [];
  const fiscal = fiscal_number === null ? '' : `, fiscal number ${fiscal_number}`;
  const sold = tags === 0 ? [] : [{ at: completed_at, text: `${counted(tags, 'tag')} sold` }];
  return [{ at: completed_at, text: `sale committed${fiscal}` }, ...sold];
}

function reviewText(result: 'verified' | 'failed', by: string | null, reason: string | null): string {
  const why = reason === null ? '' : `: ${reason}`;
  if (by === null) return `the bag counts as checked: nobody came in time${why}`;
  return `${by} ${result === 'verified' ? 'checked the bag' : 'found the bag wrong'}${why}`;
}

type CollectionEntry = NonNullable<TimelineFacts['collection']>[number];

/** A step that leads nowhere else took lines out of the order. */
function collectionText(
  { status, actor, by, reason }: CollectionEntry,
  before: CollectionEntry | undefined,
): string {
  const who = actor === 'staff' ? (by ?? 'staff') : actor === 'shopper' ? 'the shopper' : 'the clock';
  const why = reason === null ? '' : `: ${reason}`;
  if (before?.status === status) return `${who} rejected lines of the order${why}`;
  switch (status) {
    case 'created':
      return 'waits to be prepared for collection';
    case 'accepted':
      return `${who} accepted the order`;
    case 'ready_to_collect':
      return actor === 'system' ? 'ready to be collected' : `${who} made the order ready to be collected`;
    case 'collected':
      return `${who} handed the order over`;
    case 'rejected_store':
      return `${who} rejected the order${why}`;
    case 'rejected_customer':
      return `${who} gave the order up${why}`;
    default:
      return actor === 'system'
        ? `nobody came for the order in time${why}`
        : `${who} found that nobody came${why}`;
  }
}

const ReportData = z.looseObject({
  gate_id: z.string().optional().catch(undefined),
  printer_id: z.string().optional().catch(undefined),
  reason: z.string().optional().catch(undefined),
});

function reportText(kind: string, data: unknown, names: ReadonlyMap<string, string>): string | null {
  const parsed = ReportData.safeParse(data);
  const { gate_id, printer_id, reason } = parsed.success ? parsed.data : {};
  const gate = (gate_id === undefined ? undefined : names.get(gate_id)) ?? 'gate';
  const why = reason === undefined ? '' : `: ${words(reason)}`;
  switch (kind) {
    case 'gate.open':
      return `${gate} opened`;
    case 'gate.alarm':
      return `${gate} gave the alarm${why}`;
    case 'gate.cleared':
      return `the alarm at ${gate} was resolved`;
    case 'exit_pass.accepted':
      return 'exit pass accepted';
    case 'exit_pass.refused':
      return `exit pass refused${why}`;
    case 'print':
      return `receipt printed by ${(printer_id === undefined ? undefined : names.get(printer_id)) ?? 'a printer'}`;
    default:
      return null;
  }
}

const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
const words = (code: string): string => code.replaceAll('_', ' ');

/** Without a currency an amount is a bare number of minor units; with one it reads as on the receipt. */
const amount = (minor: number, currency: string | null): string =>
  currency === null ? String(minor) : formatMoney(minor, currency);
