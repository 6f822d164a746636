import type { Http, RawWebhook } from '../gateway.ts';

interface Message {
  url: string;
  body: string;
  now_ms: number;
}

/**
 * The messages of a fake provider in the order in which things happened. They go out one after the other if there
 * is a network; one that is not taken is not sent again, but stays among the deliveries.
 */
export class FakeOutbox {
  readonly #messages: Message[] = [];
  #sending: Promise<unknown> = Promise.resolve();
  readonly #sign: (body: string, nowMs: number) => Promise<Record<string, string>>;
  readonly #send: Http | undefined;

  constructor(
    sign: (body: string, nowMs: number) => Promise<Record<string, string>>,
    send: Http | undefined,
  ) {
    this.#sign = sign;
    this.#send = send;
  }

  push(url: string, body: object, now_ms: number): void {
    const message = { url, body: JSON.stringify(body), now_ms };
    this.#messages.push(message);
    const send = this.#send;
    if (send === undefined) return;
    this.#sending = this.#sending.then(async () => {
      const { headers, body: text } = await this.#signed(message);
      await send(new Request(url, { method: 'POST', headers, body: text })).catch(() => null);
    });
  }

  /** Every message so far, signed as it was sent. */
  deliveries(): Promise<RawWebhook[]> {
    return Promise.all(this.#messages.map((message) => this.#signed(message)));
  }

  async #signed({ url, body, now_ms }: Message): Promise<RawWebhook> {
    const { pathname, search } = new URL(url);
    const headers = new Headers({ 'content-type': 'application/json', ...(await this.#sign(body, now_ms)) });
    return { headers, body, path: `${pathname}${search}`, now_ms };
  }
}
