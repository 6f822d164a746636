const step = (status: string) =>
  ({
    method: 'POST',
    path: '/SmartEAS/EpcMgmt/SetEpcTagStatus',
    content: 'json',
    body: { epcs: '{{epcs}}', status: '{{state}}' },
    word: status,
  }) as const;

/** SML SmartEAS: only method and path are documented. */
export const sml = {
  v: 1,
  vendor: 'sml',
  title: 'SML SmartEAS, tag status',
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
  marks: { retail_sold: [step('SOLD')], sellable_accessible: [step('UNSOLD')] },
} as const;
