import { useEffect, useState } from 'preact/hooks';
import { session } from '../session.ts';
import { readWaiting } from './data.ts';

const REFRESH_MS = 15_000;

/** How many refunds wait for a second person, beside the word in the navigation of those who may be that person. */
export function RefundCount() {
  const [waiting, setWaiting] = useState('0');
  const decides = session.value?.role !== 'cashier';
  useEffect(() => {
    if (!decides) return undefined;
    const load = async () => setWaiting((await readWaiting()) ?? '0');
    void load();
    const timer = setInterval(() => void load(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [decides]);
  if (waiting === '0') return null;
  return (
    <span class="alert-count" aria-live="polite">
      <span class="hidden">, </span>
      {waiting}
      <span class="hidden"> waiting for approval</span>
    </span>
  );
}
