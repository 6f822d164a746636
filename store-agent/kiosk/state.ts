import { computed, signal } from '@preact/signals';
import { z } from 'zod';
import { Basket, ScanAnswer } from '../../shared/api/basket.ts';
import { Order, Payment } from '../../shared/api/order.ts';
import { type Outcome, request } from '../../shared/ui/http.ts';
import { follow } from '../floor/stream.ts';
import { fill, words } from './words.ts';

/** What the kiosk knows of its till, as the agent tells it. */
const Till = z.looseObject({
  store: z.looseObject({ id: z.string(), name: z.string(), currency: z.string(), timezone: z.string() }),
  closed: z.string().nullable(),
  link: z.string(),
  tenders: z.array(z.looseObject({ gateway: z.string(), method: z.string() })),
  cash_step: z.number(),
  pay_later: z.looseObject({ max_sale: z.number(), left: z.number(), due_days: z.number() }).nullable(),
  limits: z.looseObject({ sale: z.number(), total: z.number(), ms: z.number() }).nullable(),
});
type Till = z.infer<typeof Till>;
const ScannedCode = z.looseObject({ code: z.string() });
const PrintJob = z.looseObject({ status: z.string() });

type Step = 'idle' | 'basket' | 'pay' | 'cash' | 'card' | 'done';
export interface Done {
  order: Order;
  change: number;
  payUrl: string | null;
  print: 'printing' | 'printed' | 'failed';
}

const ANSWER_TRIES = 40;
const ANSWER_PAUSE_MS = 500;
const CARD_POLL_MS = 700;
const PRINT_POLL_MS = 500;

export const step = signal<Step>('idle');
export const till = signal<Till | null>(null);
/** When selling without a line ends, by this page's own clock. */
export const endsAt = signal<number | null>(null);
export const reached = signal(true);
export const refused = signal(false);
export const basket = signal<Basket | null>(null);
export const order = signal<Order | null>(null);
export const done = signal<Done | null>(null);
export const problem = signal<string | null>(null);
export const said = signal('');
export const busy = signal(false);
export const helpCalled = signal(false);
/** Counts what the shopper does, so that a timeout knows that she is there. */
export const touched = signal(0);
export const count = computed(
  () =>
    basket.value?.lines.reduce((sum, { quantity, kind }) => sum + (kind === 'deposit' ? 0 : quantity), 0) ??
    0,
);

const token = readToken();

/** The token comes in the address's fragment, which no server sees, and stays on this kiosk. */
function readToken(): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given !== null) {
    localStorage.setItem('sesame.kiosk', given);
    history.replaceState(null, '', location.pathname);
  }
  return localStorage.getItem('sesame.kiosk');
}

/** One call under one key: an agent that is starting again is asked until it answers. */
async function send<T extends z.ZodType>(
  schema: T,
  path: string,
  method: 'POST' | 'PATCH' | 'DELETE',
  body?: unknown,
): Promise<Outcome<z.infer<T>>> {
  const key = crypto.randomUUID();
  for (let tries = 1; ; tries++) {
    const answer = await request(schema, path, {
      method,
      token,
      key,
      ...(body === undefined ? {} : { body }),
    });
    if (answer.ok || answer.problem !== null || tries >= ANSWER_TRIES) return answer;
    reached.value = false;
    await new Promise((resolve) => setTimeout(resolve, ANSWER_PAUSE_MS));
  }
}

export function watchTill(): void {
  void read();
  void follow(
    '/v1/till/stream',
    token,
    ({ event, data }) => {
      if (event === 'till') show(Till.safeParse(data).data);
      const scanned = event === 'scan' ? ScannedCode.safeParse(data).data : undefined;
      if (scanned !== undefined) void scan(scanned.code);
    },
    (up) => {
      reached.value = up;
      if (up) void read();
    },
  );
}

async function read(): Promise<void> {
  const answer = await request(Till, '/v1/till', { token });
  refused.value = !answer.ok && answer.problem !== null && [401, 403].includes(answer.problem.status);
  if (answer.ok) show(answer.value);
}

function show(now: Till | undefined): void {
  if (now === undefined) return;
  till.value = now;
  endsAt.value = now.limits === null ? null : Date.now() + now.limits.ms;
}

/** Does one thing at a time; what goes wrong is said in the shopper's words. */
async function act<T>(work: () => Promise<Outcome<T>>): Promise<T | null> {
  if (busy.value) return null;
  busy.value = true;
  problem.value = null;
  touched.value += 1;
  try {
    const answer = await work();
    if (answer.ok) return answer.value;
    problem.value = answer.problem?.code ?? 'other';
    return null;
  } finally {
    busy.value = false;
  }
}

const waiting: { code: string; source?: 'typed' }[] = [];

/** Scans queue up: a scanner is faster than a disk. */
export async function scan(code: string, source?: 'typed'): Promise<void> {
  if (step.value !== 'idle' && step.value !== 'basket') return;
  waiting.push({ code, ...(source === undefined ? {} : { source }) });
  touched.value += 1;
  if (waiting.length > 1) return;
  while (waiting[0] !== undefined) {
    await scanOne(waiting[0]);
    waiting.shift();
  }
}

async function scanOne(body: { code: string; source?: 'typed' }): Promise<void> {
  const open = basket.value ?? (await begin());
  if (open === null) return;
  const before = new Map(open.lines.map(({ id, quantity }) => [id, quantity]));
  const answer = await act(() => send(ScanAnswer, `/v1/baskets/${open.id}/scans`, 'POST', body));
  if (answer === null) {
    if (problem.value === 'basket_expired') basket.value = null;
    return;
  }
  basket.value = answer.basket;
  const line = answer.basket.lines.find(({ id, quantity }) => quantity !== before.get(id));
  said.value = fill(words().scanned, { name: line?.name ?? '' });
}

export async function begin(): Promise<Basket | null> {
  const store_id = till.value?.store.id;
  if (store_id === undefined) return null;
  const opened = await act(() => send(Basket, '/v1/baskets', 'POST', { store_id }));
  if (opened === null) return null;
  basket.value = opened;
  step.value = 'basket';
  return opened;
}

export async function setQuantity(lineId: string, quantity: number): Promise<void> {
  const open = basket.value;
  if (open === null) return;
  const path = `/v1/baskets/${open.id}/lines/${lineId}`;
  const changed = await act(() =>
    quantity === 0 ? send(Basket, path, 'DELETE') : send(Basket, path, 'PATCH', { quantity }),
  );
  if (changed !== null) basket.value = changed;
}

/** Why a line costs what it costs, in sentences. */
export async function whyOf(lineId: string): Promise<string[]> {
  const answer = await request(Basket, `/v1/baskets/${basket.value?.id}?include=explanation`, { token });
  if (!answer.ok) return [];
  return answer.value.explanation?.lines.find((line) => line.line_id === lineId)?.text ?? [];
}

/** Staff may have approved the age meanwhile. */
export async function readBasket(): Promise<void> {
  const answer = await request(Basket, `/v1/baskets/${basket.value?.id}`, { token });
  if (answer.ok && step.value === 'basket') basket.value = answer.value;
}

async function opened(): Promise<Order | null> {
  if (order.value !== null) return order.value;
  const basket_id = basket.value?.id;
  const made = await act(() => send(Order, '/v1/orders', 'POST', { basket_id }));
  if (made !== null) order.value = made;
  return made;
}

export async function pay(tender: Record<string, unknown>, change = 0): Promise<void> {
  const made = await opened();
  if (made === null) return;
  const paid = await act(() => send(Payment, `/v1/orders/${made.id}/payments`, 'POST', tender));
  if (paid === null) return;
  if (paid.gateway === 'terminal') {
    step.value = 'card';
    await waitForCard(made.id, paid.id);
    return;
  }
  await finish(made.id, { change, payUrl: paid.next_action?.url ?? null });
}

async function waitForCard(orderId: string, paymentId: string): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, CARD_POLL_MS));
    touched.value += 1;
    const answer = await request(Order, `/v1/orders/${orderId}`, { token });
    if (!answer.ok) continue;
    if (answer.value.status === 'completed') return finish(orderId, { change: 0, payUrl: null });
    const payment = answer.value.payments.find(({ id }) => id === paymentId);
    if (payment?.status !== 'rejected') continue;
    problem.value = 'rejected';
    step.value = 'pay';
    return;
  }
}

async function finish(orderId: string, end: Pick<Done, 'change' | 'payUrl'>): Promise<void> {
  const answer = await request(Order, `/v1/orders/${orderId}`, { token });
  if (!answer.ok) {
    problem.value = 'other';
    return;
  }
  done.value = { order: answer.value, ...end, print: 'printing' };
  basket.value = null;
  order.value = null;
  step.value = 'done';
  void watchPaper(orderId);
}

/** The sale has made its print job; asking for the order again answers that very job. */
async function watchPaper(orderId: string): Promise<void> {
  const say = (print: Done['print']): void => {
    if (done.value?.order.id === orderId) done.value = { ...done.value, print };
  };
  const body = { order_id: orderId };
  while (done.value?.order.id === orderId) {
    const job = await request(PrintJob, '/v1/print_jobs', { method: 'POST', token, body });
    if (job.ok && job.value.status === 'printed') return say('printed');
    if ((job.ok && ['failed', 'doubtful'].includes(job.value.status)) || (!job.ok && job.problem !== null))
      return say('failed');
    await new Promise((resolve) => setTimeout(resolve, PRINT_POLL_MS));
  }
}

/** Puts the basket away: its order becomes a void, its tags are free for the next shopper. */
export async function forget(): Promise<void> {
  const [open, made] = [basket.value, order.value];
  basket.value = null;
  order.value = null;
  done.value = null;
  problem.value = null;
  helpCalled.value = false;
  step.value = 'idle';
  if (made !== null) await send(Order, `/v1/orders/${made.id}/cancel`, 'POST');
  else if (open !== null)
    for (const { id } of open.lines) await send(Basket, `/v1/baskets/${open.id}/lines/${id}`, 'DELETE');
}

export async function callStaff(): Promise<void> {
  const called = await act(() =>
    send(z.unknown(), '/v1/till/calls', 'POST', { reason: problem.value ?? 'help' }),
  );
  if (called !== null) helpCalled.value = true;
}
