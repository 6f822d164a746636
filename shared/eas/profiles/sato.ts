const patch = (word: string, readPoint?: string) =>
  ({
    method: 'PATCH',
    path: '/CoreServices/tags/{{epc}}',
    per: 'item',
    content: 'json',
    body: { status: '{{state}}', ...(readPoint === undefined ? {} : { readPoint }) },
    word,
  }) as const;

/**
 * SATO: the sign-in call, PATCH, the words and the two calls of a return are documented; the paths of the
 * tags and the keys of the bodies are not.
 */
export const sato = {
  v: 1,
  vendor: 'sato',
  title: 'SATO CoreServices, tag status',
  documented: [
    '/auth/type',
    '/auth/login/method',
    '/auth/login/path',
    '/marks/retail_sold/0/method',
    '/marks/retail_sold/0/word',
    '/marks/retail_sold/0/body/readPoint',
    '/marks/sellable_accessible/0/method',
    '/marks/sellable_accessible/0/word',
    '/marks/sellable_accessible/1/method',
    '/marks/sellable_accessible/1/word',
    '/probe/step/method',
  ],
  placeholder: [
    '/auth',
    '/words',
    '/marks',
    '/probe',
    '/batch_max',
    '/timeout_ms',
    '/rate_per_s',
    '/one_order',
    '/verify_after',
  ],
  auth: {
    type: 'session',
    login: {
      method: 'POST',
      path: '/CoreServices/public/users/sessions?user={{secret.username}}&password={{secret.password}}',
    },
    token: '/token',
    header: 'authorization',
    value: 'Bearer {{token}}',
  },
  words: { retail_sold: 'sold', sellable_accessible: 'sellable', returned: 'returned' },
  marks: {
    retail_sold: [patch('sold', 'check-out')],
    sellable_accessible: [patch('returned'), patch('sellable')],
  },
  probe: { step: { method: 'GET', path: '/CoreServices/tags/{{epc}}', per: 'item' }, state: '/status' },
} as const;
