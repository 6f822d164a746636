const envelope = (operation: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><${operation}><tags>{{items}}</tags></${operation}></soap:Body></soap:Envelope>`;

const step = (operation: string) =>
  ({
    method: 'POST',
    path: '/',
    content: 'soap',
    headers: { soapaction: operation },
    body: envelope(operation),
    item: '<tag>{{epc}}</tag>',
    success: { status: [200], xml: { element: `${operation}Result`, equals: ['true'] } },
  }) as const;

/** Avery Dennison: SOAP and the names of the operations are documented; the service description is not public. */
export const averyDennison = {
  v: 1,
  vendor: 'avery_dennison',
  title: 'Avery Dennison, SOAP (placeholder but for the operations’ names)',
  documented: [
    '/marks/retail_sold/0/content',
    '/marks/retail_sold/0/headers/soapaction',
    '/marks/sellable_accessible/0/content',
    '/marks/sellable_accessible/0/headers/soapaction',
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
  marks: { retail_sold: [step('RFIDSoldTag')], sellable_accessible: [step('RFIDReturnedTag')] },
} as const;
