import { formatMoney } from '../../../shared/money/format.ts';
import { escapeXml } from '../../../shared/receipt/escape.ts';

/** Where the payer of a fake provider decides. No card is asked for: no real money moves here. */
export function payerPage(provider: string, amount: number, currency: string, open: boolean): Response {
  const sum = escapeXml(formatMoney(amount, currency));
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeXml(provider)}</title></head><body><main>
<h1>${open ? `Pay ${sum}?` : 'Nothing to pay'}</h1><p>This is a simulated provider: no real money moves.</p>${
    open
      ? `<form method="post"><button name="decision" value="approve">Pay</button>
<button name="decision" value="decline">Decline</button></form>`
      : ''
  }</main></body></html>`;
  return new Response(html, {
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  });
}

/** What the payer chose on the page. */
export const decisionOf = (form: string): 'approve' | 'decline' =>
  new URLSearchParams(form).get('decision') === 'approve' ? 'approve' : 'decline';
