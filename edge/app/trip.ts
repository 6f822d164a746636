import { computed, signal } from '@preact/signals';
import { z } from 'zod';
import type { Basket } from '../../shared/api/basket.ts';
import type { Order } from '../../shared/api/order.ts';
import type { PublicStore } from '../../shared/api/store.ts';

/**
 * One shopping trip on this phone. What must survive a reload or a dead battery is kept in local storage;
 * the truth is the edge's, and is read again when the page opens.
 */
const Kept = z.object({
  store_id: z.string(),
  token: z.string(),
  basket_id: z.string().nullable(),
  order_id: z.string().nullable(),
  payment_id: z.string().nullable(),
  /** An order of a till that was left to be paid later: it lives beside the phone's own trip, in its own tab. */
  debt: z.boolean().default(false),
});
export type Kept = z.infer<typeof Kept>;

const STORAGE_KEY = 'sesame.trip';

export const kept = signal<Kept | null>(read());
export const store = signal<z.infer<typeof PublicStore> | null>(null);
export const basket = signal<z.infer<typeof Basket> | null>(null);
export const order = signal<z.infer<typeof Order> | null>(null);
export const screen = signal<'opening' | 'scan' | 'pay' | 'paying' | 'pass' | 'receipt'>('opening');
export const offline = signal(false);
export const trouble = signal<{ title: string; hint: string } | null>(null);

export interface QueuedScan {
  key: string;
  code: string;
  /** The camera's name of the symbology: it settles what eight digits are. */
  symbology?: string;
  source: 'camera' | 'typed';
}
/** Scans that have not reached the edge yet, oldest first. */
export const queued = signal<QueuedScan[]>([]);
/** The line that was touched last: it flashes once. */
export const touched = signal<string | null>(null);

/** Why the basket costs what it costs; `of` is the state of the basket that it speaks of. */
export const reasons = signal<{ of: string; text: string[] | null } | null>(null);

export const unitCount = computed(() =>
  (basket.value?.lines ?? []).reduce(
    (sum, { quantity, kind }) => sum + (kind === 'deposit' ? 0 : quantity),
    0,
  ),
);

export function keep(change: Partial<Kept>): void {
  if (kept.value === null) return;
  remember({ ...kept.value, ...change });
}

export function remember(trip: Kept | null): void {
  const storage = storageOf(trip ?? kept.value);
  kept.value = trip;
  if (trip === null) storage.removeItem(STORAGE_KEY);
  else storage.setItem(STORAGE_KEY, JSON.stringify(trip));
}

/** The debt is done with: what the phone was about before is there again. */
export function leaveDebt(): void {
  remember(null);
  kept.value = read();
}

const storageOf = (trip: Kept | null): Storage => (trip?.debt === true ? sessionStorage : localStorage);

function read(): Kept | null {
  return readFrom(sessionStorage) ?? readFrom(localStorage);
}

function readFrom(storage: Storage): Kept | null {
  try {
    const parsed = Kept.safeParse(JSON.parse(storage.getItem(STORAGE_KEY) ?? 'null'));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** What a till sold has left the shop already: there is no gate to open, only the receipt to keep. */
export const paidScreen = ({ till }: z.infer<typeof Order>): 'pass' | 'receipt' =>
  till === undefined ? 'pass' : 'receipt';
