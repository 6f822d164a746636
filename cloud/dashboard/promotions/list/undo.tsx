import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

interface Undo {
  text: string;
  /** Null: there is nothing to take back. */
  undo: (() => void) | null;
}

const SHOWN_MS = 10_000;

const offer = signal<Undo | null>(null);

/** Says what was done and how to take it back. */
export function say(text: string, undo: (() => void) | null = null): void {
  offer.value = { text, undo };
}

export function UndoBar() {
  const shown = offer.value;
  useEffect(() => {
    if (shown === null) return undefined;
    const timer = setTimeout(() => {
      if (offer.value === shown) offer.value = null;
    }, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return (
    <div class="undo-place" role="status">
      {shown !== null && (
        <div class="undo">
          <span>{shown.text}</span>
          {shown.undo !== null && (
            <button
              type="button"
              onClick={() => {
                offer.value = null;
                shown.undo?.();
              }}
            >
              Undo
            </button>
          )}
        </div>
      )}
    </div>
  );
}
