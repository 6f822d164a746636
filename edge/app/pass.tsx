import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Notice, Wait } from '../../shared/ui/components.tsx';
import { money } from '../../shared/ui/money.ts';
import { newTrip, readPass, receiptPicture, renewPass } from './actions.ts';
import { GoingBack } from './pay/going_back.tsx';
import { QrSymbol } from './qr_symbol.tsx';
import { order, screen } from './trip.ts';

const now = signal(Date.now());
const CHECK_MS = 2_000;

export function PassView() {
  const paid = order.value;
  const check = paid?.verification_status;
  const waits = check === 'pending' || check === 'failed';
  useEffect(() => {
    const timer = setInterval(() => (now.value = Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (!waits) return undefined;
    const timer = setInterval(() => void readPass(), CHECK_MS);
    return () => clearInterval(timer);
  }, [waits]);
  if (paid?.exit_pass == null) return <Wait>Getting your exit pass</Wait>;
  const leftS = Math.max(0, Math.floor((Date.parse(paid.exit_pass.expires_at) - now.value) / 1000));
  const units = paid.lines.reduce((sum, line) => sum + line.quantity, 0);
  return (
    <section class="pass" aria-label="Exit pass">
      <h1>Paid. Thank you</h1>
      {check === 'failed' ? (
        <Notice tone="alarm">
          Your bag is not as paid. Please talk to our staff; what you have paid is not lost.
        </Notice>
      ) : waits ? (
        <Notice tone="wait">
          Show this to a member of staff first. They look into your bag; then this page goes on by itself.
        </Notice>
      ) : (
        <p role="status">Show this at the gate</p>
      )}
      {leftS > 0 ? (
        <QrSymbol text={paid.exit_pass.pass} label="Exit pass" />
      ) : (
        <Notice tone="wait">This pass has run out.</Notice>
      )}
      <p class="facts">
        <strong>
          {units} {units === 1 ? 'item' : 'items'} ·{' '}
          <span class="money">{money(paid.total, paid.currency)}</span>
        </strong>
        <span class="number">
          {leftS > 0
            ? `good for ${Math.floor(leftS / 60)}:${String(leftS % 60).padStart(2, '0')}`
            : 'take a new one'}
        </span>
      </p>
      <p class="small">Order {paid.number}</p>
      <div class="actions">
        {leftS === 0 && (
          <button class="primary" type="button" onClick={() => void renewPass()}>
            New pass
          </button>
        )}
        <button type="button" onClick={() => (screen.value = 'receipt')}>
          Receipt
        </button>
        <button type="button" onClick={() => void newTrip()}>
          Shop again
        </button>
      </div>
    </section>
  );
}

const picture = signal<string | null>(null);

export function ReceiptView() {
  useEffect(() => {
    void receiptPicture().then((url) => {
      picture.value = url;
    });
    return () => {
      if (picture.value !== null) URL.revokeObjectURL(picture.value);
      picture.value = null;
    };
  }, []);
  return (
    <section class="pad stack centre">
      {picture.value === null ? (
        <Wait>Fetching your receipt</Wait>
      ) : (
        <img class="receipt" src={picture.value} alt={`Receipt of order ${order.value?.number}`} />
      )}
      {order.value !== null && <GoingBack of={order.value} />}
      {order.value?.till === undefined ? (
        <button type="button" onClick={() => (screen.value = 'pass')}>
          Back to the exit pass
        </button>
      ) : (
        <Notice tone="open">Paid. Thank you.</Notice>
      )}
    </section>
  );
}
