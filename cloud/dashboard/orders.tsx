import { useEffect, useState } from 'preact/hooks';
import { z } from 'zod';
import { Empty, Notice, Wait } from '../../shared/ui/components.tsx';
import { request } from '../../shared/ui/http.ts';
import { clock, money } from '../../shared/ui/money.ts';
import { show, view } from './address.ts';
import { session, signOut } from './session.ts';
import { PaymentBadge } from './status.tsx';

/** Where an order was sold, if not on a shopper's phone. */
const Till = z.looseObject({
  device_name: z.string().nullable(),
  register: z.number().nullable(),
  device_id: z.string(),
  device_seq: z.number(),
  business_date: z.string(),
  offline: z.boolean(),
});

const Row = z.looseObject({
  id: z.string(),
  number: z.string(),
  status: z.string(),
  payment_status: z.string(),
  total: z.number(),
  currency: z.string(),
  items: z.number().optional(),
  created_at: z.string(),
  till: Till.nullish(),
});
const Page = z.object({ data: z.array(Row), has_more: z.boolean() });
type Page = z.infer<typeof Page>;

const PAGE_ROWS = 25;
const REFRESH_MS = 2_000;

export function OrdersTable() {
  const [page, setPage] = useState<Page | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const { status, payment, number, sold, after } = view.value;

  useEffect(() => {
    let over = false;
    const load = async () => {
      const query = new URLSearchParams({ limit: String(PAGE_ROWS) });
      if (status !== '') query.set('status', status);
      if (payment !== '') query.set('payment_status', payment);
      if (number !== '') query.set('number', number);
      if (sold !== '') query.set('sold_by', sold);
      if (after !== '') query.set('starting_after', after);
      const answer = await request(Page, `/v1/orders?${query}`, { token: session.value?.token ?? null });
      if (over) return;
      if (answer.ok) {
        setPage(answer.value);
        setTrouble(null);
      } else if (answer.problem?.code === 'unauthenticated') signOut();
      else setTrouble(answer.problem?.title ?? 'No connection: this list is not fresh.');
    };
    void load();
    const timer = setInterval(() => void load(), REFRESH_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [status, payment, number, sold, after]);

  return (
    <section class="stack" aria-label="Orders">
      <h1>Orders</h1>
      <Filters />
      {trouble !== null && <Notice tone="wait">{trouble}</Notice>}
      {page === null ? (
        <Wait>Reading the orders</Wait>
      ) : page.data.length === 0 ? (
        <Empty>
          {status + payment + number + sold === ''
            ? 'No orders yet. They appear here as soon as a shopper checks out.'
            : 'No order fits. Clear the filters to see all.'}
        </Empty>
      ) : (
        <Rows page={page} />
      )}
      {page !== null && (after !== '' || page.has_more) && (
        <div class="pages">
          {after !== '' && (
            <button type="button" onClick={() => history.back()}>
              Newer
            </button>
          )}
          {page.has_more && (
            <button type="button" onClick={() => show({ after: page.data.at(-1)?.id ?? '' })}>
              Older
            </button>
          )}
        </div>
      )}
    </section>
  );
}

function Filters() {
  return (
    <form
      class="filters"
      onSubmit={(event) => {
        event.preventDefault();
        show({ number: String(new FormData(event.currentTarget).get('number') ?? '').trim() });
      }}
    >
      <label>
        Number
        <input name="number" type="search" value={view.value.number} placeholder="Order number" />
      </label>
      <label>
        Order
        <select value={view.value.status} onChange={(event) => show({ status: event.currentTarget.value })}>
          <option value="">All</option>
          <option value="created">Open</option>
          <option value="completed">Completed</option>
          <option value="cancelled">Cancelled</option>
        </select>
      </label>
      <label>
        Payment
        <select value={view.value.payment} onChange={(event) => show({ payment: event.currentTarget.value })}>
          <option value="">All</option>
          <option value="captured">Paid</option>
          <option value="waiting">Not paid</option>
          <option value="rejected">Refused</option>
        </select>
      </label>
      <label>
        Sold by
        <select value={view.value.sold} onChange={(event) => show({ sold: event.currentTarget.value })}>
          <option value="">All</option>
          <option value="phone">Phones</option>
          <option value="till">Tills and kiosks</option>
        </select>
      </label>
      <button type="submit">Search</button>
    </form>
  );
}

/** Says which till sold the order, and whether the line was cut then. */
function TillMark({ till }: { till: z.infer<typeof Till> }) {
  return (
    <span class="mark">
      sold {till.offline ? 'offline ' : ''}by {till.device_name ?? till.device_id}
    </span>
  );
}

function Rows({ page }: { page: Page }) {
  const now = new Date();
  return (
    <div class="table card">
      <table>
        <thead>
          <tr>
            <th scope="col">Number</th>
            <th scope="col">When</th>
            <th scope="col">Order</th>
            <th scope="col">Payment</th>
            <th scope="col" class="money">
              Total
            </th>
          </tr>
        </thead>
        <tbody>
          {page.data.map((row) => (
            <tr key={row.id} aria-selected={row.id === view.value.order}>
              <td>
                <button type="button" onClick={() => show({ order: row.id })}>
                  {row.number}
                </button>
              </td>
              <td class="number">{clock(row.created_at, now)}</td>
              <td>
                {row.status}
                {row.till != null && <TillMark till={row.till} />}
              </td>
              <td>
                <PaymentBadge status={row.payment_status} />
              </td>
              <td class="money">{money(row.total, row.currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
