import { z } from 'zod';
import { Instant } from '../api/common.ts';
import { err, ok, type Result } from '../result.ts';

/** How far an order to be collected is. */
export const CollectionStatus = z.enum([
  'created',
  'accepted',
  'rejected_store',
  'ready_to_collect',
  'collected',
  'not_collected',
  'rejected_customer',
]);
export type CollectionStatus = z.infer<typeof CollectionStatus>;

export const CollectionActor = z.enum(['staff', 'shopper', 'system']);
export type CollectionActor = z.infer<typeof CollectionActor>;

/** One step of its history; `by` is the member of staff. */
export const CollectionStep = z.object({
  status: CollectionStatus,
  actor: CollectionActor,
  by: z.string().optional(),
  reason: z.string().optional(),
  at: Instant,
});
export type CollectionStep = z.infer<typeof CollectionStep>;

export const Collection = z.object({
  status: CollectionStatus,
  /** What the shopper shows when she comes; only she reads it. */
  token: z.string().optional(),
  /** Until when it is kept for her; null: it is not ready, or it is over. */
  hold_until: Instant.nullable(),
  /** Oldest first. */
  history: z.array(CollectionStep),
});
export type Collection = z.infer<typeof Collection>;

export type CollectionMove = 'accept' | 'reject' | 'ready' | 'collect' | 'not_collected' | 'cancel';

interface Move {
  from: readonly CollectionStatus[];
  to: CollectionStatus;
  actors: readonly CollectionActor[];
}

/** Who may do what, from where. The system makes an order ready by itself, and gives it up when nobody came. */
export const COLLECTION_MOVES: Readonly<Record<CollectionMove, Move>> = {
  accept: { from: ['created'], to: 'accepted', actors: ['staff'] },
  reject: { from: ['created', 'accepted'], to: 'rejected_store', actors: ['staff'] },
  ready: { from: ['accepted'], to: 'ready_to_collect', actors: ['staff'] },
  collect: { from: ['ready_to_collect'], to: 'collected', actors: ['staff'] },
  not_collected: { from: ['ready_to_collect'], to: 'not_collected', actors: ['staff', 'system'] },
  cancel: { from: ['created', 'accepted'], to: 'rejected_customer', actors: ['shopper'] },
};
/** Without anybody's acceptance, where the store has it so. */
const AUTO_READY: Move = { from: ['created'], to: 'ready_to_collect', actors: ['system'] };

/** What a store's policy leaves of the table. */
export interface CollectionRules {
  auto_ready: boolean;
  /** Until when a shopper may give up her order. */
  shopper_may_cancel: 'until_ready' | 'until_accepted';
}

export type CollectionRefusal =
  | { code: 'collection_conflict'; status: CollectionStatus }
  | { code: 'forbidden' };

/**
 * The next status, or why not: somebody whom the step does not belong to, or an order that is not where the step
 * begins. That it is there already is a conflict too: only one of two members of staff hands it over.
 */
export function moveCollection(
  status: CollectionStatus,
  move: CollectionMove,
  actor: CollectionActor,
  rules: CollectionRules,
): Result<CollectionStatus, CollectionRefusal> {
  const step =
    move === 'ready' && actor === 'system' && rules.auto_ready ? AUTO_READY : COLLECTION_MOVES[move];
  if (!step.actors.includes(actor)) return err({ code: 'forbidden' });
  const late = move === 'cancel' && rules.shopper_may_cancel === 'until_accepted' && status === 'accepted';
  return step.from.includes(status) && !late ? ok(step.to) : err({ code: 'collection_conflict', status });
}

const OVER: ReadonlySet<CollectionStatus> = new Set([
  'rejected_store',
  'collected',
  'not_collected',
  'rejected_customer',
]);
/** Nothing follows any more. */
export const isOver = (status: CollectionStatus): boolean => OVER.has(status);

/** Without letters and digits that are taken for one another. */
const TOKEN_ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const COUNTED = 2;
const RANDOM = 4;

/**
 * Six characters for a shopper to show: two count the store's orders, so that neighbours differ, four are chance.
 * `random` are four integers, 0 or more.
 */
export function collectionToken(count: number, random: readonly number[]): string {
  const base = TOKEN_ALPHABET.length;
  const letter = (n: number): string => TOKEN_ALPHABET.charAt(n % base);
  const counted = Array.from({ length: COUNTED }, (_, at) =>
    letter(Math.floor(count / base ** at)),
  ).reverse();
  return [...counted, ...random.slice(0, RANDOM).map(letter)].join('');
}

/** As it was shown, however it was typed. */
export const readToken = (typed: string): string => typed.replace(/[\s-]/g, '').toUpperCase();
