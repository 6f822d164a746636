import { useEffect } from 'preact/hooks';
import { counts, readCounts } from './data.ts';

const REFRESH_MS = 10_000;
const SHOWN_MAX = 99;

/** How many alerts nobody looks after, beside the word in the navigation. */
export function AlertCount() {
  useEffect(() => {
    void readCounts();
    const timer = setInterval(() => void readCounts(), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  const open = counts.value?.open ?? 0;
  if (open === 0) return null;
  return (
    <span class="alert-count" aria-live="polite">
      <span class="hidden">, </span>
      {open > SHOWN_MAX ? `${SHOWN_MAX}+` : open}
      <span class="hidden"> open</span>
    </span>
  );
}
