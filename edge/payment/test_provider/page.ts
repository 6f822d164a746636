import { formatMoney } from '../../../shared/money/format.ts';
import { escapeXml } from '../../../shared/receipt/escape.ts';
import type { Charge } from '../test/protocol.ts';

/** The bank's page of a 3-D Secure challenge, as the payer sees it. */
export function challengePage(charge: Charge, returnUrl: string, nonce: string): Response {
  const open = charge.status === 'requires_action';
  const amount = escapeXml(formatMoney(charge.amount, charge.currency));
  const back = escapeXml(returnUrl);
  const body = open
    ? `<h1>Approve ${amount}?</h1>
<p>The test bank asks whether it is you who pays. No real money moves.</p>
<form method="post"><button name="decision" value="approve">Approve</button>
<button name="decision" value="decline" class="plain">Decline</button></form>`
    : `<h1>Nothing to approve</h1><p>This payment of ${amount} is decided already.</p><p><a href="${back}">Back to the shop</a></p>`;
  return page(200, body, nonce, new URL(returnUrl).origin);
}

export const noChallenge = (nonce: string): Response =>
  page(404, '<h1>No such payment</h1><p>The test bank knows of no payment at this address.</p>', nonce, null);

/** Browsers apply form-action also to the redirect that answers the form, so it names the shop's origin. */
function page(status: number, body: string, nonce: string, shop: string | null): Response {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Test bank</title>
<style nonce="${nonce}">:root{color-scheme:light dark}body{font:1.125rem/1.5 system-ui,sans-serif;max-width:26rem;margin:10vh auto;padding:0 1rem}
button{font:inherit;min-height:3rem;width:100%;margin:.5rem 0;border:2px solid #1d4ed8;border-radius:.5rem;background:#1d4ed8;color:#fff}
.plain{background:transparent;color:inherit;border-color:currentColor}</style></head><body><main>
${body}
</main></body></html>`;
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'${shop === null ? '' : ` ${shop}`}; base-uri 'none'; frame-ancestors 'none'`;
  return new Response(html, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-store',
    },
  });
}
