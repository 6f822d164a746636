/** Nedap iD Cloud: the call, its sign-in and its words are documented; host, body and answer are not. */
export const nedap = {
  v: 1,
  vendor: 'nedap',
  title: 'Nedap iD Cloud, article EAS status',
  documented: [
    '/auth/type',
    '/words/retail_sold',
    '/words/sellable_accessible',
    '/marks/retail_sold/0/method',
    '/marks/retail_sold/0/path',
    '/marks/sellable_accessible/0/method',
    '/marks/sellable_accessible/0/path',
    '/marks/retail_sold/0/item/disposition',
    '/marks/sellable_accessible/0/item/disposition',
    '/probe/step/method',
    '/verify_after',
  ],
  placeholder: ['/marks', '/probe', '/batch_max', '/timeout_ms', '/rate_per_s', '/one_order'],
  auth: { type: 'bearer' },
  words: { retail_sold: 'retail_sold', sellable_accessible: 'sellable_accessible' },
  marks: {
    retail_sold: [
      {
        method: 'PUT',
        path: '/article-eas-status',
        content: 'json',
        body: { items: '{{items}}' },
        item: { epc: '{{epc}}', disposition: '{{state}}' },
      },
    ],
    sellable_accessible: [
      {
        method: 'PUT',
        path: '/article-eas-status',
        content: 'json',
        body: { items: '{{items}}' },
        item: { epc: '{{epc}}', disposition: '{{state}}' },
      },
    ],
  },
  probe: {
    step: { method: 'GET', path: '/article-eas-status?epc={{epc}}', per: 'item' },
    state: '/disposition',
  },
  verify_after: true,
} as const;
