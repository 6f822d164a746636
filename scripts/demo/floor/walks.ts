import { setTimeout as sleep } from 'node:timers/promises';
import { err, ok, type Result } from '../../../shared/result.ts';
import { buyTag } from '../buy.ts';
import { CallRefused } from '../call.ts';
import type { DemoFile } from '../demo_file.ts';
import { signIn } from '../staff_session.ts';
import { listTags } from '../tags.ts';
import type { World } from './world.ts';

/** How long the page's lists of tags may be old. */
const TAGS_FRESH_MS = 2_000;
const TAGS_SHOWN = 20;
/** What a purchase of our own may need to reach the agent before the tag walks. */
const SALE_REACHES_AGENT_MS = 200;

export type Kind = 'paid' | 'unpaid' | 'foreign';
export interface Tags {
  paid: string[];
  unpaid: string[];
  foreign: string[];
}
const NO_TAGS: Tags = { paid: [], unpaid: [], foreign: [] };

export interface Services {
  edge: string;
  cloud: string;
  now(): number;
  /** In [0, 1). */
  random(): number;
}

/** Which tags can be carried through the lane, as the ledger has them. Asks as the demo's manager. */
export class Walks {
  readonly #services: Services;
  readonly #demo: DemoFile;
  #token: string | null = null;
  #tags: Tags = NO_TAGS;
  #read: Promise<void> | null = null;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(services: Services, demo: DemoFile) {
    this.#services = services;
    this.#demo = demo;
  }

  /** At most a moment old; the last ones known while the edge does not answer. */
  async tags(): Promise<Tags> {
    if (this.#services.now() - this.#readAt > TAGS_FRESH_MS) {
      this.#read ??= this.#readTags().finally(() => {
        this.#read = null;
      });
      await this.#read.catch(() => {});
    }
    return this.#tags;
  }

  /** A tag of that kind for the next walk; a paid one is bought where the store has sold none yet. */
  async tagOf(kind: Kind): Promise<Result<string, { detail: string }>> {
    try {
      await this.#readTags();
      const known = this.#any(this.#tags[kind]);
      if (known !== undefined) return ok(known);
      const free = this.#any(this.#tags.unpaid);
      if (kind !== 'paid' || free === undefined) return err({ detail: `the store has no ${kind} tag` });
      await buyTag(this.#services.edge, this.#demo.store_id, free);
      this.#readAt = Number.NEGATIVE_INFINITY;
      await sleep(SALE_REACHES_AGENT_MS);
      return ok(free);
    } catch (error) {
      return err({ detail: error instanceof Error ? error.message : String(error) });
    }
  }

  #any(tags: readonly string[]): string | undefined {
    return tags[Math.floor(this.#services.random() * tags.length)];
  }

  async #readTags(): Promise<void> {
    const [free, sold] = await this.#asManager((token) =>
      Promise.all([this.#list(token, 'free'), this.#list(token, 'sold')]),
    );
    this.#tags = {
      paid: sold.slice(0, TAGS_SHOWN),
      unpaid: free.slice(0, TAGS_SHOWN),
      foreign: this.#demo.samples.foreign_epcs,
    };
    this.#readAt = this.#services.now();
  }

  async #list(token: string, status: 'free' | 'sold'): Promise<string[]> {
    const ledger = { edge: this.#services.edge, token, storeId: this.#demo.store_id };
    return (await listTags(ledger, status)).data.map(({ epc }) => epc);
  }

  /** One sign-in serves until the edge refuses its token. */
  async #asManager<T>(ask: (token: string) => Promise<T>): Promise<T> {
    const kept = this.#token;
    if (kept !== null) {
      try {
        return await ask(kept);
      } catch (error) {
        if (!(error instanceof CallRefused) || error.status !== 401) throw error;
      }
    }
    const token = await signIn(this.#services.cloud, this.#demo.staff.manager);
    this.#token = token;
    return ask(token);
  }
}

/** Carries a tag through the lane that speaks MQTT, or past the reader that speaks LLRP. */
export async function walk(
  world: World,
  lane: 'mqtt' | 'llrp',
  epc: string,
): Promise<
  Result<{ epc: string; lane: string; decision?: unknown; outputs?: number[] }, { detail: string }>
> {
  if (lane === 'llrp') {
    const outputs = await world.walkPastReader(epc);
    return outputs === null
      ? err({ detail: 'a real reader is used, so nothing can be simulated at it' })
      : ok({ epc, lane, outputs });
  }
  const answer = await world.lane?.walk([epc]);
  if (answer === undefined) return err({ detail: 'the lane is not set up yet' });
  if (!answer.ok) {
    const detail =
      answer.error.code === 'offline'
        ? 'the lane has no connection to the store agent'
        : 'the store agent did not answer the lane';
    return err({ detail });
  }
  return ok({ epc, lane, decision: answer.value });
}
