import type { ComponentChildren } from 'preact';

export type Tone = 'open' | 'alarm' | 'wait' | 'info';

const SIGNS: Record<Tone, string> = { open: '✓', alarm: '!', wait: '…', info: 'i' };

/** A word with its colour and a sign, so that the colour never stands alone. */
export function Badge({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return (
    <span class={`badge ${tone}`}>
      <span aria-hidden="true">{SIGNS[tone]}</span>
      {children}
    </span>
  );
}

/** What happened, whether money moved, and what to do. Announced when it appears. */
export function Notice({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return (
    <div class={`notice ${tone}`} role={tone === 'alarm' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}

export function Wait({ children }: { children: ComponentChildren }) {
  return (
    <p class="soft" role="status">
      <span class="spinner" aria-hidden="true" /> {children}
    </p>
  );
}

/** An empty list says what to do next. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="empty">{children}</div>;
}
