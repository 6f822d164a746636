import { z } from 'zod';
import { ScanTestAnswer } from '../../../shared/api/scan_test.ts';
import { request } from '../../../shared/ui/http.ts';
import { address } from '../promotions/address.ts';
import { session, signOut } from '../session.ts';

/** What is tried: it stands in the address, so that a finding can be sent to a colleague. */
export interface Trial {
  store: string;
  code: string;
  source: string;
  symbology: string;
}

export function trialInAddress(): Trial {
  const query = new URL(address.value, location.origin).searchParams;
  const of = (name: string) => query.get(name) ?? '';
  return {
    store: of('store'),
    code: of('code'),
    source: of('source') || 'camera',
    symbology: of('symbology'),
  };
}

export function addressOf({ store, code, source, symbology }: Trial): string {
  const query = new URLSearchParams({ store, code, source });
  if (symbology !== '') query.set('symbology', symbology);
  return `/scans?${query}`;
}

const Stores = z.object({ data: z.array(z.looseObject({ id: z.string(), name: z.string() })) });
export type StoreChoice = z.infer<typeof Stores>['data'][number];

export async function readStores(): Promise<StoreChoice[] | string> {
  const answer = await request(Stores, '/v1/stores?limit=100', { token: session.value?.token ?? null });
  if (answer.ok) return answer.value.data;
  return troubleOf(answer.problem);
}

export async function tryScan(trial: Trial): Promise<ScanTestAnswer | string> {
  const answer = await request(ScanTestAnswer, `/v1/stores/${encodeURIComponent(trial.store)}/scan_tests`, {
    method: 'POST',
    token: session.value?.token ?? null,
    body: {
      code: trial.code,
      source: trial.source,
      ...(trial.symbology === '' ? {} : { symbology: trial.symbology }),
    },
  });
  if (answer.ok) return answer.value;
  return troubleOf(answer.problem);
}

function troubleOf(problem: { code: string; title: string; detail?: string | undefined } | null): string {
  if (problem?.code === 'unauthenticated') signOut();
  return problem === null
    ? 'No connection. Nothing was tried.'
    : [problem.title, problem.detail].filter(Boolean).join('. ');
}
