import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { Notice, Wait } from '../../shared/ui/components.tsx';
import { openPayLink, openTrip } from './actions.ts';
import { BasketView, PayBar } from './basket.tsx';
import { PassView, ReceiptView } from './pass.tsx';
import { PayView } from './pay/choose.tsx';
import { PayingView } from './pay/paying.tsx';
import { ScannerView } from './scanner.tsx';
import { kept, offline, screen, store, trouble } from './trip.ts';

/** What a till's paper shows of a sale on trust; the reference stands behind the `#`. */
const PAY_LINK = /^\/pay\/(str_[0-9a-f-]{36})\/(ord_[0-9a-f-]{36})$/;

function App() {
  useEffect(() => {
    const link = PAY_LINK.exec(location.pathname);
    const [, store_id = '', order_id = ''] = link ?? [];
    if (link === null) void openTrip(new URLSearchParams(location.search).get('store'));
    else void openPayLink(store_id, order_id, location.hash.slice(1));
  }, []);
  return (
    <main class={`screen ${screen.value}`}>
      {screen.value !== 'pass' && (
        <header class="bar">
          <strong>{store.value?.name ?? 'Scan and go'}</strong>
          {offline.value && <span class="badge wait">No connection</span>}
        </header>
      )}
      <Trouble />
      <Screen />
    </main>
  );
}

function Screen() {
  switch (screen.value) {
    case 'opening':
      return kept.value === null &&
        !PAY_LINK.test(location.pathname) &&
        !new URLSearchParams(location.search).has('store') ? (
        <Welcome />
      ) : (
        trouble.value === null && <Wait>Opening the store</Wait>
      );
    case 'scan':
      return (
        <>
          <ScannerView />
          <BasketView />
          <PayBar />
        </>
      );
    case 'pay':
      return <PayView />;
    case 'paying':
      return <PayingView />;
    case 'pass':
      return <PassView />;
    case 'receipt':
      return <ReceiptView />;
  }
}

function Trouble() {
  if (trouble.value === null) return null;
  return (
    <div class="pad">
      <Notice tone="alarm">
        <strong>{trouble.value.title}.</strong> {trouble.value.hint}
      </Notice>
    </div>
  );
}

function Welcome() {
  return (
    <section class="pad stack">
      <h1>Scan, pay, walk out</h1>
      <p>
        Scan the square code at the entrance of the store with your camera. It opens this page in that store.
      </p>
    </section>
  );
}

const root = document.getElementById('app');
if (root) render(<App />, root);
