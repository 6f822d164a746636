import { DurableObject } from 'cloudflare:workers';
import { z } from 'zod';
import { CardFacts } from '../../shared/api/order.ts';
import type { WishlistItem } from '../../shared/api/shopper.ts';
import type { Item } from '../../shared/catalog/item.ts';
import { type BasketId, type ItemId, SavedCardId, type StoreId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { memoryOf, purgeKeys, recall } from '../basket/idempotency.ts';
import type { Call, Refusal } from '../basket/port.ts';
import { CommandQueue } from '../basket/queue.ts';
import { type StorePort, storePort } from '../basket/store_port.ts';
import { refuse } from '../basket/trip.ts';
import type { Env } from '../env.ts';
import { gatewayOfKey } from '../payment/registry.ts';
import { type Vault, vaultOf } from '../payment/vault.ts';
import type { Sql } from '../store/sql.ts';
import {
  cardOf,
  cardsToForget,
  forgetLater,
  isLive,
  keepCard,
  listCards,
  nextForgetAt,
  tombstone,
} from './cards.ts';
import { forgetCard } from './forget_card.ts';
import type { NewSavedCard, ShopperForEdge, ShopperForTrip } from './port.ts';
import { ensureTables, isKnown } from './schema.ts';
import { transfer } from './transfer.ts';
import { dropWish, putWish, refreshWishes, wishesOf } from './wishes.ts';

/** A provider that did not answer about a card that made room is asked again after this long. */
const FORGET_AGAIN_MS = 6 * 3_600_000;
/** Nobody calls when an alarm rings, and deleting a card sends no address of ours to anybody. */
const NO_ORIGIN = 'https://localhost';

/** What is sealed of a card. */
const SealedToken = z.object({ token: z.string(), customer: z.string().nullable() });

/**
 * What is kept of one shopper beyond a trip: saved cards and the wishlist. Its name is the shopper's id. Glue: a
 * shopper of whom nothing is kept has no tables, and nobody makes them by asking.
 */
export class ShopperObject extends DurableObject<Env> implements ShopperForTrip, ShopperForEdge {
  readonly #sql: Sql;
  readonly #vault: Vault;
  readonly #queue = new CommandQueue();
  #known = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#vault = vaultOf(env.VAULT_KEY);
    this.#sql = { exec: (query, ...bindings) => ctx.storage.sql.exec<never>(query, ...bindings).toArray() };
    ctx.blockConcurrencyWhile(async () => {
      this.#known = isKnown(this.#sql);
      if (this.#known) ctx.storage.transactionSync(() => ensureTables(this.#sql));
    });
  }

  // ---- saved cards ----

  async keepCard(card: NewSavedCard): ReturnType<ShopperForTrip['keepCard']> {
    const id = SavedCardId.parse(`crd_${crypto.randomUUID()}`);
    const { token, customer } = card;
    const sealed = {
      saved_card_id: id,
      token: await this.#vault.seal(JSON.stringify({ token, customer }), id),
    };
    const kept = this.#write(() => keepCard(this.#sql, card, sealed, Date.now()));
    await this.#arm();
    return { saved_card_id: kept };
  }

  /** Deletes what made room at its provider, again and again until that has answered. */
  override async alarm(): Promise<void> {
    if (!this.#known) return;
    for (const row of cardsToForget(this.#sql, Date.now())) {
      const opened = await this.#vault.open(row.token, row.saved_card_id);
      const sealed = opened === null ? null : SealedToken.parse(JSON.parse(opened));
      const keeps = sealed === null || isLive(this.#sql, { ...row, ...sealed });
      const done = keeps
        ? ({ s: 'gone' } as const)
        : await forgetCard(await gatewayOfKey(this.env, row, NO_ORIGIN).catch(() => null), sealed.token);
      this.#write(() =>
        done.s === 'unknown'
          ? forgetLater(this.#sql, row.saved_card_id, Date.now() + FORGET_AGAIN_MS)
          : tombstone(this.#sql, row.saved_card_id, Date.now()),
      );
    }
    await this.#arm();
  }

  async cardFor(query: Parameters<ShopperForTrip['cardFor']>[0]): ReturnType<ShopperForTrip['cardFor']> {
    const row = this.#known ? cardOf(this.#sql, query.saved_card_id) : null;
    if (row === null || row.gateway !== query.gateway || row.account_key !== query.account_key) return null;
    const opened = await this.#vault.open(row.token, row.saved_card_id);
    return opened === null
      ? null
      : { ...SealedToken.parse(JSON.parse(opened)), card: CardFacts.parse(JSON.parse(row.card)) };
  }

  async savedCards(): ReturnType<ShopperForEdge['savedCards']> {
    return this.#known ? listCards(this.#sql) : [];
  }

  async cardToForget(id: SavedCardId): ReturnType<ShopperForEdge['cardToForget']> {
    const row = this.#known ? cardOf(this.#sql, id) : null;
    if (row === null) return null;
    const opened = await this.#vault.open(row.token, row.saved_card_id);
    const token = opened === null ? null : SealedToken.parse(JSON.parse(opened)).token;
    return { gateway: row.gateway, account_key: row.account_key, token };
  }

  async dropCard(id: SavedCardId): Promise<void> {
    if (this.#known) this.#write(() => tombstone(this.#sql, id, Date.now()));
  }

  // ---- the wishlist ----

  async openWishlist(store_id: StoreId): ReturnType<ShopperForEdge['openWishlist']> {
    const opened = await this.#open(store_id);
    return opened.ok ? ok(opened.value.wishes) : opened;
  }

  /** The wishlist as the store's shelf now has it, and those of its items that the store still sells. */
  readonly #open = async (
    store_id: StoreId,
  ): Promise<Result<{ wishes: WishlistItem[]; items: Item[] }, Refusal>> => {
    const wanted = this.#wanted(store_id);
    if (wanted.length === 0) return ok({ wishes: [], items: [] });
    const items = await this.#itemsOf(storePort(this.env, store_id), wanted);
    if (!items.ok) return items;
    this.#write(() => refreshWishes(this.#sql, store_id, items.value));
    return ok({ wishes: wishesOf(this.#sql, store_id), items: items.value });
  };

  async putWish(wish: Parameters<ShopperForEdge['putWish']>[0]): ReturnType<ShopperForEdge['putWish']> {
    const items = await this.#itemsOf(storePort(this.env, wish.store_id), [wish.item_id]);
    if (!items.ok) return items;
    const [item] = items.value;
    if (item === undefined) return refuse('unknown_item');
    const put = this.#write(() => putWish(this.#sql, { ...wish, item, now: Date.now() }));
    return put ? ok(wishesOf(this.#sql, wish.store_id)) : refuse('wishlist_full');
  }

  async dropWish({
    store_id,
    item_id,
  }: Parameters<ShopperForEdge['dropWish']>[0]): ReturnType<ShopperForEdge['dropWish']> {
    if (!this.#known || !this.#write(() => dropWish(this.#sql, store_id, item_id)))
      return refuse('not_found');
    return ok(wishesOf(this.#sql, store_id));
  }

  /** One at a time: a key whose first call still runs is answered by that call's own answer. */
  transferWishlist(call: Call, basket_id: BasketId): ReturnType<ShopperForEdge['transferWishlist']> {
    return this.#queue.full
      ? Promise.resolve(refuse('rate_limited'))
      : this.#queue.run(() => this.#transfer(call, basket_id));
  }

  async #transfer(
    { idempotency, ...call }: Call,
    basket_id: BasketId,
  ): ReturnType<ShopperForEdge['transferWishlist']> {
    const { caller } = call;
    if (caller.kind !== 'shopper') return refuse('forbidden');
    const known = this.#known ? recall(this.#sql, idempotency) : ({ found: 'nothing' } as const);
    if (known.found === 'other_body') return refuse('idempotency_key_reuse');
    if (known.found === 'answer') return ok({ body: JSON.parse(known.body), replayed: true });

    const opened = await this.#open(caller.store_id);
    if (!opened.ok) return opened;
    const { wishes, items } = opened.value;
    const done = await transfer(wishes, new Map(items.map((item) => [item.id, item])), {
      read: () => this.env.BASKET.getByName(basket_id).read(call),
      scan: (scan) => this.env.BASKET.getByName(basket_id).scan(call, scan),
    });
    if (!done.ok) return done;
    if (this.#known)
      this.#write(() => {
        purgeKeys(this.#sql, Date.now());
        memoryOf(this.#sql, idempotency, known, Date.now()).keep(done.value);
      });
    return ok({ body: done.value, replayed: false });
  }

  // ---- glue ----

  #wanted(store_id: StoreId): ItemId[] {
    return this.#known ? wishesOf(this.#sql, store_id).map(({ item_id }) => item_id) : [];
  }

  async #itemsOf(store: StorePort, ids: ItemId[]): Promise<Result<Item[], Refusal>> {
    if (ids.length === 0) return ok([]);
    const asked = await store.ask((s) => s.itemsById(ids));
    return asked.ok ? asked : err({ code: 'store_unavailable' });
  }

  async #arm(): Promise<void> {
    const at = nextForgetAt(this.#sql);
    if (at !== null) await this.ctx.storage.setAlarm(at);
  }

  #write<T>(change: () => T): T {
    const written = this.ctx.storage.transactionSync(() => {
      ensureTables(this.#sql);
      return change();
    });
    this.#known = true;
    return written;
  }
}
