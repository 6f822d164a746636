import { render } from 'preact';
import { view } from './address.ts';
import { AlertCount } from './alerts/count.tsx';
import { OrderPane } from './order.tsx';
import { OrdersTable } from './orders.tsx';
import { follow, place } from './promotions/address.ts';
import { Lazy } from './promotions/lazy.tsx';
import { session, signOut } from './session.ts';
import { SignIn } from './sign_in.tsx';

const SECTIONS = [
  { title: 'Orders', href: '/', holds: (kind: string) => kind === 'orders' },
  { title: 'Alerts', href: '/alerts', holds: (kind: string) => kind === 'alerts' },
  {
    title: 'Promotions',
    href: '/promotions',
    holds: (kind: string) => kind !== 'orders' && kind !== 'alerts' && kind !== 'scans',
  },
  { title: 'Scans', href: '/scans', holds: (kind: string) => kind === 'scans' },
];

const loadAlerts = () => import('./alerts/page.tsx').then((part) => part.AlertsPage);
const loadScans = () => import('./scans/page.tsx').then((part) => part.ScansPage);
const loadPromotions = () => import('./promotions/page.tsx').then((part) => part.PromotionsPage);

function App() {
  if (session.value === null) return <SignIn />;
  const { kind } = place.value;
  return (
    <>
      <header class="top">
        <strong>Sesame</strong>
        <nav aria-label="Main">
          {SECTIONS.map(({ title, href, holds }) => (
            <a key={href} href={href} aria-current={holds(kind) ? 'page' : undefined} onClick={follow}>
              {title}
              {href === '/alerts' && <AlertCount />}
            </a>
          ))}
        </nav>
        <span class="soft small">{session.value.role}</span>
        <button type="button" class="quiet" onClick={signOut}>
          Sign out
        </button>
      </header>
      {kind === 'orders' ? (
        <main class={view.value.order === '' ? 'wide' : 'split'}>
          <OrdersTable />
          {view.value.order !== '' && <OrderPane id={view.value.order} />}
        </main>
      ) : kind === 'alerts' ? (
        <main class="alerts-main">
          <Lazy key="alerts" load={loadAlerts} props={{}} />
        </main>
      ) : kind === 'scans' ? (
        <main class="scans-main">
          <Lazy key="scans" load={loadScans} props={{}} />
        </main>
      ) : (
        <main class="promotions">
          <Lazy load={loadPromotions} props={{}} />
        </main>
      )}
    </>
  );
}

const root = document.getElementById('app');
if (root) render(<App />, root);
