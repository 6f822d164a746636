import { useState } from 'preact/hooks';
import { Notice } from '../../../shared/ui/components.tsx';
import { readReceipt } from './data.ts';

/** A receipt as its paper reads, shown in its place. */
export function Receipt({ order, refund, name }: { order: string; refund: string | null; name: string }) {
  const [paper, setPaper] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const toggle = async () => {
    if (paper !== null) return setPaper(null);
    const text = await readReceipt(order, refund);
    setFailed(text === null);
    setPaper(text);
  };
  return (
    <div class="receipt">
      <button type="button" class="link" aria-expanded={paper !== null} onClick={() => void toggle()}>
        {name}
      </button>
      {failed && <Notice tone="wait">The receipt could not be read. Nothing changed: try again.</Notice>}
      {paper !== null && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long receipt scrolls by keyboard.
        <pre class="small" tabIndex={0}>
          {paper}
        </pre>
      )}
    </div>
  );
}
