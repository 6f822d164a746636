const step = (status: string) =>
  ({
    method: 'POST',
    path: '/api/gate/',
    content: 'json',
    body: { epcs: '{{epcs}}', status: '{{state}}' },
    word: status,
  }) as const;

/** Keonn, outbound: only method and path are documented. A Keonn gate that asks is served by its own route. */
export const keonn = {
  v: 1,
  vendor: 'keonn',
  title: 'Keonn, tags told to the gate',
  documented: [
    '/marks/retail_sold/0/method',
    '/marks/retail_sold/0/path',
    '/marks/sellable_accessible/0/method',
    '/marks/sellable_accessible/0/path',
  ],
  placeholder: [
    '/auth',
    '/words',
    '/marks',
    '/batch_max',
    '/timeout_ms',
    '/rate_per_s',
    '/one_order',
    '/verify_after',
  ],
  auth: { type: 'none' },
  words: {},
  marks: { retail_sold: [step('sold')], sellable_accessible: [step('unsold')] },
} as const;
