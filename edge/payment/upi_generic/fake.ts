import { FakeControl, type FakeGateway } from '../fake/control.ts';
import type { RawWebhook } from '../gateway.ts';
import { signatureOf } from '../generic_card/signature.ts';

/** A UPI app that reads the symbol, and the bank's notifier behind it. It has no HTTP interface of its own. */
export class UpiGenericFake implements FakeGateway {
  readonly ctl = new FakeControl();
  readonly #options: { secret: string; vpa: string; now(): number };
  #n = 0;

  constructor(options: { secret: string; vpa: string; now(): number }) {
    this.#options = options;
  }

  async fetch(request: Request): Promise<Response> {
    this.ctl.refuse(`nothing is asked of it: ${request.method} ${request.url}`);
    return new Response(null, { status: 404 });
  }

  /** The payer scans, pays or fails to pay, and the notifier says so. */
  async scan(
    payload: string,
    status: 'SUCCESS' | 'FAILED' | 'PENDING',
    over: object = {},
  ): Promise<RawWebhook> {
    const link = new URL(payload);
    const read = (name: string) => link.searchParams.get(name) ?? '';
    const [rupees, paise] = read('am').split('.');
    const amount_minor = Number(rupees) * 100 + Number(paise);
    if (
      `${link.protocol}${link.host}` !== 'upi:pay' ||
      read('pa') !== this.#options.vpa ||
      read('cu') !== 'INR'
    )
      this.ctl.refuse(`no link of this store: ${payload}`);
    if (!/^[A-Za-z0-9]{1,35}$/.test(read('tr')) || !/^\d+\.\d\d$/.test(read('am')))
      this.ctl.refuse(`not as NPCI writes it: ${payload}`);
    if (status === 'SUCCESS')
      this.ctl.moved({ reference: read('tr'), kind: 'charge', amount: amount_minor, currency: 'INR' });
    this.#n += 1;
    const now_ms = this.#options.now();
    const body = JSON.stringify({
      event_id: `upi_evt_${this.#n}`,
      tenant_ref: 'the notifier’s own name of the shop',
      sale_id: read('tr'),
      upi_txn_id: `AXI${this.#n}`,
      rrn: String(400_000_000_000 + this.#n),
      vpa: 'payer.name@otherbank',
      amount_minor,
      currency: 'INR',
      status,
      occurred_at: new Date(now_ms).toISOString(),
      ...over,
    });
    const signature = await signatureOf(this.#options.secret, Math.floor(now_ms / 1000), body);
    const path = '/v1/webhooks/upi_generic/an-account-key';
    return { headers: new Headers({ 'x-signature': signature }), body, path, now_ms };
  }
}
