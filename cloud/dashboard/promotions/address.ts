import { computed, signal } from '@preact/signals';

/** Where in the dashboard one is, and what of the promotions is shown: it stands in the address. */
export const address = signal(location.pathname + location.search);

addEventListener('popstate', () => {
  address.value = location.pathname + location.search;
});

export function go(to: string): void {
  history.pushState(null, '', to);
  // The orders keep their own view of the address and listen to this event.
  dispatchEvent(new PopStateEvent('popstate'));
  scrollTo(0, 0);
}

/** A link of the dashboard: a plain click stays on the page, every other one is the browser's. */
export function follow(event: MouseEvent): void {
  const link = event.currentTarget;
  if (!(link instanceof HTMLAnchorElement)) return;
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(link.pathname + link.search);
}

export type Place =
  | { kind: 'orders' }
  | { kind: 'alerts' }
  | { kind: 'checks' }
  | { kind: 'scans' }
  | { kind: 'devices' }
  | { kind: 'payments' }
  | { kind: 'refunds' }
  | { kind: 'list' }
  | { kind: 'new' }
  | { kind: 'imports' }
  | { kind: 'edit'; id: string };

export const place = computed<Place>(() => placeOf(new URL(address.value, location.origin).pathname));

function placeOf(path: string): Place {
  const [section, rest, ...more] = path.split('/').slice(1);
  if (section === 'alerts' && rest === undefined) return { kind: 'alerts' };
  if (section === 'checks' && rest === undefined) return { kind: 'checks' };
  if (section === 'scans' && rest === undefined) return { kind: 'scans' };
  if (section === 'devices' && rest === undefined) return { kind: 'devices' };
  if (section === 'payments' && rest === undefined) return { kind: 'payments' };
  if (section === 'refunds' && rest === undefined) return { kind: 'refunds' };
  if (section !== 'promotions' || more.length > 0) return { kind: 'orders' };
  if (rest === undefined || rest === '') return { kind: 'list' };
  if (rest === 'new') return { kind: 'new' };
  if (rest === 'imports') return { kind: 'imports' };
  return { kind: 'edit', id: decodeURIComponent(rest) };
}

export const editAddress = (id: string): string => `/promotions/${encodeURIComponent(id)}`;

const FILTERS = ['state', 'family', 'store', 'q'] as const;
export type Filters = Record<(typeof FILTERS)[number], string>;

export const filters = computed<Filters>(() => {
  const query = new URL(address.value, location.origin).searchParams;
  const of = (name: string) => query.get(name) ?? '';
  return { state: of('state'), family: of('family'), store: of('store'), q: of('q') };
});

/** A filter that is typed changes the address in its place, so that going back skips the letters. */
export function filter(change: Partial<Filters>): void {
  const query = new URLSearchParams();
  const next = { ...filters.value, ...change };
  for (const name of FILTERS) if (next[name] !== '') query.set(name, next[name]);
  const to = `/promotions${query.size === 0 ? '' : `?${query}`}`;
  history.replaceState(null, '', to);
  address.value = to;
}
