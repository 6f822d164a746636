import { render } from 'preact';
import { view } from './address.ts';
import { AlertCount } from './alerts/count.tsx';
import { OrdersTable } from './orders.tsx';
import { follow, place } from './promotions/address.ts';
import { Lazy } from './promotions/lazy.tsx';
import { RefundCount } from './refunds/count.tsx';
import { PAGES, SECTIONS } from './sections.ts';
import { session, signOut } from './session.ts';
import { SignIn } from './sign_in.tsx';

const loadPane = () => import('./order/pane.tsx').then((part) => part.OrderPane);

function App() {
  if (session.value === null) return <SignIn />;
  const { kind } = place.value;
  return (
    <>
      <header class="top">
        <strong>Sesame</strong>
        <nav aria-label="Main">
          {SECTIONS.map(({ title, href, kinds }) => (
            <a
              key={href}
              href={href}
              aria-current={kinds.includes(kind) ? 'page' : undefined}
              onClick={follow}
            >
              {title}
              {href === '/alerts' && <AlertCount />}
              {href === '/refunds' && <RefundCount />}
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
          {view.value.order !== '' && (
            <Lazy key={view.value.order} load={loadPane} props={{ id: view.value.order }} />
          )}
        </main>
      ) : (
        <main class={PAGES[kind].style}>
          <Lazy key={PAGES[kind].style} load={PAGES[kind].load} props={{}} />
        </main>
      )}
    </>
  );
}

const root = document.getElementById('app');
if (root) render(<App />, root);
