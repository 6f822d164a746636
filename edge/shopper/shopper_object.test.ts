import { env, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import { SavedCardId } from '../../shared/ids/index.ts';
import { newShopper, openShop } from '../basket/test/fixture.ts';
import { CARDS_MAX } from './cards.ts';
import { forgetCard } from './forget_card.ts';
import type { NewSavedCard } from './port.ts';

const ACCOUNT = '00000000-0000-7000-8000-000000000001.0123456789abcdef';
const newObject = () => env.SHOPPER.getByName(newShopper());
type Shopper = ReturnType<typeof newObject>;

const card = (n: number, more: Partial<NewSavedCard> = {}): NewSavedCard => ({
  payment_id: `pay_${n}`,
  gateway: 'stripe',
  account_key: ACCOUNT,
  token: `pm_secret_${n}`,
  customer: `cus_${n}`,
  card: { brand: 'visa', last4: '0005', expiry: '12/30', funding: 'debit', auth_code: '123456' },
  ...more,
});
const ask = (saved_card_id: string, more: { gateway?: string; account_key?: string } = {}) => ({
  saved_card_id,
  gateway: 'stripe',
  account_key: ACCOUNT,
  ...more,
});
const rows = (object: Shopper, query: string) =>
  runInDurableObject(object, (_, state) => state.storage.sql.exec(query).toArray());
const idOf = async (kept: Promise<{ saved_card_id: string }>) =>
  SavedCardId.parse((await kept).saved_card_id);

describe('saved cards', () => {
  it('are charged by their own account alone, and show brand, last four and expiry', async () => {
    const object = newObject();
    const id = await idOf(object.keepCard(card(1)));
    expect(await object.cardFor(ask(id))).toEqual({
      ...{ token: 'pm_secret_1', customer: 'cus_1' },
      card: { brand: 'visa', last4: '0005', expiry: '12/30' },
    });
    expect(await object.cardFor(ask(id, { gateway: 'adyen' }))).toBeNull();
    expect(await object.cardFor(ask(id, { account_key: 'another' }))).toBeNull();
    expect(await newObject().cardFor(ask(id))).toBeNull();
    expect(await object.savedCards()).toEqual([
      {
        id,
        gateway: 'stripe',
        brand: 'visa',
        last4: '0005',
        expiry: '12/30',
        created_at: expect.any(String),
      },
    ]);
    expect(JSON.stringify(await rows(object, 'SELECT * FROM saved_card'))).not.toContain('pm_secret');
  });

  it('stand there once, however often and by whichever payment they come', async () => {
    const object = newObject();
    const [one, two] = await Promise.all([idOf(object.keepCard(card(1))), idOf(object.keepCard(card(1)))]);
    expect(two).toBe(one);
    expect(await idOf(object.keepCard(card(1, { payment_id: 'pay_2' })))).toBe(one);
    expect(await idOf(object.keepCard(card(1, { payment_id: 'pay_3', customer: null })))).not.toBe(one);
    expect(await object.savedCards()).toHaveLength(2);
  });

  it('once deleted keep nothing but their id, and do not come back with a late repetition', async () => {
    const object = newObject();
    const id = await idOf(object.keepCard(card(1)));
    expect(await object.cardToForget(id)).toMatchObject({ token: 'pm_secret_1', gateway: 'stripe' });
    await object.dropCard(id);
    await object.dropCard(id);
    expect(await object.cardToForget(id)).toBeNull();
    expect(await object.cardFor(ask(id))).toBeNull();
    expect(await idOf(object.keepCard(card(1)))).toBe(id);
    expect(await object.savedCards()).toEqual([]);
    expect(await rows(object, 'SELECT token, token_digest, card FROM saved_card')).toEqual([
      { token: null, token_digest: null, card: null },
    ]);
    // The shopper saves the card anew: that is another one.
    expect(await idOf(object.keepCard(card(1, { payment_id: 'pay_9' })))).not.toBe(id);
  });

  it('are so many at most; the oldest makes room', async () => {
    const object = newObject();
    const ids: string[] = [];
    for (let n = 0; n <= CARDS_MAX; n++) {
      ids.push(await idOf(object.keepCard(card(n))));
      await runInDurableObject(object, (_, state) => {
        state.storage.sql.exec('UPDATE saved_card SET created_at = created_at - 10');
      });
    }
    const kept = (await object.savedCards()).map(({ id }) => id);
    expect(kept).toHaveLength(CARDS_MAX);
    expect(kept).not.toContain(ids[0]);
    expect(kept).toContain(ids.at(-1));
    expect(await object.cardFor(ask(ids[0] ?? ''))).toBeNull();
    // Nobody can be asked about an account that no store has: it waits, and is asked again.
    await runDurableObjectAlarm(object);
    await vi.waitFor(async () => {
      const waiting = `SELECT saved_card_id, token IS NOT NULL AS kept FROM saved_card WHERE forget_at > ${Date.now()}`;
      expect(await rows(object, waiting)).toEqual([{ saved_card_id: ids[0], kept: 1 }]);
    });
    expect(await runInDurableObject(object, (_, state) => state.storage.getAlarm())).toBeGreaterThan(0);
  });
});

it('a card that made room is dropped once its provider keeps none', async () => {
  const shop = await openShop();
  const object = newObject();
  const ours = { gateway: 'test', account_key: shop.account_key };
  const first = await idOf(object.keepCard(card(0, ours)));
  for (let n = 1; n <= CARDS_MAX; n++) {
    await runInDurableObject(object, (_, state) => {
      state.storage.sql.exec('UPDATE saved_card SET created_at = created_at - 10');
    });
    await object.keepCard(card(n, ours));
  }
  await runDurableObjectAlarm(object);
  await vi.waitFor(async () =>
    expect(
      await rows(object, 'SELECT saved_card_id, token, card FROM saved_card WHERE deleted_at > 0'),
    ).toEqual([{ saved_card_id: first, token: null, card: null }]),
  );
});

describe('a card that is deleted', () => {
  const answering = (answer: { s: 'gone' } | { s: 'error' | 'unknown'; message: string }) => {
    const asked: string[] = [];
    const forget = async (token: string) => {
      asked.push(token);
      return answer;
    };
    return { asked, gateway: { forgetCard: forget } };
  };

  it('is deleted at its provider first', async () => {
    const { asked, gateway } = answering({ s: 'gone' });
    expect(await forgetCard(gateway, 'pm_1')).toEqual({ s: 'gone' });
    expect(asked).toEqual(['pm_1']);
    expect(await forgetCard({}, 'pm_1')).toEqual({ s: 'gone' });
  });

  it('stays where the provider says no, or nothing, or cannot be asked', async () => {
    const no = answering({ s: 'error', message: 'in use' });
    expect(await forgetCard(no.gateway, 'pm_1')).toEqual({ s: 'refused', message: 'in use' });
    const silent = answering({ s: 'unknown', message: 'timeout' });
    expect(await forgetCard(silent.gateway, 'pm_1')).toEqual({ s: 'unknown' });
    const broken = { forgetCard: () => Promise.reject(new Error('reset')) };
    expect(await forgetCard(broken, 'pm_1')).toEqual({ s: 'unknown' });
    expect(await forgetCard(null, 'pm_1')).toEqual({ s: 'unknown' });
  });
});

it('a shopper of whom nothing is kept has no tables, whoever asks', async () => {
  const object = newObject();
  expect(await object.savedCards()).toEqual([]);
  expect(await object.cardFor(ask('crd_x'))).toBeNull();
  await object.dropCard(SavedCardId.parse(`crd_${crypto.randomUUID()}`));
  expect(await rows(object, `SELECT name FROM sqlite_master WHERE name = 'shopper'`)).toEqual([]);
});
