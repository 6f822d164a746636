import { effect, signal } from '@preact/signals';
import { type Decision, latest } from './state.ts';

const SHOWN_MS = 3_500;
const showing = signal<Decision | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

effect(() => {
  const now = latest.value;
  if (now === null) return;
  showing.value = now;
  clearTimeout(timer);
  timer = setTimeout(() => {
    showing.value = null;
  }, SHOWN_MS);
});

const WORD = { open: 'OPEN', alarm: 'ALARM', ignore: 'IGNORED' } as const;

/** The lane seen from above: tags walk from the shop, on the left, to the street. */
export function Lane() {
  const now = showing.value;
  const state = now?.decision ?? 'rest';
  return (
    <svg
      class={`lane ${state}`}
      viewBox="0 0 640 310"
      role="img"
      aria-label={now === null ? 'The lane is empty' : `The gate says ${WORD[now.decision].toLowerCase()}`}
    >
      <rect class="shop" x="0" y="0" width="320" height="260" />
      <rect class="street" x="320" y="0" width="320" height="260" />
      <text x="20" y="32" class="place">
        Shop
      </text>
      <text x="620" y="32" class="place" text-anchor="end">
        Street
      </text>
      <rect class="post" x="308" y="20" width="24" height="48" rx="6" />
      <rect class="post" x="308" y="192" width="24" height="48" rx="6" />
      <rect class="leaf upper" x="316" y="68" width="8" height="60" rx="3" />
      <rect class="leaf lower" x="316" y="132" width="8" height="60" rx="3" />
      {now !== null && (
        <g key={now.id} class="walk">
          {now.epcs.slice(0, 5).map((tag, i) => (
            <g
              key={tag.epc}
              transform={`translate(0 ${130 + (i - Math.min(now.epcs.length, 5) / 2 + 0.5) * 38})`}
            >
              <circle class={`dot ${tag.status}`} r="11" />
              <text class="what" x="20" y="7">
                {(tag.name ?? `…${tag.epc.slice(-6)}`).slice(0, 26)}
              </text>
            </g>
          ))}
        </g>
      )}
      {now !== null && (
        <text x="320" y="298" class="verdict" text-anchor="middle">
          {WORD[now.decision]}
        </text>
      )}
    </svg>
  );
}
