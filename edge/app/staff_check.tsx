import { useEffect } from 'preact/hooks';
import type { Basket } from '../../shared/api/basket.ts';
import { Notice } from '../../shared/ui/components.tsx';
import { callStaff, readBasket } from './actions.ts';

const POLL_MS = 2_000;

/** What staff must look at before the shopper can pay: she calls them, shows the code, and waits for their word. */
export function StaffCheck({ now }: { now: Basket }) {
  const { status, code, minimum_age } = now.verification;
  const pending = status === 'pending';
  useEffect(() => {
    if (!pending) return;
    const timer = setInterval(() => void readBasket(), POLL_MS);
    return () => clearInterval(timer);
  }, [pending]);
  if (status === 'not_required') return null;
  if (status === 'approved') return <Notice tone="open">Staff have checked your basket.</Notice>;
  return (
    <Notice tone="wait">
      <p>
        {minimum_age === undefined
          ? 'Staff must look at your basket before you pay.'
          : `Staff must see that you are ${minimum_age} or older before you pay.`}
      </p>
      {pending ? (
        <p>
          Somebody is on the way. Show them this code: <strong class="number">{code}</strong>
        </p>
      ) : (
        <button type="button" onClick={() => void callStaff()}>
          Call staff
        </button>
      )}
    </Notice>
  );
}
