import { appendFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { Payment } from '../../../shared/api/order.ts';
import { expectJson, expectProblem } from '../../support/client.ts';
import { databasesIn, findTexts, searchDisk } from '../../support/disk_search.ts';
import { freshDataDir, removeDataDir, until } from '../../support/sesame.ts';
import { CREDENTIALS, type Rig, token } from './rig.ts';

/** Numbers as cards have them (ISO/IEC 7812-1), of nobody: made here, so that none stands in this file. */
function cardNumber(scheme: string, digits: number): string {
  const body =
    scheme +
    String(crypto.getRandomValues(new BigUint64Array(1))[0])
      .padStart(20, '7')
      .slice(-(digits - 1 - scheme.length));
  const luhn = (text: string) =>
    [...text].reverse().reduce((sum, d, i) => {
      const n = Number(d) * (i % 2 === 1 ? 2 : 1);
      return sum + (n > 9 ? n - 9 : n);
    }, 0) % 10;
  const last = (10 - luhn(`${body}0`)) % 10;
  return `${body}${last}`;
}
const grouped = (number: string, by: string): string => number.replace(/(\d{4})(?=\d)/g, `$1${by}`);

/** What all the traffic of the day has left behind. */
export function noSecrets(rig: Rig): void {
  it('a card number that somebody types into any field is refused before anything keeps it', async () => {
    await rig.sell('GBP', 1_000);
    const { shopper, order } = await rig.order('GBP', 1_000);
    for (const [scheme, digits] of [
      ['4', 16],
      ['51', 16],
      ['37', 15],
    ] as const) {
      const number = rig.keep(`card number ${scheme}`, cardNumber(scheme, digits));
      rig.keep(`card number ${scheme} with blanks`, grouped(number, ' '));
      rig.keep(`card number ${scheme} with hyphens`, grouped(number, '-'));
      for (const field of ['token', 'account', 'vpa', 'saved_card_id'])
        for (const text of [number, grouped(number, ' '), grouped(number, '-')]) {
          const body = { gateway: 'generic_card', method: 'card', [field]: text };
          expect(await expectProblem(422, rig.tryToPay(shopper, order, body))).toBe('card_number_refused');
        }
    }
    const code = rig.keep('security code', `cvv-${crypto.randomUUID()}`);
    const body = { gateway: 'generic_card', method: 'card', cvv: code };
    expect(await expectProblem(422, rig.tryToPay(shopper, order, body))).toBe('invalid');
    const saving = {
      gateway: 'generic_card',
      method: 'card',
      token: token(rig, 'a card to keep'),
      save_card: true,
    };
    const payment = await rig.pay(shopper, order, saving);
    expect(payment.status).toBe('captured');
    rig.keep('kept card', await rig.savedCardOf(payment.id));

    // The kept card pays by its name here, and the provider alone knows its token.
    const Cards = z.object({ data: z.array(z.looseObject({ id: z.string() })) });
    const card = await until('the card to be kept', async () => {
      const listed = await expectJson(Cards, 200, shopper.call('GET', '/v1/saved_cards'));
      return listed.data[0];
    });
    const basket = await shopper.openBasket();
    await shopper.scan(basket.id, { code: rig.codeOf(1_000) });
    const next = await shopper.openOrder(basket.id);
    const again = { gateway: 'generic_card', method: 'card', saved_card_id: card.id };
    const second = shopper.call('POST', `/v1/orders/${next.id}/payments`, { body: again });
    expect((await expectJson(Payment, 201, second)).status).toBe('captured');
  });

  it('no card number, token, telephone, address or credential is in any table, log, event or file', async () => {
    const { data, secrets } = rig;
    await rig.sesame.stop();
    const keys = z.looseObject({ vault_key: z.string(), test_provider_secret: z.string() });
    const { vault_key, test_provider_secret } = keys.parse(rig.keysFile());
    for (const [what, text] of Object.entries({ vault_key, test_provider_secret })) rig.keep(what, text);
    // Each of them was really used: a search for what nobody wrote finds nothing for a poor reason.
    for (const kind of [
      'token of',
      'telephone of',
      'address of UPI',
      'card number',
      'kept card',
      'code of an account',
    ])
      expect(
        [...secrets.keys()].some((what) => what.startsWith(kind)),
        kind,
      ).toBe(true);

    expect(databasesIn(data).length).toBeGreaterThan(50);
    const found = searchDisk(data, secrets);
    expect(found.filter(({ file }) => file !== 'keys.json' && file !== 'gateways.json')).toEqual([]);
    const inFiles = new Set(found.map(({ what }) => what));
    expect([...inFiles].sort()).toEqual(
      [...CREDENTIALS.map((_, i) => `credential ${i}`), 'vault_key', 'test_provider_secret'].sort(),
    );
    expect(rig.stderr).toContain('linked to the edge');
    expect(findTexts(Buffer.from(rig.stderr), secrets)).toEqual([]);
  });

  it('the search finds what is planted in a copy: in a table, in a log, and in another encoding', () => {
    const { data, secrets } = rig;
    const copy = freshDataDir();
    try {
      cpSync(data, copy, { recursive: true });
      const [database] = databasesIn(copy);
      if (database === undefined) throw new Error('no database');
      const number = secrets.get('card number 4') ?? '';
      const long = 'x'.repeat(20_000);
      const db = new DatabaseSync(database.path);
      db.exec('CREATE TABLE planted (a TEXT, b BLOB)');
      // Over several pages of the file, where the bytes of a text do not lie side by side.
      for (let at = 0; at < 64; at += 1)
        db.prepare('INSERT INTO planted VALUES (?, ?)').run(long.slice(at * 64) + number + long, null);
      db.prepare('INSERT INTO planted VALUES (?, ?)').run(null, Buffer.from(secrets.get('kept card') ?? ''));
      db.prepare('INSERT INTO planted VALUES (?, NULL)').run('{"order":{"cvv":"123"}}');
      db.close();
      appendFileSync(join(copy, 'planted.log'), `paid with ${grouped(number, '-')}\n`);
      appendFileSync(
        join(copy, 'planted.bin'),
        Buffer.from(`€ ${secrets.get('telephone of one who pays')}`, 'utf16le'),
      );
      const found = searchDisk(copy, secrets).map(({ file, what }) => `${file} ${what}`);
      expect(found).toEqual(
        expect.arrayContaining([
          `${database.file} card number 4`,
          `${database.file} kept card`,
          `${database.file} a field of a card`,
          'planted.log card number 4 with hyphens',
          'planted.bin telephone of one who pays',
        ]),
      );
    } finally {
      removeDataDir(copy);
    }
  });
}
