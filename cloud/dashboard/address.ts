import { signal } from '@preact/signals';

/** What the table shows stands in the address: it can be kept, shared and gone back to. */
export interface View {
  status: string;
  payment: string;
  number: string;
  sold: string;
  after: string;
  order: string;
}

const FIELDS = ['status', 'payment', 'number', 'sold', 'after', 'order'] as const;

export const view = signal<View>(read());

export function show(change: Partial<View>): void {
  // Another filter begins at the first page again.
  const paged = 'after' in change || 'order' in change ? change : { after: '', ...change };
  view.value = { ...view.value, ...paged };
  const query = new URLSearchParams();
  for (const field of FIELDS) if (view.value[field] !== '') query.set(field, view.value[field]);
  history.pushState(null, '', `${location.pathname}${query.size === 0 ? '' : `?${query}`}`);
}

addEventListener('popstate', () => {
  view.value = read();
});

function read(): View {
  const query = new URLSearchParams(location.search);
  const of = (field: string) => query.get(field) ?? '';
  return {
    status: of('status'),
    payment: of('payment'),
    number: of('number'),
    sold: of('sold'),
    after: of('after'),
    order: of('order'),
  };
}
