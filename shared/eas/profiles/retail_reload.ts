/** Retail Reload: a form with these field names is documented; address, sign-in and answer are not. */
export const retailReload = {
  v: 1,
  vendor: 'retail_reload',
  title: 'Retail Reload, tags of a transaction as a form',
  documented: [
    '/marks/retail_sold/0/method',
    '/marks/retail_sold/0/content',
    '/marks/retail_sold/0/body',
    '/marks/sellable_accessible/0/method',
    '/marks/sellable_accessible/0/content',
    '/marks/sellable_accessible/0/body/tx_id',
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
  marks: {
    retail_sold: [
      { method: 'POST', path: '/', content: 'form', body: { tx_id: '{{ref}}', epc_list: '{{epcs}}' } },
    ],
    // That tags come back under the key "returned" is documented; how its value is written is not.
    sellable_accessible: [
      { method: 'POST', path: '/', content: 'form', body: { tx_id: '{{ref}}', returned: '{{epcs}}' } },
    ],
  },
  one_order: true,
} as const;
