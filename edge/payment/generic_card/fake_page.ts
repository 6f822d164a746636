import { formatMoney } from '../../../shared/money/format.ts';
import { escapeXml } from '../../../shared/receipt/escape.ts';
import type { CardPayment } from './protocol.ts';

/** Where the payer of the fake provider decides. No card is asked for: no real money moves here. */
export function cardPage({ amount_minor, currency, status }: CardPayment): Response {
  const amount = escapeXml(formatMoney(amount_minor, currency));
  const open = status === 'requires_redirect';
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Card gateway</title></head><body><main>
<h1>${open ? `Pay ${amount}?` : 'Nothing to pay'}</h1><p>This is a simulated provider: no real money moves.</p>${
    open
      ? `<form method="post"><button name="decision" value="approve">Pay</button>
<button name="decision" value="decline">Decline</button></form>`
      : ''
  }</main></body></html>`;
  return new Response(html, {
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  });
}
