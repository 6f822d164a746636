import type { Gateway, Http, WebhookEvent } from '../../edge/payment/gateway.ts';
import { genericCardGateway } from '../../edge/payment/generic_card/adapter.ts';
import { GenericCardFake } from '../../edge/payment/generic_card/fake.ts';
import { signatureOf } from '../../edge/payment/generic_card/signature.ts';
import type { PaymentAccount } from '../../shared/payment/account.ts';
import type { Network } from './network.ts';
import { CONFIG, SECRET } from './shop.ts';
import type { World } from './world.ts';

/** Takes a message whose signature held. False: nobody did, so it is brought again. */
type Take = (event: WebhookEvent) => Promise<boolean>;

/** A message that nobody took is brought again so often, as the edge's inbox does. */
const TRIES_MAX = 6;
const TRY_AGAIN_MS = 30_000;

/** The card provider with its money: the real fake, behind lines that do what they like. */
export class SimProvider {
  readonly fake: GenericCardFake;
  readonly #world: World;
  readonly #network: Network;
  readonly #take: Take;

  constructor(world: World, network: Network, take: Take) {
    this.#world = world;
    this.#network = network;
    this.#take = take;
    this.fake = new GenericCardFake({
      secret: SECRET,
      now: () => world.now,
      send: async (request) => {
        const { url } = request;
        const body = await request.text();
        for (const delay of network.toUs()) world.after(delay, () => void this.#bring(url, body, 1));
        return new Response(null, { status: 200 });
      },
    });
  }

  /** The real adapter of an account, over the line. `now` is the clock of the machine that it runs on. */
  gateway(account: PaymentAccount, http: Http, now: () => number): Gateway | null {
    return genericCardGateway({ account, secrets: { secret: SECRET }, http, now });
  }

  /** The network as an adapter sees it. */
  readonly http: Http = async (request) => {
    const { method, url } = request;
    const headers = [...request.headers];
    const body = await request.text();
    const arrive = async () => {
      // One mood for each piece of work: what the request did not need is forgotten.
      this.fake.ctl.next(this.#network.mood());
      const sent = new Request(url, { method, headers, ...(body === '' ? {} : { body }) });
      try {
        const { status, headers: said, ...answer } = await heardOf(await this.fake.fetch(sent));
        this.#world.note(
          () => `fake  ${method} ${new URL(url).pathname.slice(0, 24)} ${body} → ${status} ${answer.text}`,
        );
        return new Response(answer.text === '' ? null : answer.text, { status, headers: said });
      } finally {
        this.fake.ctl.behaviour();
      }
    };
    return this.#network.ask(`${method} ${new URL(url).pathname}`, arrive, this.#network.toProvider());
  };

  /** The payer decides on the provider's page. */
  async decide(page: string, decision: 'approve' | 'decline'): Promise<void> {
    await this.fake.fetch(new Request(page, { method: 'POST', body: new URLSearchParams({ decision }) }));
  }

  /** Signed anew at every try, as providers do. */
  async #bring(url: string, body: string, tries: number): Promise<void> {
    const at = Math.floor(this.#world.now / 1_000);
    const headers = new Headers({ 'x-signature': await signatureOf(SECRET, at, body) });
    const account = CONFIG.gateways.find(({ account_key }) => url.endsWith(account_key));
    const gateway = account === undefined ? null : this.gateway(account, this.http, () => this.#world.now);
    const raw = { headers, body, path: new URL(url).pathname, now_ms: this.#world.now };
    const verified = await gateway?.verifyWebhook(raw);
    if (verified?.ok !== true) throw new Error(`our own adapter refused ${body}`);
    for (const event of verified.value.events) {
      this.#world.note(() => `told  ${event.type} of ${event.payment_id ?? ''}, try ${tries}`);
      let answered = false;
      const again = () => {
        if (!answered && tries < TRIES_MAX) void this.#bring(url, body, tries + 1);
      };
      this.#world.after(TRY_AGAIN_MS, again);
      answered = await this.#take(event);
    }
  }
}

async function heardOf(response: Response): Promise<{ status: number; headers: Headers; text: string }> {
  return { status: response.status, headers: response.headers, text: await response.text() };
}
