import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { z } from 'zod';
import { Notice } from '../../shared/ui/components.tsx';
import { request } from '../../shared/ui/http.ts';

/**
 * The physical world of a demo: only where the page is served by the demo's own front does `/demo/state`
 * answer. On a real agent there is nothing behind it and the panel does not show.
 */
const DemoState = z.looseObject({
  line: z.enum(['up', 'cut']),
  printer: z
    .looseObject({
      paper: z.string(),
      cover: z.string(),
      receipts: z.array(
        z.looseObject({ id: z.union([z.string(), z.number()]), svg: z.string(), text: z.string() }),
      ),
    })
    .nullable(),
  tags: z.looseObject({
    paid: z.array(z.string()),
    unpaid: z.array(z.string()),
    foreign: z.array(z.string()),
  }),
});
type DemoState = z.infer<typeof DemoState>;

const POLL_MS = 1_000;
const demo = signal<DemoState | null>(null);
const hint = signal<string | null>(null);

async function poll(): Promise<boolean> {
  const state = await request(DemoState, '/demo/state');
  if (state.ok) demo.value = state.value;
  return state.ok || demo.value !== null;
}

async function act(path: string, body: unknown): Promise<void> {
  hint.value = null;
  const answer = await request(z.unknown(), path, { method: 'POST', body });
  if (!answer.ok) hint.value = answer.problem?.detail ?? answer.problem?.title ?? 'The demo does not answer.';
  await poll();
}

export function DemoPanel() {
  useEffect(() => {
    let timer: ReturnType<typeof setInterval> | undefined;
    void poll().then((there) => {
      if (there) timer = setInterval(() => void poll(), POLL_MS);
    });
    return () => clearInterval(timer);
  }, []);
  const now = demo.value;
  if (now === null) return null;
  const receipt = now.printer?.receipts.at(-1);
  return (
    <div class="demo">
      <h3>Try it</h3>
      {hint.value !== null && <Notice tone="wait">{hint.value}</Notice>}
      <div class="buttons">
        <button
          type="button"
          disabled={now.tags.paid.length === 0}
          onClick={() => void act('/demo/lane/walk', { kind: 'paid', lane: 'mqtt' })}
        >
          Walk a paid tag
        </button>
        <button type="button" onClick={() => void act('/demo/lane/walk', { kind: 'unpaid', lane: 'mqtt' })}>
          Walk an unpaid tag
        </button>
        <button type="button" onClick={() => void act('/demo/lane/walk', { kind: 'foreign', lane: 'mqtt' })}>
          Walk a foreign tag
        </button>
        <button type="button" onClick={() => void act('/demo/lane/walk', { kind: 'unpaid', lane: 'llrp' })}>
          Unpaid past the reader
        </button>
        <button
          type="button"
          onClick={() => void act('/demo/line', { state: now.line === 'up' ? 'cut' : 'up' })}
        >
          {now.line === 'up' ? 'Cut the line' : 'Heal the line'}
        </button>
        {now.printer !== null && (
          <button
            type="button"
            onClick={() => void act('/demo/printer', { paper: now.printer?.paper === 'out' ? 'ok' : 'out' })}
          >
            {now.printer.paper === 'out' ? 'Put paper in' : 'Pull the paper'}
          </button>
        )}
        <button type="button" onClick={() => void act('/demo/agent/kill', {})}>
          Kill the agent
        </button>
      </div>
      {now.tags.paid.length === 0 && (
        <p class="small soft">No tag is paid yet: buy a tagged item on the phone first.</p>
      )}
      {receipt !== undefined && (
        <img
          class="paper"
          src={`data:image/svg+xml;utf8,${encodeURIComponent(receipt.svg)}`}
          alt="What the printer printed last"
        />
      )}
    </div>
  );
}
