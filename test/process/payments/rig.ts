import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { FakeAdyen } from '../../../edge/payment/adyen/fake.ts';
import { GenericCardFake } from '../../../edge/payment/generic_card/fake.ts';
import { signatureOf } from '../../../edge/payment/generic_card/signature.ts';
import { MpesaFake } from '../../../edge/payment/mpesa/fake.ts';
import { STRIPE_VERSION } from '../../../edge/payment/stripe/account.ts';
import { FakeStripe } from '../../../edge/payment/stripe/fake.ts';
import { RazorpayFake } from '../../../edge/payment/upi/fake.ts';
import { type Order, Payment } from '../../../shared/api/order.ts';
import { call, expectJson, type Reply, Shopper } from '../../support/client.ts';
import {
  newStoreId,
  type OpenedStore,
  openStore,
  priced,
  publishStore,
  putItems,
  type Served,
  serveProviders,
} from '../../support/payment_store.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame, until } from '../../support/sesame.ts';

/** A text that nobody else writes, so that a search finds no other. */
const random = (prefix: string): string => `${prefix}${crypto.randomUUID().replaceAll('-', '')}`;
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PRIVATE_KEY = RSA.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const CERTIFICATE = RSA.publicKey.export({ type: 'spki', format: 'pem' }).toString();

const SHORTCODE = '174379';
const MERCHANT = 'SesameJourneys';
/** Credentials of this run: they may stand in the secrets of the demo and nowhere else. */
const stripe = { api_key: random('sk_test_'), webhook_secret: random('whsec_') };
const adyen = { api_key: random('ak_'), hmac_key: random('').toUpperCase() + random('').toUpperCase() };
const generic = { secret: random('gcs_') };
const daraja = { consumer_key: random('ck_'), consumer_secret: random('cs_'), passkey: random('pk_') };
const initiator_password = random('ip_');
const callback_key = random('cb_');
const upi = { key_id: random('rzp_'), key_secret: random('ks_'), webhook_secret: random('ws_') };
export const CREDENTIALS: readonly string[] = [
  ...Object.values(stripe),
  ...Object.values(adyen),
  generic.secret,
  ...Object.values(daraja),
  initiator_password,
  callback_key,
  ...Object.values(upi),
];

const now = () => Date.now();

/** The providers of the journeys, each a fake that speaks its wire format. */
function newFakes() {
  return {
    stripe: new FakeStripe({ ...stripe, version: STRIPE_VERSION }),
    adyen: new FakeAdyen({ ...adyen, merchant: MERCHANT }),
    terminal: new FakeAdyen({ ...adyen, merchant: MERCHANT }),
    generic: new GenericCardFake({ ...generic, now }),
    mpesa: new MpesaFake({
      ...daraja,
      ...{
        shortcode: SHORTCODE,
        initiator: 'till_manager',
        initiator_password,
        private_key: PRIVATE_KEY,
        now,
      },
    }),
    upi: new RazorpayFake({ ...upi, now }),
  };
}
export type Fakes = ReturnType<typeof newFakes>;
type Currency = 'GBP' | 'EUR' | 'KES' | 'SEK' | 'INR';

/** One demo with a store for each currency, shared by all journeys. */
export class Rig {
  readonly data = freshDataDir();
  readonly fakes = newFakes();
  /** All that the processes have said. */
  stderr = '';
  /** Texts of payers that no table, log or event may hold: by what they are. */
  readonly secrets = new Map<string, string>(CREDENTIALS.map((text, i) => [`credential ${i}`, text]));
  sesame!: Sesame;
  readonly #stores = new Map<Currency, OpenedStore>();
  #served: Served[] = [];
  readonly #skus = new Map<number, string>();
  #shoppers = 0;

  async start(): Promise<void> {
    const { fakes } = this;
    this.#served = await serveProviders(this.data, [
      { gateway: 'stripe', methods: ['card'], fake: fakes.stripe, secrets: stripe },
      {
        ...{ gateway: 'adyen', methods: ['card'], fake: fakes.adyen, secrets: adyen },
        account: { merchant: MERCHANT, capture: 'manual' },
      },
      {
        ...{ gateway: 'adyen', methods: ['card_terminal'], fake: fakes.terminal, secrets: adyen },
        account: { merchant: MERCHANT, channels: ['kiosk', 'cashier'] },
      },
      { gateway: 'generic_card', methods: ['card'], fake: fakes.generic, secrets: generic },
      {
        ...{ gateway: 'mpesa', methods: ['mpesa'], fake: fakes.mpesa },
        secrets: { ...daraja, callback_key, initiator_password, certificate: CERTIFICATE },
        account: { settings: { shortcode: SHORTCODE, initiator: 'till_manager' } },
      },
      {
        ...{ gateway: 'upi', methods: ['upi_collect'], fake: fakes.upi, secrets: upi },
        account: {
          settings: { email: 'till@shop.example', contact: '+911234567890', client_ip: '192.0.2.7' },
        },
      },
    ]);
    this.sesame = await startSesame({
      data: this.data,
      heard: (text) => {
        this.stderr += text;
      },
    });
    const [stripeAt, adyenAt, terminalAt, genericAt, mpesaAt, upiAt] = this.#served;
    if (!stripeAt || !adyenAt || !terminalAt || !genericAt || !mpesaAt || !upiAt)
      throw new Error('not served');
    const terminal = {
      ...terminalAt,
      account: { ...terminalAt.account, settings: { terminal_base: terminalAt.url } },
    };
    const none = { base_url: undefined, secret_ref: undefined, environment: 'live' };
    const ledger = { ...genericAt, gateway: 'ledger', methods: ['loyalty'], account: none };
    const methods = ['card', 'card_declined', 'card_twice', 'card_late', 'card_lies', 'card_over'];
    const test = {
      ...{ ...genericAt, gateway: 'test' },
      ...{ methods: [...methods, 'card_timeout', 'card_refund_pending', 'card_refund_fails'], account: none },
    };
    await openStore(this.sesame, this.sesame.store_id, [genericAt]);
    await this.#open('GBP', [stripeAt, terminal, genericAt, ledger, test]);
    await this.#open('EUR', [adyenAt, test]);
    await this.#open('KES', [mpesaAt]);
    await this.#open('SEK', [test]);
    await this.#open('INR', [upiAt]);
  }

  async #open(currency: Currency, providers: readonly Served[]): Promise<void> {
    const more = { currency, name: `Journeys ${currency}`, order_prefix: `J${currency}` };
    this.#stores.set(currency, await openStore(this.sesame, newStoreId(), providers, more));
  }

  /** The token under which the generic provider keeps the card of a payment. */
  async savedCardOf(paymentId: string): Promise<string> {
    const path = `/payments?reference=${paymentId}`;
    const signature = await signatureOf(generic.secret, Math.floor(now() / 1_000), path);
    const asked = new Request(`http://fake${path}`, { headers: { 'x-signature': signature } });
    const Kept = z.object({ data: z.array(z.looseObject({ saved_card: z.string() })).length(1) });
    const [payment] = Kept.parse(await (await this.fakes.generic.fetch(asked)).json()).data;
    return payment?.saved_card ?? '';
  }

  async stop(): Promise<void> {
    await this.sesame?.stop();
    await Promise.all(this.#served.map((one) => one.close()));
    removeDataDir(this.data);
  }

  store(currency: Currency): OpenedStore {
    const found = this.#stores.get(currency);
    if (found === undefined) throw new Error(`no store of ${currency}`);
    return found;
  }

  /** Puts items of these prices on sale in a store; their codes are answered by `codeOf`. */
  async sell(currency: Currency, ...prices: number[]): Promise<void> {
    const fresh = prices.filter((price) => !this.#skus.has(price));
    for (const price of fresh) this.#skus.set(price, `M${price}-${this.#skus.size}`);
    if (fresh.length > 0)
      await putItems(
        this.sesame,
        fresh.map((price) => priced(this.codeOf(price), price)),
      );
    await publishStore(this.sesame, this.store(currency).store_id);
  }

  codeOf(price: number): string {
    const sku = this.#skus.get(price);
    if (sku === undefined) throw new Error(`nothing costs ${price}`);
    return sku;
  }

  /** A shopper with an address of her own (RFC 2544: nobody's). */
  shopper(currency: Currency): Promise<Shopper> {
    this.#shoppers += 1;
    const n = this.#shoppers;
    const address = `198.18.${Math.floor(n / 250)}.${(n % 250) + 1}`;
    return Shopper.enter({ edge: this.sesame.edge, store_id: this.store(currency).store_id }, address);
  }

  /** An order of items of these prices. */
  async order(currency: Currency, ...prices: number[]): Promise<{ shopper: Shopper; order: Order }> {
    const shopper = await this.shopper(currency);
    const basket = await shopper.openBasket();
    for (const price of prices)
      await until('the goods to be on the shelf', async () => {
        const body = { code: this.codeOf(price) };
        return (await shopper.call('POST', `/v1/baskets/${basket.id}/scans`, { body })).status === 200;
      });
    return { shopper, order: await shopper.openOrder(basket.id) };
  }

  /** What a shopper pays with, or with `staff` what somebody at the till takes for her. */
  async pay(shopper: Shopper | 'staff', order: { id: string }, body: object): Promise<Payment> {
    return expectJson(Payment, 201, this.tryToPay(shopper, order, body));
  }

  tryToPay(shopper: Shopper | 'staff', order: { id: string }, body: object): Promise<Reply> {
    const path = `/v1/orders/${order.id}/payments`;
    return shopper === 'staff'
      ? call(this.sesame.edge, 'POST', path, { token: this.sesame.tokens.admin, body })
      : shopper.call('POST', path, { body });
  }

  /** What somebody at the till asks of the edge. */
  staff(method: string, path: string, body?: object): Promise<Reply> {
    const { edge, tokens } = this.sesame;
    return call(edge, method, path, { token: tokens.admin, ...(body === undefined ? {} : { body }) });
  }

  /** What the head office asks of the cloud. */
  office(method: string, path: string, body?: object): Promise<Reply> {
    const { cloud, tokens } = this.sesame;
    return call(cloud, method, path, { token: tokens.admin, ...(body === undefined ? {} : { body }) });
  }

  /** As the provider sends it. The answer's status. */
  async deliver(
    gateway: string,
    currency: Currency,
    message: { headers: Headers; body: string; path?: string },
  ): Promise<number> {
    const own = `/v1/webhooks/${gateway}/${this.store(currency).account_keys[gateway]}`;
    const reply = await fetch(`${this.sesame.edge}${message.path ?? own}`, {
      method: 'POST',
      headers: message.headers,
      body: message.body,
    });
    await reply.arrayBuffer();
    return reply.status;
  }

  /** Every message that a store's providers have sent was applied or given up. */
  async inboxIsEmpty(currency: Currency): Promise<void> {
    const { store_id, account_keys } = this.store(currency);
    const Waiting = z.object({ data: z.array(z.unknown()) });
    for (const key of Object.values(account_keys))
      await until('the messages to be applied', async () => {
        const path = `/v1/stores/${store_id}/payment_accounts/${key}/webhooks?status=received`;
        return (await expectJson(Waiting, 200, this.office('GET', path))).data.length === 0;
      });
  }

  /** Incidents that speak of an order, once they are told; by kind. */
  async incidentsOf(order: { id: string }): Promise<string[]> {
    const Found = z.object({ data: z.array(z.looseObject({ kind: z.string(), detail: z.looseObject({}) })) });
    const { data } = await expectJson(Found, 200, this.office('GET', '/v1/incidents?limit=100'));
    return data.filter(({ detail }) => detail['order_id'] === order.id).map(({ kind }) => kind);
  }

  /** What the demo keeps its keys in. */
  keysFile(): unknown {
    return JSON.parse(readFileSync(join(this.data, 'keys.json'), 'utf8'));
  }

  /** A text of a payer that has to leave no trace. */
  keep<T extends string>(what: string, text: T): T {
    this.secrets.set(what, text);
    return text;
  }
}

/** Money as a payment shows it: what was taken, and what is still reserved. */
export const moneyOf = ({ payments }: Order) =>
  payments.map(({ status, captured, authorized }) => ({ status, captured, authorized }));

export const token = (rig: Rig, name: string): string => rig.keep(`token of ${name}`, random('pm_'));
