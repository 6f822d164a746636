import { useEffect, useState } from 'preact/hooks';
import type { z } from 'zod';
import type { Basket, BasketLine } from '../../shared/api/basket.ts';
import { Empty, Wait } from '../../shared/ui/components.tsx';
import { money } from '../../shared/ui/money.ts';
import { askWhy, checkOut, setQuantity } from './actions.ts';
import { StaffCheck } from './staff_check.tsx';
import { basket, queued, reasons, touched, unitCount } from './trip.ts';

type Line = z.infer<typeof BasketLine>;

export function BasketView() {
  const now = basket.value;
  if (now === null) return <Wait>Opening your basket</Wait>;
  return (
    <section class="lines" aria-label="Basket">
      {now.lines.length === 0 && queued.value.length === 0 && (
        <Empty>Scan your first item: its barcode goes into the frame.</Empty>
      )}
      <ul>
        {queued.value.map((one) => (
          <li key={one.key} class="line waiting">
            <span class="initial" aria-hidden="true">
              …
            </span>
            <span class="what">
              <span>{one.code}</span>
              <span class="small soft">Looking it up</span>
            </span>
          </li>
        ))}
        {[...now.lines].reverse().map((line) => (
          <LineView key={line.id} line={line} currency={now.currency} />
        ))}
      </ul>
      <StaffCheck now={now} />
      <Offers now={now} />
      {now.lines.length > 0 && <Why now={now} />}
      <p class="hidden" role="status" aria-live="polite">
        {unitCount.value} items, total {money(now.total, now.currency)}
      </p>
    </section>
  );
}

/** What the shopper is granted beside the price, and what is within reach. */
function Offers({ now }: { now: Basket }) {
  const granted = now.promotions.filter((p) => p.applies_as === 'cashback' || p.applies_as === 'tender');
  if (granted.length === 0 && now.suggestions.length === 0) return null;
  return (
    <ul class="offers" aria-label="Offers">
      {granted.map((p) => (
        <li key={p.promotion_id} class="small saved">
          {p.title}: <span class="money">{money(p.discount, now.currency)}</span>{' '}
          {p.applies_as === 'cashback' ? 'cashback' : 'credit'}
        </li>
      ))}
      {now.suggestions.map((s) => (
        <li key={s.promotion_id} class="small">
          {s.text}
        </li>
      ))}
    </ul>
  );
}

/** The engine's reasons, asked for when they are opened and again when the basket changes. */
function Why({ now }: { now: Basket }) {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (open) void askWhy();
  }, [open, now.updated_at]);
  const known = reasons.value?.of === now.updated_at ? reasons.value : null;
  return (
    <details class="why" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="small">Why this price?</summary>
      {open && known === null && <Wait>Looking it up</Wait>}
      {known?.text === null && (
        <p class="small soft">The offers have just changed. The next scan counts with the new ones.</p>
      )}
      {known?.text?.length === 0 && <p class="small soft">No offer is for these items.</p>}
      {known?.text?.map((sentence) => (
        <p key={sentence} class="small">
          {sentence}
        </p>
      ))}
    </details>
  );
}

function LineView({ line, currency }: { line: Line; currency: string }) {
  return (
    <li class={`line ${touched.value === line.id ? 'touched' : ''}`}>
      <span class="initial" aria-hidden="true">
        {line.name.slice(0, 1)}
      </span>
      <span class="what">
        <span class="name">{line.name}</span>
        {line.restrictions.map((r) => (
          <span key={r.kind} class="badge wait">
            {r.minimum_age}+ · staff will check
          </span>
        ))}
        {line.weight_grams !== undefined && (
          <span class="small soft number">{(line.weight_grams / 1_000).toFixed(3)} kg</span>
        )}
        {line.price_from === 'markdown' && (
          <span class="small saved">
            Reduced from <span class="money">{money(line.catalog_price ?? line.unit_price, currency)}</span>
          </span>
        )}
        {line.promotions.map((p) => (
          <span key={p.promotion_id} class="small saved">
            {p.title}: you save <span class="money">{money(p.discount, currency)}</span>
          </span>
        ))}
        {line.quantity > 1 && (
          <span class="small soft">
            {line.quantity} × <span class="money">{money(line.unit_price, currency)}</span>
          </span>
        )}
      </span>
      <span class="amount">
        {line.discount > 0 && (
          <s class="small soft money">{money(line.unit_price * line.quantity, currency)}</s>
        )}
        <span class="money">{money(line.total, currency)}</span>
      </span>
      <Stepper line={line} />
    </li>
  );
}

/** A tagged or labelled unit is one; an add-on can only be taken out, and a deposit goes with its item. */
function Stepper({ line }: { line: Line }) {
  if (line.kind === 'deposit') return null;
  const fixed = line.epc !== undefined || line.price_from !== undefined || line.kind === 'addon';
  return (
    <span class="stepper">
      <button
        type="button"
        aria-label={line.kind === 'addon' ? `No ${line.name}` : `One ${line.name} less`}
        onClick={() => void setQuantity(line.id, line.kind === 'addon' ? 0 : line.quantity - 1)}
      >
        {line.quantity === 1 || line.kind === 'addon' ? '×' : '−'}
      </button>
      {!fixed && (
        <>
          <span class="number">{line.quantity}</span>
          <button
            type="button"
            aria-label={`One ${line.name} more`}
            onClick={() => void setQuantity(line.id, line.quantity + 1)}
          >
            +
          </button>
        </>
      )}
    </span>
  );
}

export function PayBar() {
  const now = basket.value;
  if (now === null) return null;
  return (
    <footer class="pay-bar">
      <span>
        <span class="small soft">
          {unitCount.value} {unitCount.value === 1 ? 'item' : 'items'}
          {now.discount > 0 && (
            <>
              {' '}
              · <span class="saved">saved {money(now.discount, now.currency)}</span>
            </>
          )}
        </span>
        <strong class="money total">{money(now.total, now.currency)}</strong>
      </span>
      <button
        class="primary"
        type="button"
        disabled={now.lines.length === 0 || queued.value.length > 0}
        onClick={() => void checkOut()}
      >
        Pay
      </button>
    </footer>
  );
}
