const step = (path: string) =>
  ({
    method: 'POST',
    path,
    content: 'json',
    body: { epcs: '{{epcs}}' },
    success: { status: [200], failed: '/failed' },
  }) as const;

/**
 * A service that deactivates and activates lists of tags: OAuth2 client credentials and lists of those that
 * went well and wrong are documented as a form of its kind; paths and keys are ours.
 */
export const oauth2EpcList = {
  v: 1,
  vendor: 'oauth2_epc_list',
  title: 'Lists of tags to a service with OAuth2 client credentials',
  documented: ['/auth/type', '/marks/retail_sold/0/method'],
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
  auth: { type: 'oauth2_client_credentials', token_url: '/oauth2/token' },
  words: {},
  marks: { retail_sold: [step('/deactivate')], sellable_accessible: [step('/activate')] },
} as const;
