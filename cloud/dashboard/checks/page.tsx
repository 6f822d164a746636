import { useEffect, useRef, useState } from 'preact/hooks';
import { Empty, Notice, Wait } from '../../../shared/ui/components.tsx';
import { readStores, type Store } from '../ask.ts';
import { follow } from '../promotions/address.ts';
import { BasketCheck } from './basket_check.tsx';
import { addressOf, type Open, readOpen, shownStore } from './data.ts';
import { ExitCheck } from './exit_check.tsx';

const REFRESH_MS = 3_000;

/** Who waits for staff on the floor: baskets before they are paid, and bags at the exit. */
export function ChecksPage() {
  const [stores, setStores] = useState<Store[] | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const store = shownStore() === '' ? (stores?.[0]?.id ?? '') : shownStore();
  useEffect(() => {
    document.title = 'Checks · Sesame';
    void readStores().then((found) => (typeof found === 'string' ? setTrouble(found) : setStores(found)));
    return () => {
      document.title = 'Orders · Sesame';
    };
  }, []);
  return (
    <section class="stack" aria-label="Checks">
      <h1>Checks</h1>
      {trouble !== null && <Notice tone="wait">{trouble}</Notice>}
      {stores === null && trouble === null && <Wait>Reading the stores</Wait>}
      {stores !== null && stores.length > 1 && (
        <nav class="tabs" aria-label="Store">
          {stores.map(({ id, name }) => (
            <a
              key={id}
              href={addressOf(id)}
              aria-current={id === store ? 'true' : undefined}
              onClick={follow}
            >
              {name}
            </a>
          ))}
        </nav>
      )}
      {store !== '' && <StoreChecks key={store} store={store} />}
    </section>
  );
}

function StoreChecks({ store }: { store: string }) {
  const [open, setOpen] = useState<Open | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  /** What was decided here stays away, though the list of orders learns of it a moment later. */
  const [done, setDone] = useState<ReadonlySet<string>>(new Set());
  const [said, setSaid] = useState<string | null>(null);
  const news = useNews(open);
  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      const found = await readOpen(store);
      if (over) return;
      if (typeof found === 'string') setTrouble(found);
      else {
        setOpen(found);
        setTrouble(null);
      }
      timer = setTimeout(() => void load(), REFRESH_MS);
    };
    void load();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [store]);
  const finish = (key: string, text: string) => {
    setDone(new Set(done).add(key));
    setSaid(text);
  };
  const baskets = (open?.baskets ?? []).filter((one) => !done.has(keyOf(one)));
  const orders = (open?.orders ?? []).filter(({ id }) => !done.has(id));
  return (
    <>
      <p class="hidden" role="status" aria-live="assertive">
        {news}
      </p>
      {trouble !== null && <Notice tone="wait">{trouble} What is shown may be old.</Notice>}
      {said !== null && <Notice tone="open">{said}</Notice>}
      {open === null && trouble === null && <Wait>Looking who waits</Wait>}
      {open !== null && (
        <div class="check-columns">
          <section class="stack" aria-label="Baskets">
            <h2>
              Before they pay <span class="number soft">{baskets.length}</span>
            </h2>
            {baskets.length === 0 && (
              <Empty>Nobody waits. A shopper who calls staff from the phone appears here by itself.</Empty>
            )}
            <ul class="check-list">
              {baskets.map((one) => (
                <BasketCheck key={keyOf(one)} waiting={one} onDone={(text) => finish(keyOf(one), text)} />
              ))}
            </ul>
          </section>
          <section class="stack" aria-label="Exit">
            <h2>
              At the exit <span class="number soft">{orders.length}</span>
            </h2>
            {orders.length === 0 && (
              <Empty>No bag is to be looked into. Paid orders that need it appear here by themselves.</Empty>
            )}
            <ul class="check-list">
              {orders.map((one) => (
                <ExitCheck key={one.id} order={one} onDone={(text) => finish(one.id, text)} />
              ))}
            </ul>
          </section>
        </div>
      )}
    </>
  );
}

const keyOf = ({ basket_id, opened_at }: Open['baskets'][number]): string => `${basket_id} ${opened_at}`;

/** Who has come since the page was opened, in a sentence for those who do not see it. */
function useNews(open: Open | null): string {
  const known = useRef<Set<string> | null>(null);
  const [news, setNews] = useState('');
  useEffect(() => {
    if (open === null) return;
    const now = [
      ...open.baskets.map((one) => [keyOf(one), `Basket ${one.code} waits for staff.`] as const),
      ...open.orders.map(({ id, number }) => [id, `Order ${number} waits at the exit.`] as const),
    ];
    const before = known.current;
    known.current = new Set([...(before ?? []), ...now.map(([key]) => key)]);
    const fresh = before === null ? [] : now.filter(([key]) => !before.has(key)).map(([, text]) => text);
    if (fresh.length > 0) setNews(fresh.join(' '));
  }, [open]);
  return news;
}
