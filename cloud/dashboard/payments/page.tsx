import { useEffect, useState } from 'preact/hooks';
import { Badge, Empty, Notice, Wait } from '../../../shared/ui/components.tsx';
import { readStores, type Store } from '../ask.ts';
import { address, follow } from '../promotions/address.ts';
import { type Account, addressOf, readAccounts, shown } from './data.ts';
import { Messages } from './messages.tsx';

/** The payment accounts of the stores, and what their providers told of their own accord. */
export function PaymentsPage() {
  const [stores, setStores] = useState<Store[] | null>(null);
  const [accounts, setAccounts] = useState<Account[] | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const place = shown();
  const store = place.store === '' ? (stores?.[0]?.id ?? '') : place.store;

  useEffect(() => {
    document.title = 'Payments · Sesame';
    void readStores().then((found) => (typeof found === 'string' ? setTrouble(found) : setStores(found)));
    return () => {
      document.title = 'Orders · Sesame';
    };
  }, []);
  useEffect(() => {
    if (store === '') return undefined;
    let over = false;
    setAccounts(null);
    void readAccounts(store).then((found) => {
      if (over) return;
      if (typeof found === 'string') setTrouble(found);
      else setAccounts(found);
    });
    return () => {
      over = true;
    };
  }, [store]);

  const account = accounts?.find(({ account_key }) => account_key === place.account) ?? accounts?.[0];
  return (
    <section class="stack" aria-label="Payments">
      <h1>Payments</h1>
      {trouble !== null && <Notice tone="wait">{trouble}</Notice>}
      {stores === null && trouble === null && <Wait>Reading the stores</Wait>}
      {stores !== null && stores.length > 1 && (
        <nav class="tabs" aria-label="Store">
          {stores.map(({ id, name }) => (
            <a
              key={id}
              href={addressOf({ store: id })}
              aria-current={id === store ? 'true' : undefined}
              onClick={follow}
            >
              {name}
            </a>
          ))}
        </nav>
      )}
      {accounts?.length === 0 && (
        <Empty>This store takes no payment yet. Add an account to its settings and publish the store.</Empty>
      )}
      {accounts !== null && accounts.length > 0 && (
        <ul class="account-list">
          {accounts.map((one) => (
            <AccountCard key={one.account_key} account={one} store={store} isOpen={one === account} />
          ))}
        </ul>
      )}
      {account !== undefined && (
        <Messages
          key={`${address.value} ${account.account_key}`}
          account={account}
          place={{ ...place, store, account: account.account_key }}
        />
      )}
    </section>
  );
}

function AccountCard({ account, store, isOpen }: { account: Account; store: string; isOpen: boolean }) {
  const waiting = (account.webhooks['unmatched'] ?? 0) + (account.webhooks['parked'] ?? 0);
  return (
    <li class="card account">
      <a
        href={addressOf({ store, account: account.account_key })}
        aria-current={isOpen ? 'true' : undefined}
        onClick={follow}
      >
        {account.display_name ?? account.gateway}
      </a>
      <span class="small soft">
        {account.methods.map((method) => method.replaceAll('_', ' ')).join(', ')}
      </span>
      <span>
        <Badge tone={account.environment === 'live' ? 'open' : 'info'}>{account.environment}</Badge>{' '}
        {waiting > 0 && (
          <Badge tone="wait">
            {waiting} {waiting === 1 ? 'message names' : 'messages name'} nothing of ours
          </Badge>
        )}
      </span>
    </li>
  );
}
