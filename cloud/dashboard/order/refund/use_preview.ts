import { useEffect, useState } from 'preact/hooks';
import { RefundPreview } from '../../../../shared/api/refund.ts';
import { request } from '../../../../shared/ui/http.ts';
import { session } from '../../session.ts';
import { troubleOf } from '../data.ts';
import type { Ask } from './draft.ts';

const PAUSE_MS = 200;

/** What the store would do with this at this moment. `plan` null: not known yet, or refused for `trouble`. */
export function usePreview(
  order: string,
  ask: Ask | null,
): { plan: RefundPreview | null; trouble: string | null } {
  const [found, setFound] = useState<{ of: string; plan: RefundPreview | null; trouble: string | null }>();
  const of = ask === null ? '' : JSON.stringify(ask);
  useEffect(() => {
    if (of === '') return undefined;
    let over = false;
    const timer = setTimeout(async () => {
      const answer = await request(RefundPreview, `/v1/orders/${encodeURIComponent(order)}/refund_previews`, {
        ...{ method: 'POST', token: session.value?.token ?? null, body: JSON.parse(of) },
      });
      if (over) return;
      if (answer.ok) setFound({ of, plan: answer.value, trouble: null });
      else setFound({ of, plan: null, trouble: troubleOf(answer.problem) });
    }, PAUSE_MS);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [order, of]);
  return found?.of === of ? found : { plan: null, trouble: null };
}
