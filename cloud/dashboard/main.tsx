import { render } from 'preact';
import { view } from './address.ts';
import { OrderPane } from './order.tsx';
import { OrdersTable } from './orders.tsx';
import { session, signOut } from './session.ts';
import { SignIn } from './sign_in.tsx';

function App() {
  if (session.value === null) return <SignIn />;
  return (
    <>
      <header class="top">
        <strong>Sesame</strong>
        <nav aria-label="Main">
          <a href="/" aria-current="page">
            Orders
          </a>
        </nav>
        <span class="soft small">{session.value.role}</span>
        <button type="button" class="quiet" onClick={signOut}>
          Sign out
        </button>
      </header>
      <main class={view.value.order === '' ? 'wide' : 'split'}>
        <OrdersTable />
        {view.value.order !== '' && <OrderPane id={view.value.order} />}
      </main>
    </>
  );
}

const root = document.getElementById('app');
if (root) render(<App />, root);
